package com.tatame.billing.architecture.bad.stripe;

import com.tatame.billing.architecture.bad.catalog.CoreThatKnowsStripe;
import com.tatame.billing.architecture.bad.postgres.PostgresThatKnowsHttp;

/** One adapter knows another. */
public final class StripeThatKnowsPostgres {
  public Class<?> knows() {
    return PostgresThatKnowsHttp.class;
  }

  public Class<?> mayKnow() {
    return CoreThatKnowsStripe.class;
  }
}
