package com.tatame.billing.stripe;

import com.tatame.billing.money.Money;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.refund.Refund;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Money that goes back: refunds and disputes. The newest versions name a refund's customer; all of
 * them name its payment, which is what is read.
 */
final class RefundShape {
  private RefundShape() {}

  static Refund refund(Fields refund) {
    return new Refund(
        refund.text("id"),
        refund.optionalId("payment_intent"),
        refund.optionalId("charge"),
        refund.constant("status", Refund.Status.class),
        CatalogShape.currency(refund),
        refund.number("amount"),
        refund.optionalText("reason"),
        refund.omissibleText("failure_reason"),
        refund.instant("created"));
  }

  static Dispute dispute(Fields dispute) {
    List<Fields> movements = dispute.objects("balance_transactions");
    return new Dispute(
        dispute.text("id"),
        dispute.optionalId("payment_intent"),
        dispute.id("charge"),
        dispute.constant("status", Dispute.Status.class),
        dispute.text("reason"),
        CatalogShape.currency(dispute),
        dispute.number("amount"),
        dueBy(dispute),
        movement(movements, -1),
        movement(movements, 1),
        dispute.instant("created"));
  }

  private static Optional<Instant> dueBy(Fields dispute) {
    return dispute.object("evidence_details").optionalInstant("due_by");
  }

  /** Money leaves with a negative amount and comes back with a positive one, each once at most. */
  private static Optional<Dispute.Movement> movement(List<Fields> movements, int sign) {
    return movements.stream()
        .filter(fields -> Long.signum(fields.number("amount")) == sign)
        .findFirst()
        .map(fields -> new Dispute.Movement(
            new Money(Math.abs(fields.number("amount")), CatalogShape.currency(fields)),
            fields.instant("created")));
  }
}
