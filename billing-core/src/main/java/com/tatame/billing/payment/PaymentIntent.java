package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One payment, from the first attempt to its end.
 *
 * @param customerId empty for a payer without a customer
 * @param account by metadata that we wrote, if we did
 * @param amount to be paid, in minor units of {@code currency}
 * @param amountReceived minor units
 * @param latestChargeId of the last attempt that reached a bank
 * @param failure why the last attempt failed, as long as nothing came after it
 * @param sale the item that it pays, by metadata that we wrote
 */
public record PaymentIntent(
    String id,
    Optional<String> customerId,
    Optional<AccountId> account,
    Status status,
    String currency,
    long amount,
    long amountReceived,
    Optional<String> paymentMethodId,
    Optional<String> latestChargeId,
    Optional<Failure> failure,
    Map<String, String> metadata,
    Optional<ItemSale> sale,
    Instant createdAt,
    Optional<Instant> canceledAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    /** Nothing was tried, or the last attempt failed. */
    REQUIRES_PAYMENT_METHOD,
    REQUIRES_CONFIRMATION,
    /** The payer must do something, such as authenticate. */
    REQUIRES_ACTION,
    /** On its way, as bank debits are for days. */
    PROCESSING,
    /** Authorised, and waiting to be captured. */
    REQUIRES_CAPTURE,
    SUCCEEDED,
    CANCELED
  }

  /**
   * Why an attempt failed.
   *
   * @param code the provider's, such as {@code card_declined}
   * @param declineCode the bank's, such as {@code insufficient_funds}
   * @param chargeId of the attempt, if it reached a bank
   * @param message in plain English, for the payer
   */
  public record Failure(
      Optional<String> code,
      Optional<String> declineCode,
      Optional<String> chargeId,
      Optional<String> message) {}

  public PaymentIntent {
    metadata = Map.copyOf(metadata);
  }

  /** What is to be paid, or was. */
  public Money money() {
    return new Money(amount, currency);
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.PAYMENT_INTENT;
  }

  /** Itself: its customer may become known only while it is under way. */
  @Override
  public SubjectId subject() {
    return new SubjectId(id);
  }

  @Override
  public boolean terminal() {
    return status == Status.SUCCEEDED || status == Status.CANCELED;
  }

  /** Attempts and their times are stated by events alone: this names neither. */
  @Override
  public List<Fact> facts() {
    return canceledAt
        .map(at -> List.of(new Fact(
            id + ":canceled",
            "payment.canceled",
            subject(),
            Optional.empty(),
            Optional.of(money()),
            "canceled",
            at)))
        .orElse(List.of());
  }
}
