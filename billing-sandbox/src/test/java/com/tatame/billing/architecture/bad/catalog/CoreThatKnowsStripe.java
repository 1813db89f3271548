package com.tatame.billing.architecture.bad.catalog;

import com.tatame.billing.architecture.bad.stripe.StripeThatKnowsPostgres;

/** The core reaches out; with what it reaches for it also makes a cycle. */
public final class CoreThatKnowsStripe {
  public Class<?> knows() {
    return StripeThatKnowsPostgres.class;
  }
}
