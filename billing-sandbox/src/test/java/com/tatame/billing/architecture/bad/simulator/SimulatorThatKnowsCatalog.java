package com.tatame.billing.architecture.bad.simulator;

import com.tatame.billing.architecture.bad.catalog.CoreThatKnowsStripe;

/** The simulator knows the product. */
public final class SimulatorThatKnowsCatalog {
  public Class<?> knows() {
    return CoreThatKnowsStripe.class;
  }
}
