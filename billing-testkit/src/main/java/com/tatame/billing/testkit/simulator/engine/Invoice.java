package com.tatame.billing.testkit.simulator.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class Invoice extends StripeObject {
  String status = "draft";
  String customer = "";
  String subscription = "";
  String currency = "";
  String billingReason = "";
  Map<String, String> subscriptionMetadata = new LinkedHashMap<>();
  List<InvoiceLine> lines = new ArrayList<>();
  List<String> payments = new ArrayList<>();
  long periodStart;
  long periodEnd;
  long amountPaid;
  int attemptCount;
  boolean attempted;
  boolean autoAdvance = true;
  boolean paidOutOfBand;
  boolean automaticTax;

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

  long total() {
    return lines.stream().mapToLong(line -> line.amount).sum();
  }

  long amountRemaining() {
    return Math.max(0, total() - amountPaid);
  }
}
