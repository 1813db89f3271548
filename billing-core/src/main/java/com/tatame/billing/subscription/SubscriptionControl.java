package com.tatame.billing.subscription;

import com.tatame.billing.observation.Observation;
import com.tatame.billing.payment.PaymentAction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Role of the provider: steering subscriptions. Every mutation takes the command that asked for it
 * and an idempotency key, and answers with the state after it, a read.
 */
public interface SubscriptionControl {
  Observation cancelNow(String subscriptionId, Optional<String> reason, String idempotencyKey);

  Observation cancelAtPeriodEnd(
      String subscriptionId, Optional<String> reason, String idempotencyKey);

  /** Takes back a cancellation that has not taken effect. */
  Observation keep(String subscriptionId, String idempotencyKey);

  /** Ends a trial at once: the first period begins, and is charged. */
  Observation endTrial(String subscriptionId, String idempotencyKey);

  /** Starts billing again for a subscription whose status is paused. */
  Observation resumePaused(String subscriptionId, String idempotencyKey);

  /**
   * The invoice that would follow a change: the one that is sent with it, else the next renewal's.
   * Nothing is changed by asking. {@link ChangePolicy#AT_RENEWAL} can't be asked for.
   *
   * @return empty if none would follow
   * @throws com.tatame.billing.failure.ProviderRejected if the change could not be made
   */
  Optional<InvoicePreview> preview(SubscriptionChange change);

  /**
   * Makes a change at once, in place of one that is scheduled. If it can't be paid nothing is changed,
   * unless the payer only has to confirm the payment: then the subscription stays as it is until that
   * is done.
   *
   * @throws com.tatame.billing.failure.PaymentDeclined if the charge was refused
   */
  Observation change(SubscriptionChange change, String idempotencyKey);

  /**
   * Schedules a change for the end of the present period, in place of one that is scheduled. A change
   * to what the subscription sells already releases the schedule, so that nothing is scheduled.
   *
   * @return the {@link SubscriptionSchedule}, a read; the {@link Subscription} if nothing had been
   *     scheduled and nothing is to change
   */
  Observation changeAtRenewal(SubscriptionChange change, String idempotencyKey);

  /** Stops collecting invoices as an administrator does, in place of a pause that the user made. */
  Observation pauseCollection(
      String subscriptionId,
      PauseBehavior behavior,
      Optional<Instant> resumesAt,
      String idempotencyKey);

  /**
   * Stops collecting invoices as the subscription's user may, and says so in the subscription in the
   * same step: they are void until the pause ends by itself.
   */
  Observation pauseByUser(String subscriptionId, SelfPause pause, String idempotencyKey);

  /**
   * Collects invoices again before the user's pause ends by itself, and keeps with the subscription
   * when that was.
   *
   * @param ended with the instant at which it ended
   */
  Observation endPauseByUser(String subscriptionId, SelfPause ended, String idempotencyKey);

  /** Collects invoices again, from the next one on. */
  Observation resumeCollection(String subscriptionId, String idempotencyKey);

  /**
   * What the payer of the subscription's latest invoice must still do.
   *
   * @return empty if nothing is owed, or the provider has not tried to collect it yet
   */
  Optional<PaymentAction> paymentAction(String subscriptionId);

  /** All subscriptions of a customer, ended ones included. */
  List<Observation> ofCustomer(String customerId);
}
