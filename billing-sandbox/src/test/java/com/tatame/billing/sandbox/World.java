package com.tatame.billing.sandbox;

import com.tatame.billing.testkit.simulator.StripeSimulator;

/** A running product with a Stripe of its own and a clock that can be moved. */
interface World extends AutoCloseable {
  /** Where it serves, without a final slash. */
  String url();

  StripeSimulator stripe();

  /** A session token of this user. */
  String token(String user);

  /** Moves time, and waits until everything that this caused has taken effect. */
  void advance(String amount);

  /** Waits until everything that was caused so far has taken effect. */
  void settle();

  @Override
  void close();
}
