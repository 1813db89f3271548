package com.tatame.billing.refund;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A payment given back, whole or in part. The versions of the provider's API don't agree on naming a
 * customer, so it belongs to the payment.
 *
 * @param amount in minor units of {@code currency}
 * @param reason such as {@code requested_by_customer}
 * @param failureReason why it didn't reach the payer
 */
public record Refund(
    String id,
    Optional<String> paymentIntentId,
    Optional<String> chargeId,
    Status status,
    String currency,
    long amount,
    Optional<String> reason,
    Optional<String> failureReason,
    Instant createdAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    PENDING,
    /** The payer must say where the money is to go. */
    REQUIRES_ACTION,
    SUCCEEDED,
    FAILED,
    CANCELED
  }

  /** What went back of a payment, or is on its way back, in minor units. */
  public static long sum(String paymentIntentId, Collection<Refund> refunds) {
    return refunds.stream()
        .filter(
            refund -> refund.paymentIntentId().filter(paymentIntentId::equals).isPresent())
        .filter(Refund::counts)
        .mapToLong(Refund::amount)
        .sum();
  }

  /** Whether its amount went back, or is on its way back. */
  boolean counts() {
    return switch (status) {
      case PENDING, REQUIRES_ACTION, SUCCEEDED -> true;
      case FAILED, CANCELED -> false;
    };
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.REFUND;
  }

  @Override
  public SubjectId subject() {
    return SubjectId.ofPayment(paymentIntentId, chargeId, id);
  }

  /** One that succeeded is not: the payer's bank can still return it. */
  @Override
  public boolean terminal() {
    return status == Status.FAILED || status == Status.CANCELED;
  }

  /** It tells no time but that of its creation. */
  @Override
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(fact("created"));
    switch (status) {
      case SUCCEEDED, FAILED, CANCELED -> facts.add(fact(status.code()));
      case PENDING, REQUIRES_ACTION -> {}
    }
    return facts;
  }

  private Fact fact(String what) {
    return new Fact(
        id + ":" + what,
        "refund." + what,
        subject(),
        Optional.empty(),
        Optional.of(new Money(amount, currency)),
        what,
        createdAt);
  }
}
