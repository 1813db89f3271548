package com.tatame.billing.architecture.bad.http;

import com.tatame.billing.architecture.bad.stripe.StripeThatKnowsPostgres;

/** The routes know an adapter, though only the composition root may. */
public final class HttpThatKnowsStripe {
  public Class<?> knows() {
    return StripeThatKnowsPostgres.class;
  }
}
