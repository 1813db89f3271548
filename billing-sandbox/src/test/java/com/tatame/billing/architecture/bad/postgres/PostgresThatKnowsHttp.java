package com.tatame.billing.architecture.bad.postgres;

import com.tatame.billing.architecture.bad.http.HttpThatKnowsStripe;
import java.time.Instant;

/** An adapter knows who calls it, and looks at the clock by itself. */
public final class PostgresThatKnowsHttp {
  public String knows() {
    return HttpThatKnowsStripe.class.getName() + Instant.now();
  }
}
