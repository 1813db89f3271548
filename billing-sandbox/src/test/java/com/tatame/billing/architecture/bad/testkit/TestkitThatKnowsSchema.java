package com.tatame.billing.architecture.bad.testkit;

import com.tatame.billing.architecture.bad.schema.SchemaThatKnowsTestkit;

/** The testkit knows more than the core. */
public final class TestkitThatKnowsSchema {
  public Class<?> knows() {
    return SchemaThatKnowsTestkit.class;
  }
}
