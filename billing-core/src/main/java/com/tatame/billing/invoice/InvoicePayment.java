package com.tatame.billing.invoice;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.Optional;

/**
 * Which payment pays which invoice. It names no customer, so it belongs to the payment. The invoice
 * itself tells the fact that it was paid.
 *
 * @param amountRequested minor units of {@code currency}
 * @param amountPaid minor units, once it is paid
 */
public record InvoicePayment(
    String id,
    String invoiceId,
    Optional<String> paymentIntentId,
    Optional<String> chargeId,
    Status status,
    String currency,
    long amountRequested,
    Optional<Long> amountPaid,
    Instant createdAt,
    Optional<Instant> paidAt,
    Optional<Instant> canceledAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    OPEN,
    PAID,
    CANCELED
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.INVOICE_PAYMENT;
  }

  @Override
  public SubjectId subject() {
    return SubjectId.ofPayment(paymentIntentId, chargeId, id);
  }

  @Override
  public boolean terminal() {
    return status != Status.OPEN;
  }
}
