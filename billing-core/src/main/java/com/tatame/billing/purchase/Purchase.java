package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.WireName;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.refund.Refund;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * An item that was bought, or is being bought. It is made of its payment and that payment's refunds,
 * whichever of them became known first, and not stored; only what was free has a row of
 * its own.
 *
 * @param id ours
 * @param account the account, or the anonymous session, that bought it
 * @param amount to be paid, or paid
 * @param paymentIntentId empty for what was free
 * @param refunded what went back, or is on its way back
 */
public record Purchase(
    String id,
    AccountId account,
    ItemSale sale,
    Money amount,
    Status status,
    Optional<String> paymentIntentId,
    Money refunded,
    Instant createdAt) {

  /** How far it got. */
  public enum Status implements WireName {
    /** Not paid, or not yet for certain. */
    PENDING,
    PAID,
    /** Paid, and all of it given back. */
    REFUNDED,
    /** It will never be paid. */
    CANCELED
  }

  /** How much of what was paid went back. */
  public enum RefundState implements WireName {
    NONE,
    PARTIAL,
    FULL
  }

  /**
   * What a payment and its refunds say of the item that it pays.
   *
   * @param refunds all that are known; those of other payments don't count
   * @return empty if it pays no item of ours
   */
  public static Optional<Purchase> of(PaymentIntent payment, Collection<Refund> refunds) {
    if (payment.sale().isEmpty() || payment.account().isEmpty()) {
      return Optional.empty();
    }
    ItemSale sale = payment.sale().get();
    long refunded = Refund.sum(payment.id(), refunds);
    return Optional.of(new Purchase(
        sale.purchaseId(),
        payment.account().get(),
        sale,
        payment.money(),
        status(payment, refunded),
        Optional.of(payment.id()),
        new Money(refunded, payment.currency()),
        payment.createdAt()));
  }

  /** Of an item that cost nothing. */
  public static Purchase free(String id, AccountId account, ItemSale sale, Instant at) {
    Money nothing = new Money(0, sale.listPrice().currency());
    return new Purchase(id, account, sale, nothing, Status.PAID, Optional.empty(), nothing, at);
  }

  private static Status status(PaymentIntent payment, long refunded) {
    return switch (payment.status()) {
      case SUCCEEDED ->
        refunded > 0 && refunded >= payment.amountReceived() ? Status.REFUNDED : Status.PAID;
      case CANCELED -> Status.CANCELED;
      case REQUIRES_PAYMENT_METHOD,
          REQUIRES_CONFIRMATION,
          REQUIRES_ACTION,
          REQUIRES_CAPTURE,
          PROCESSING -> Status.PENDING;
    };
  }

  public RefundState refundState() {
    if (refunded.amount() == 0) {
      return RefundState.NONE;
    }
    return status == Status.REFUNDED ? RefundState.FULL : RefundState.PARTIAL;
  }

  /** Whether it was paid, whatever went back since. */
  public boolean completed() {
    return status == Status.PAID || status == Status.REFUNDED;
  }
}
