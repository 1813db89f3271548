package com.tatame.billing.testkit.simulator.engine;

import java.util.List;
import java.util.Optional;

/**
 * A checkout session as its page shows it.
 *
 * @param state open, authenticating, complete or expired
 * @param dueToday what is to be paid on the page, as people read it
 * @param renews whether it is paid again and again, and not once
 * @param later what is to be paid after the trial and when; empty without a trial
 * @param emailKnown whether the buyer is a customer already, or the seller gave an address
 */
public record CheckoutPage(
    String session,
    String state,
    List<Line> lines,
    boolean renews,
    String dueToday,
    Optional<Later> later,
    String email,
    boolean emailKnown,
    boolean cardNeeded,
    String last4,
    String successUrl,
    Optional<String> cancelUrl) {

  /** One product, how many of it, and its price in words. */
  public record Line(String name, String description, String price, long quantity, String amount) {}

  /** The first payment after a trial. */
  public record Later(String amount, String on, String instant) {}
}
