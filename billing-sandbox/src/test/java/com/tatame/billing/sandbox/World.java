package com.tatame.billing.sandbox;

/** A running product whose clock can be moved. */
interface World extends RunningProduct {
  /** Moves time, and waits until everything that this caused has taken effect. */
  void advance(String amount);

  /** Waits until everything that was caused so far has taken effect. */
  void settle();
}
