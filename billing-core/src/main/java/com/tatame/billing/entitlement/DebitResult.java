package com.tatame.billing.entitlement;

/** What became of a {@link UsageDebit}. */
public sealed interface DebitResult {
  /**
   * The units are used.
   *
   * @param again whether that was done by an earlier draw with the same key
   */
  record Granted(Consumption consumption, boolean again) implements DebitResult {}

  /** No place has as many; nothing is used. */
  record Denied() implements DebitResult {}

  /** The entitlement has changed: load it and ask again. */
  record Stale() implements DebitResult {}

  /** The key stands for something else. */
  record KeyReused() implements DebitResult {}
}
