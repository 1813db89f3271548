package com.tatame.billing.sandbox;

import com.tatame.billing.simulator.StripeSimulator;

/** A product that runs, with a Stripe of its own. */
interface RunningProduct extends AutoCloseable {
  /** Where it serves, without a final slash. */
  String url();

  /** What runs there: products of one program describe themselves alike. */
  default String program() {
    return url();
  }

  StripeSimulator stripe();

  /** A session token of this user. */
  String token(String user);

  @Override
  void close();
}
