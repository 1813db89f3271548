package com.tatame.billing.ledger;

import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.TermsChange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one event alone says that happened: changes of subscriptions, attempts to pay, ends of
 * disputes, changes of balances. An object doesn't tell these, or not when. All depends on the event
 * alone, so the facts are equal for any order of events.
 *
 * @param at the event's creation, by the provider's clock
 * @param object what the event is about
 */
public record EventFacts(String eventId, Instant at, ObjectRef object, SubjectId subject) {
  /**
   * A discount that began or ended.
   *
   * @param subscriptionId empty for a discount of the customer, which applies to all of its invoices
   */
  public record DiscountRef(
      String id, Optional<String> subscriptionId, String couponId, Optional<Instant> endsAt) {}

  /**
   * A subscription began, or changed.
   *
   * @param created when the subscription began, which is when its opening happened
   * @param change without {@code from} where the subscription begins
   */
  public List<Fact> subscription(Instant created, TermsChange change) {
    Instant when = change.from().isPresent() ? at : created;
    return SubscriptionChangeFacts.of(object.id(), subject, eventId, when, change);
  }

  /**
   * The balance of a customer changed. What it owes is positive, what it has to its credit negative,
   * both in minor units.
   */
  public Fact balanceChanged(long from, long to, String currency) {
    Money moved = new Money(to - from, currency);
    return fact(eventId + ":balance", "customer.balance_changed", moved, "changed")
        .with("from", Optional.of(Long.toString(from)))
        .with("to", Optional.of(Long.toString(to)));
  }

  /**
   * An attempt to pay an invoice failed.
   *
   * @param attempts how many were made
   */
  public Fact invoicePaymentFailed(Optional<String> subscriptionId, Money owed, long attempts) {
    return new Fact(
            eventId + ":payment",
            "invoice.payment_failed",
            subject,
            subscriptionId,
            Optional.of(owed),
            "failed",
            at)
        .with("invoice", Optional.of(object.id()))
        .with("attempt", Optional.of(Long.toString(attempts)));
  }

  /**
   * An attempt to pay failed.
   *
   * @param charge the attempt; where it is known, two events about it state one fact
   */
  public Fact paymentFailed(
      Money amount, Optional<String> charge, Optional<String> code, Optional<String> declineCode) {
    String key = object.id() + ":failed:" + charge.orElse(eventId);
    return fact(key, "payment.failed", amount, "failed")
        .with("charge", charge)
        .with("code", code)
        .with("declineCode", declineCode);
  }

  /** A payment waits for its payer to do something, such as to authenticate. */
  public Fact paymentActionRequired(Money amount) {
    return fact(eventId + ":action", "payment.action_required", amount, "action_required")
        .with("payment", Optional.of(object.id()));
  }

  /** A payment succeeds once; a sale of an item is a purchase, too. */
  public List<Fact> paymentSucceeded(Money received, Optional<ItemSale> sale) {
    Fact paid = fact(object.id() + ":succeeded", "payment.succeeded", received, "succeeded");
    return sale.map(sold -> List.of(
            paid,
            fact(object.id() + ":purchase_paid", "purchase.paid", received, "paid")
                .with("purchase", Optional.of(sold.purchaseId()))
                .with("item", Optional.of(sold.item()))))
        .orElse(List.of(paid));
  }

  /**
   * A dispute ended.
   *
   * @param outcome such as {@code won}; one that this version doesn't know is recorded, too
   */
  public Fact disputeClosed(String outcome, Money amount) {
    return fact(object.id() + ":closed", "dispute." + outcome, amount, outcome);
  }

  /** A discount began. */
  public Fact discountApplied(DiscountRef discount, Instant start) {
    return discount(discount, "applied", start);
  }

  /** A discount ended. */
  public Fact discountEnded(DiscountRef discount) {
    return discount(discount, "ended", at);
  }

  private Fact discount(DiscountRef discount, String what, Instant when) {
    return new Fact(
            discount.id() + ":" + what,
            "discount." + what,
            subject,
            discount.subscriptionId(),
            Optional.empty(),
            what,
            when)
        .with("coupon", Optional.of(discount.couponId()))
        .with("endsAt", discount.endsAt().map(Instant::toString));
  }

  /** An invoice was credited. */
  public Fact creditNoteCreated(String noteId, String invoiceId, Money total) {
    return creditNote(noteId, invoiceId, total, "created");
  }

  /** A credit was taken back. */
  public Fact creditNoteVoided(String noteId, String invoiceId, Money total) {
    return creditNote(noteId, invoiceId, total, "voided");
  }

  private Fact creditNote(String noteId, String invoiceId, Money total, String what) {
    return fact(noteId + ":" + what, "credit_note." + what, total, what)
        .with("invoice", Optional.of(invoiceId));
  }

  private Fact fact(String key, String type, Money amount, String status) {
    return new Fact(key, type, subject, Optional.empty(), Optional.of(amount), status, at);
  }
}
