package com.tatame.billing.invoice;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An invoice as the provider holds it. Amounts in minor units of {@code currency}.
 *
 * @param finalizedAt when it stopped being a draft; the first automatic charge follows at once
 * @param attemptCount charges tried so far
 */
public record Invoice(
    String id,
    String customerId,
    Optional<String> subscriptionId,
    Optional<String> number,
    InvoiceStatus status,
    Optional<String> billingReason,
    String currency,
    long total,
    long amountDue,
    long amountPaid,
    int attemptCount,
    Optional<Instant> nextPaymentAttempt,
    Instant periodStart,
    Instant periodEnd,
    Instant createdAt,
    Optional<Instant> finalizedAt,
    Optional<Instant> paidAt,
    Optional<Instant> voidedAt,
    Optional<Instant> markedUncollectibleAt)
    implements ProviderObject {
  @Override
  public ObjectKind kind() {
    return ObjectKind.INVOICE;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId);
  }

  /** Uncollectible is not: such an invoice can still be paid or voided. */
  @Override
  public boolean terminal() {
    return status == InvoiceStatus.PAID || status == InvoiceStatus.VOID;
  }

  /** Whether a charge for it was tried and failed, and the money is still owed. */
  public boolean failing() {
    return status == InvoiceStatus.OPEN && attemptCount > 0;
  }

  @Override
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    finalizedAt.ifPresent(at -> facts.add(fact("finalized", total, at)));
    paidAt.ifPresent(at -> facts.add(fact("paid", amountPaid, at)));
    voidedAt.ifPresent(at -> facts.add(fact("voided", total, at)));
    markedUncollectibleAt.ifPresent(at -> facts.add(fact("marked_uncollectible", total, at)));
    return facts;
  }

  private Fact fact(String what, long amount, Instant at) {
    return new Fact(
        id + ":" + what,
        "invoice." + what,
        subject(),
        subscriptionId,
        Optional.of(new Money(amount, currency)),
        what,
        at);
  }
}
