package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class Invoice extends StripeObject {
  /** What is too little to be charged goes to the customer's balance instead. */
  private static final long MINIMUM_CHARGE = 50;

  String status = "draft";
  String customer = "";
  String subscription = "";
  String currency = "";
  String billingReason = "";
  Map<String, String> subscriptionMetadata = new LinkedHashMap<>();
  List<InvoiceLine> lines = new ArrayList<>();
  List<String> payments = new ArrayList<>();
  List<String> discounts = new ArrayList<>();
  long startingBalance;
  long periodStart;
  long periodEnd;
  long amountPaid;
  int attemptCount;
  boolean attempted;
  boolean autoAdvance = true;
  boolean paidOutOfBand;
  boolean automaticTax;

  /** By which its lines are taxed; null where nothing is known about the customer's place. */
  TaxRates.@Nullable Rate taxRate;

  @Nullable
  Long firstFailureAt;

  @Nullable
  Long finalizesAt;

  @Nullable
  Long nextPaymentAttempt;

  @Nullable
  Long voidsAt;

  @Nullable
  Long finalizedAt;

  @Nullable
  Long paidAt;

  @Nullable
  Long voidedAt;

  @Nullable
  Long uncollectibleAt;

  @Nullable
  String number;

  @Nullable
  String paymentIntent;

  @Nullable
  String charge;

  @Nullable
  String defaultPaymentMethod;

  @Nullable
  String customerEmail;

  @Nullable
  String customerName;

  long subtotal() {
    return lines.stream().mapToLong(line -> line.amount).sum();
  }

  /** After discounts. */
  long net() {
    return lines.stream().mapToLong(InvoiceLine::net).sum();
  }

  long total() {
    return net() + taxes(false);
  }

  /** The taxes that are in the prices, or those that are added. */
  long taxes(boolean included) {
    return lines.stream()
        .filter(line -> line.taxIncluded == included)
        .mapToLong(line -> line.tax)
        .sum();
  }

  /**
   * All of its taxes.
   *
   * @param inclusive whether they are in the prices already
   */
  record Tax(String percent, long amount, boolean inclusive) {}

  Optional<Tax> tax() {
    return Optional.ofNullable(taxRate)
        .map(rate -> new Tax(rate.percent(), taxes(true) + taxes(false), taxes(false) == 0));
  }

  /** What is to be paid once the customer's balance is used. */
  long amountDue() {
    long owed = total() + startingBalance;
    boolean atCheckout = billingReason.equals("subscription_create");
    return owed < (atCheckout ? 0 : MINIMUM_CHARGE) ? 0 : owed;
  }

  /** The customer's balance after this invoice; what is negative is credit. */
  long endingBalance() {
    return startingBalance + total() - amountDue();
  }

  long amountRemaining() {
    return Math.max(0, amountDue() - amountPaid);
  }
}
