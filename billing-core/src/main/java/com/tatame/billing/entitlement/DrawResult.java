package com.tatame.billing.entitlement;

/** What became of a {@link Draw}. */
public sealed interface DrawResult {
  /**
   * The units are used.
   *
   * @param again whether that was done by an earlier draw with the same key
   */
  record Granted(Consumption consumption, boolean again) implements DrawResult {}

  /** No place has as many; nothing is used. */
  record Denied() implements DrawResult {}

  /** The entitlement has changed: load it and ask again. */
  record Stale() implements DrawResult {}

  /** The key stands for something else. */
  record KeyReused() implements DrawResult {}
}
