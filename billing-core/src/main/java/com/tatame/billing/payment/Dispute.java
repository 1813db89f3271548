package com.tatame.billing.payment;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A payer's objection to a payment, raised with the bank. The versions of the provider's API don't
 * agree on naming a customer, so it belongs to the payment.
 *
 * @param amount disputed, in minor units of {@code currency}
 * @param reason such as {@code fraudulent}
 * @param evidenceDueBy until when it can be answered
 * @param withdrawn what the bank took back
 * @param reinstated what it gave back again
 */
public record Dispute(
    String id,
    Optional<String> paymentIntentId,
    String chargeId,
    Status status,
    String reason,
    String currency,
    long amount,
    Optional<Instant> evidenceDueBy,
    Optional<Movement> withdrawn,
    Optional<Movement> reinstated,
    Instant createdAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    /** An inquiry, which moves no money. */
    WARNING_NEEDS_RESPONSE,
    WARNING_UNDER_REVIEW,
    WARNING_CLOSED,
    NEEDS_RESPONSE,
    UNDER_REVIEW,
    WON,
    LOST,
    /** Settled before it became a dispute. */
    PREVENTED
  }

  /** Money that moved between the merchant's balance and the bank; never negative. */
  public record Movement(Money money, Instant at) {}

  @Override
  public ObjectKind kind() {
    return ObjectKind.DISPUTE;
  }

  @Override
  public SubjectId subject() {
    return SubjectId.ofPayment(paymentIntentId, Optional.of(chargeId), id);
  }

  /** Even of a dispute that is won, the money comes back later. */
  @Override
  public boolean terminal() {
    return false;
  }

  /** Its outcome is stated by the event of its end alone: this names no time of it. */
  @Override
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    Money disputed = new Money(amount, currency);
    facts.add(fact("opened", disputed, createdAt));
    withdrawn.ifPresent(moved -> facts.add(fact("funds_withdrawn", moved.money(), moved.at())));
    reinstated.ifPresent(moved -> facts.add(fact("funds_reinstated", moved.money(), moved.at())));
    return facts;
  }

  private Fact fact(String what, Money money, Instant at) {
    return new Fact(
        id + ":" + what,
        "dispute." + what,
        subject(),
        Optional.empty(),
        Optional.of(money),
        what,
        at);
  }
}
