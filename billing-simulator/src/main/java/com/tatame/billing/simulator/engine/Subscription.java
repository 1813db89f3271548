package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

final class Subscription extends StripeObject {
  private static final Set<String> ENDED = Set.of("canceled", "incomplete_expired");

  String status = "active";
  String customer = "";
  String currency = "";
  List<SubscriptionItem> items = new ArrayList<>();
  List<String> discounts = new ArrayList<>();
  long anchor;
  /** The number of the current period, counted from the anchor; a trial is the period before number 0. */
  long cycle;

  @Nullable
  Long trialStart;

  @Nullable
  Long trialEnd;

  @Nullable
  Long trialReminderAt;

  String missingPaymentMethod = "create_invoice";

  @Nullable
  Long cancelAt;

  boolean cancelAtPeriodEnd;

  @Nullable
  Long canceledAt;

  @Nullable
  Long endedAt;

  @Nullable
  String cancellationComment;

  @Nullable
  String cancellationFeedback;

  @Nullable
  String cancellationReason;

  @Nullable
  String pauseBehavior;

  @Nullable
  Long pauseResumesAt;

  @Nullable
  String defaultPaymentMethod;

  @Nullable
  String schedule;

  @Nullable
  String latestInvoice;

  @Nullable
  String description;

  @Nullable
  String resumingInvoice;

  @Nullable
  PendingUpdate pendingUpdate;

  boolean automaticTax;
  String billingMode = "flexible";
  String saveDefaultPaymentMethod = "off";

  boolean ended() {
    return ENDED.contains(status);
  }

  boolean billed() {
    return Set.of("active", "past_due", "unpaid", "trialing").contains(status);
  }

  SubscriptionItem item() {
    return items.get(0);
  }
}
