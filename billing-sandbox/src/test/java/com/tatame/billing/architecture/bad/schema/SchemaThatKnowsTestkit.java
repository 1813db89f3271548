package com.tatame.billing.architecture.bad.schema;

import com.tatame.billing.architecture.bad.testkit.TestkitThatKnowsSchema;

/** A product's part knows what is made for tests. */
public final class SchemaThatKnowsTestkit {
  public Class<?> knows() {
    return TestkitThatKnowsSchema.class;
  }
}
