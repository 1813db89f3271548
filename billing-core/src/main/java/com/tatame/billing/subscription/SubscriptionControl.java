package com.tatame.billing.subscription;

import com.tatame.billing.observation.Observation;
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

  /** Starts billing again for a subscription whose status is paused. */
  Observation resumePaused(String subscriptionId, String idempotencyKey);

  /** All subscriptions of a customer, ended ones included. */
  List<Observation> ofCustomer(String customerId);
}
