package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionChangeFacts;
import com.tatame.billing.observation.TermsChange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an event alone says that happened: changes of subscriptions by {@code previous_attributes},
 * attempts to pay, ends of disputes, changes of balances. An object doesn't tell these, or not when.
 */
final class EventFacts {
  private static final String PREVIOUS = "previous_attributes";

  private final String type;
  private final String eventId;
  private final Instant created;
  private final ObjectRef ref;
  private final SubjectId subject;
  private final Fields data;
  private final Fields object;

  private EventFacts(String type, Fields event, ObjectRef ref, SubjectId subject) {
    this.type = type;
    this.eventId = event.text("id");
    this.created = event.instant("created");
    this.ref = ref;
    this.subject = subject;
    this.data = event.object("data");
    this.object = data.object("object");
  }

  /**
   * The facts of one event; none if it states none.
   *
   * @throws UnreadableShape if it states something that can't be read
   */
  static List<Fact> of(String type, Fields event, ObjectRef ref, SubjectId subject) {
    return new EventFacts(type, event, ref, subject).facts();
  }

  private List<Fact> facts() {
    return switch (type) {
      case "customer.subscription.created" -> subscription(Optional.empty());
      case "customer.subscription.updated" -> previous().map(this::subscription).orElse(List.of());
      case "customer.updated" -> previous().map(this::balance).orElse(List.of());
      case "invoice.payment_failed" -> List.of(invoicePaymentFailed());
      case "payment_intent.payment_failed" -> List.of(paymentFailed());
      case "payment_intent.succeeded" -> paymentSucceeded();
      case "charge.dispute.closed" -> List.of(disputeClosed());
      case "customer.discount.created" -> List.of(discount("applied", object.instant("start")));
      case "customer.discount.deleted" -> List.of(discount("ended", created));
      case "credit_note.created" -> List.of(creditNote("created"));
      case "credit_note.voided" -> List.of(creditNote("voided"));
      default -> List.of();
    };
  }

  private Optional<JsonObject> previous() {
    return data.states(PREVIOUS) ? Optional.of(data.object(PREVIOUS).json()) : Optional.empty();
  }

  private List<Fact> subscription(JsonObject previous) {
    return subscription(Optional.of(Fields.of(PreviousState.of(object.json(), previous))));
  }

  private List<Fact> subscription(Optional<Fields> before) {
    return SubscriptionChangeFacts.of(
        ref.id(),
        subject,
        eventId,
        before.isPresent() ? created : object.instant("created"),
        new TermsChange(before.map(TermsShape::read), TermsShape.read(object)));
  }

  /** What the customer owes is positive, what it has to its credit negative. */
  private List<Fact> balance(JsonObject previous) {
    Fields before = Fields.of(previous);
    if (!before.states("balance") || !object.states("currency")) {
      return List.of();
    }
    long from = before.number("balance");
    long to = object.number("balance");
    Money moved = new Money(to - from, CatalogShape.currency(object));
    return List.of(
        fact(eventId + ":balance", "customer.balance_changed", Optional.of(moved), "changed")
            .with("from", Optional.of(Long.toString(from)))
            .with("to", Optional.of(Long.toString(to))));
  }

  private Fact invoicePaymentFailed() {
    Money owed = new Money(object.number("amount_remaining"), CatalogShape.currency(object));
    return new Fact(
            eventId + ":payment",
            "invoice.payment_failed",
            subject,
            InvoiceShape.subscriptionId(object),
            Optional.of(owed),
            "failed",
            created)
        .with("invoice", Optional.of(ref.id()))
        .with("attempt", Optional.of(Long.toString(object.number("attempt_count"))));
  }

  private Fact paymentFailed() {
    Optional<Fields> error = object.optionalObject("last_payment_error");
    Optional<String> charge = error.flatMap(failure -> failure.omissibleText("charge"));
    return fact(
            ref.id() + ":failed:" + charge.orElse(eventId),
            "payment.failed",
            Optional.of(money("amount")),
            "failed")
        .with("charge", charge)
        .with("code", error.flatMap(failure -> failure.omissibleText("code")))
        .with("declineCode", error.flatMap(failure -> failure.omissibleText("decline_code")));
  }

  /** A payment succeeds once; a sale of an item is a purchase, too. */
  private List<Fact> paymentSucceeded() {
    Optional<Money> received = Optional.of(money("amount_received"));
    Fact paid = fact(ref.id() + ":succeeded", "payment.succeeded", received, "succeeded");
    return Metadata.sale(object.metadata(), CatalogShape.currency(object))
        .map(sale -> List.of(
            paid,
            fact(ref.id() + ":purchase_paid", "purchase.paid", received, "paid")
                .with("purchase", Optional.of(sale.purchaseId()))
                .with("item", Optional.of(sale.item()))))
        .orElse(List.of(paid));
  }

  private Fact disputeClosed() {
    String outcome = object.text("status");
    return fact(ref.id() + ":closed", "dispute." + outcome, Optional.of(money("amount")), outcome);
  }

  /**
   * A discount of a customer applies to all of its invoices. Newer versions name the coupon, older ones
   * show it: what it gives is left to the coupon itself, so that all versions state the same.
   */
  private Fact discount(String what, Instant at) {
    Fields holder = object.has("source") ? object.object("source") : object;
    return new Fact(
            object.text("id") + ":" + what,
            "discount." + what,
            subject,
            object.omissibleId("subscription"),
            Optional.empty(),
            what,
            at)
        .with("coupon", Optional.of(holder.id("coupon")))
        .with("endsAt", object.optionalInstant("end").map(Instant::toString));
  }

  private Fact creditNote(String what) {
    return fact(
            object.text("id") + ":" + what,
            "credit_note." + what,
            Optional.of(money("total")),
            what)
        .with("invoice", Optional.of(object.id("invoice")));
  }

  private Money money(String amount) {
    return new Money(object.number(amount), CatalogShape.currency(object));
  }

  private Fact fact(String key, String what, Optional<Money> amount, String status) {
    return new Fact(key, what, subject, Optional.empty(), amount, status, created);
  }
}
