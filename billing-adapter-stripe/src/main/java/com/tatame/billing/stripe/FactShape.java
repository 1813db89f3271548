package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.tatame.billing.ledger.EventFacts;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.TermsChange;
import java.util.List;
import java.util.Optional;

/** Reads what an event alone says that happened; of changes, by {@code previous_attributes}. */
final class FactShape {
  private static final String PREVIOUS = "previous_attributes";

  private final String type;
  private final EventFacts event;
  private final Fields data;
  private final Fields object;

  private FactShape(String type, Fields event, ObjectRef ref, SubjectId subject) {
    this.type = type;
    this.event = new EventFacts(event.text("id"), event.instant("created"), ref, subject);
    this.data = event.object("data");
    this.object = data.object("object");
  }

  /**
   * The facts of one event; none if it states none.
   *
   * @throws UnreadableShape if it states something that can't be read
   */
  static List<Fact> of(String type, Fields event, ObjectRef ref, SubjectId subject) {
    return new FactShape(type, event, ref, subject).facts();
  }

  private List<Fact> facts() {
    return switch (type) {
      case "customer.subscription.created" -> subscription(Optional.empty());
      case "customer.subscription.updated" -> previous().map(this::subscription).orElse(List.of());
      case "customer.updated" -> previous().map(this::balance).orElse(List.of());
      case "invoice.payment_failed" ->
        List.of(event.invoicePaymentFailed(
            InvoiceShape.subscriptionId(object),
            money("amount_remaining"),
            object.number("attempt_count")));
      case "payment_intent.payment_failed" -> List.of(paymentFailed());
      case "payment_intent.requires_action" ->
        List.of(event.paymentActionRequired(money("amount")));
      case "payment_intent.succeeded" ->
        event.paymentSucceeded(
            money("amount_received"),
            Metadata.sale(object.metadata(), CatalogShape.currency(object)));
      case "charge.dispute.closed" ->
        List.of(event.disputeClosed(object.text("status"), money("amount")));
      case "customer.discount.created" ->
        List.of(event.discountApplied(discount(), object.instant("start")));
      case "customer.discount.deleted" -> List.of(event.discountEnded(discount()));
      case "credit_note.created" ->
        List.of(event.creditNoteCreated(object.text("id"), object.id("invoice"), money("total")));
      case "credit_note.voided" ->
        List.of(event.creditNoteVoided(object.text("id"), object.id("invoice"), money("total")));
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
    return event.subscription(
        object.instant("created"),
        new TermsChange(before.map(TermsShape::read), TermsShape.read(object)));
  }

  private List<Fact> balance(JsonObject previous) {
    Fields before = Fields.of(previous);
    if (!before.states("balance") || !object.states("currency")) {
      return List.of();
    }
    return List.of(event.balanceChanged(
        before.number("balance"), object.number("balance"), CatalogShape.currency(object)));
  }

  private Fact paymentFailed() {
    Optional<Fields> error = object.optionalObject("last_payment_error");
    return event.paymentFailed(
        money("amount"),
        error.flatMap(failure -> failure.omissibleText("charge")),
        error.flatMap(failure -> failure.omissibleText("code")),
        error.flatMap(failure -> failure.omissibleText("decline_code")));
  }

  /** Newer versions name the coupon, older ones show it: all versions state no more than its id. */
  private EventFacts.DiscountRef discount() {
    Fields holder = object.has("source") ? object.object("source") : object;
    return new EventFacts.DiscountRef(
        object.text("id"),
        object.omissibleId("subscription"),
        holder.id("coupon"),
        object.optionalInstant("end"));
  }

  private Money money(String amount) {
    return new Money(object.number(amount), CatalogShape.currency(object));
  }
}
