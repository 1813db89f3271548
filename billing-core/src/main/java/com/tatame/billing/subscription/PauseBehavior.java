package com.tatame.billing.subscription;

import com.tatame.billing.observation.WireName;
import java.util.Arrays;
import java.util.Optional;

/** What becomes of the invoices of a subscription whose collection is paused. */
public enum PauseBehavior implements WireName {
  /** Nothing is owed for them. */
  VOID,
  /** They are kept, to be collected by hand later. */
  KEEP_AS_DRAFT,
  /** They are owed and not expected to be paid. */
  MARK_UNCOLLECTIBLE;

  /** The behavior with this wire name, if there is one. */
  public static Optional<PauseBehavior> of(String code) {
    return Arrays.stream(values())
        .filter(behavior -> behavior.code().equals(code))
        .findFirst();
  }
}
