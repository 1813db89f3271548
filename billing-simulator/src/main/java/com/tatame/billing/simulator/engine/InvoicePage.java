package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.Optional;

/**
 * An invoice as its hosted page shows it, in words.
 *
 * @param number as the customer knows it
 * @param state payable, authenticating, paid, void or uncollectible
 * @param issued the day on which it was finalized
 * @param instant the same for machines
 * @param customer the name, or else the e-mail address; may be empty
 * @param sums from the subtotal to what is due, by name
 * @param due what is still to be paid
 * @param paidOn the day on which it was paid
 * @param last4 of the card whose bank asks
 */
public record InvoicePage(
    String id,
    String number,
    String state,
    String issued,
    String instant,
    String customer,
    List<Line> lines,
    List<Sum> sums,
    String due,
    Optional<String> paidOn,
    String last4) {

  /** What is billed and for what time. */
  public record Line(String description, String period, String amount) {}

  /** A sum below the lines. */
  public record Sum(String name, String amount) {}
}
