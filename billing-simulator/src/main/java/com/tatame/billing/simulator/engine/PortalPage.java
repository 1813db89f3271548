package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.Optional;

/**
 * What the portal shows of a customer, in words.
 *
 * @param name of the customer, or else the e-mail address
 * @param flow what the visit is for; empty for the overview
 */
public record PortalPage(
    String session,
    String name,
    Optional<String> flow,
    Optional<String> returnUrl,
    List<Plan> plans,
    List<Card> cards,
    List<Bill> bills) {

  /**
   * A subscription.
   *
   * @param note when it renews or ends
   * @param ending whether it was canceled and goes on until its period's end
   * @param wanted whether the visit is about ending it
   */
  public record Plan(
      String id,
      String name,
      String price,
      String status,
      String note,
      boolean ending,
      boolean wanted) {}

  /** A saved card. */
  public record Card(String brand, String last4, String expiry, boolean used) {}

  /** An invoice. */
  public record Bill(
      String id, String number, String on, String instant, String amount, String status) {}
}
