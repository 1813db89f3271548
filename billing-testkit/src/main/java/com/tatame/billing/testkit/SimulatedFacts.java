package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.ledger.EventFacts;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an event of the simulated account's newest version alone says that happened. */
final class SimulatedFacts {
  private final String type;
  private final EventFacts event;
  private final JsonNode object;
  private final JsonNode previous;

  private SimulatedFacts(JsonNode event, ObjectRef ref, SubjectId subject) {
    this.type = ProviderRecords.text(event, "type");
    this.event = new EventFacts(
        ProviderRecords.text(event, "id"), ProviderRecords.instant(event, "created"), ref, subject);
    this.object = event.required("data").required("object");
    this.previous = event.required("data").path("previous_attributes");
  }

  static List<Fact> of(JsonNode event, ObjectRef ref, SubjectId subject) {
    return new SimulatedFacts(event, ref, subject).facts();
  }

  private List<Fact> facts() {
    return switch (type) {
      case "customer.subscription.created" -> subscription(Optional.empty());
      case "customer.subscription.updated" ->
        previous.isObject() ? subscription(Optional.of(before(object, previous))) : List.of();
      case "customer.updated" -> balance();
      case "invoice.payment_failed" ->
        List.of(event.invoicePaymentFailed(
            ProviderRecords.stated(object.required("parent"), "subscription_details")
                .flatMap(details -> ProviderRecords.optionalText(details, "subscription")),
            money("amount_remaining"),
            object.required("attempt_count").asLong()));
      case "payment_intent.payment_failed" -> List.of(paymentFailed());
      case "payment_intent.requires_action" ->
        List.of(event.paymentActionRequired(money("amount")));
      case "payment_intent.succeeded" ->
        event.paymentSucceeded(
            money("amount_received"),
            ProviderMoney.sale(
                ProviderRecords.metadata(object), ProviderRecords.text(object, "currency")));
      case "charge.dispute.closed" ->
        List.of(event.disputeClosed(ProviderRecords.text(object, "status"), money("amount")));
      case "customer.discount.created" ->
        List.of(event.discountApplied(discount(), ProviderRecords.instant(object, "start")));
      case "customer.discount.deleted" -> List.of(event.discountEnded(discount()));
      default -> List.of();
    };
  }

  private List<Fact> subscription(Optional<JsonNode> before) {
    return event.subscription(
        ProviderRecords.instant(object, "created"),
        new TermsChange(before.map(SimulatedFacts::terms), terms(object)));
  }

  /** The object with what it was in the places of what it is. */
  private static JsonNode before(JsonNode now, JsonNode previous) {
    if (!(now instanceof ObjectNode object) || !previous.isObject()) {
      return previous;
    }
    ObjectNode before = object.deepCopy();
    for (Map.Entry<String, JsonNode> attribute : previous.properties()) {
      JsonNode present = object.path(attribute.getKey());
      before.set(
          attribute.getKey(),
          attribute.getValue() instanceof ArrayNode list
              ? beforeOfList(present, list)
              : before(present, attribute.getValue()));
    }
    return before;
  }

  private static JsonNode beforeOfList(JsonNode now, ArrayNode previous) {
    ArrayNode before = previous.arrayNode();
    for (JsonNode element : previous) {
      JsonNode same = previous.missingNode();
      for (JsonNode candidate : now) {
        if (element.has("id") && element.get("id").equals(candidate.path("id"))) {
          same = candidate;
        }
      }
      before.add(before(same, element));
    }
    return before;
  }

  private static SubscriptionTerms terms(JsonNode subscription) {
    String currency = ProviderRecords.text(subscription, "currency");
    List<SubscriptionTerms.Item> items = new ArrayList<>();
    for (JsonNode item : subscription.required("items").required("data")) {
      items.add(item(item, currency));
    }
    List<SubscriptionTerms.Discount> discounts = new ArrayList<>();
    subscription.required("discounts").forEach(discount -> discounts.add(discount(discount)));
    return new SubscriptionTerms(
        ProviderRecords.text(subscription, "status"),
        items,
        discounts,
        ProviderRecords.optionalInstant(subscription, "cancel_at").or(() -> ends(subscription)),
        ProviderRecords.stated(subscription, "pause_collection")
            .map(pause -> ProviderRecords.text(pause, "behavior")));
  }

  /** Without an amount where the price names none in this currency. */
  private static SubscriptionTerms.Item item(JsonNode json, String currency) {
    JsonNode price = json.required("price");
    String priced = ProviderRecords.text(price, "currency");
    if (priced.equals(currency) || price.has("currency_options")) {
      return ProviderRecords.item(json, currency).terms();
    }
    SubscriptionTerms.Item item = ProviderRecords.item(json, priced).terms();
    return new SubscriptionTerms.Item(
        item.priceId(),
        item.productId(),
        item.quantity(),
        currency,
        Optional.empty(),
        item.interval(),
        item.intervalCount(),
        item.metered(),
        item.taxBehavior());
  }

  private static Optional<Instant> ends(JsonNode subscription) {
    if (!subscription.required("cancel_at_period_end").asBoolean()) {
      return Optional.empty();
    }
    List<Instant> ends = new ArrayList<>();
    subscription
        .required("items")
        .required("data")
        .forEach(item -> ends.add(ProviderRecords.instant(item, "current_period_end")));
    return ends.stream().min(Instant::compareTo);
  }

  private static SubscriptionTerms.Discount discount(JsonNode discount) {
    if (discount.isTextual()) {
      return new SubscriptionTerms.Discount(
          Optional.of(discount.asText()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    Subscription.Discount given = ProviderRecords.discountOf(discount);
    return new SubscriptionTerms.Discount(
        ProviderRecords.optionalText(discount, "id"),
        Optional.of(given.couponId()),
        given.percentOff(),
        given.amountOff(),
        given.duration(),
        given.endsAt());
  }

  private List<Fact> balance() {
    Optional<JsonNode> before = ProviderRecords.stated(previous, "balance");
    if (before.isEmpty() || ProviderRecords.optionalText(object, "currency").isEmpty()) {
      return List.of();
    }
    return List.of(event.balanceChanged(
        before.get().asLong(),
        object.required("balance").asLong(),
        ProviderRecords.text(object, "currency")));
  }

  private Fact paymentFailed() {
    Optional<JsonNode> error = ProviderRecords.stated(object, "last_payment_error");
    return event.paymentFailed(
        money("amount"),
        error.flatMap(why -> ProviderRecords.optionalText(why, "charge")),
        error.flatMap(why -> ProviderRecords.optionalText(why, "code")),
        error.flatMap(why -> ProviderRecords.optionalText(why, "decline_code")));
  }

  private EventFacts.DiscountRef discount() {
    JsonNode coupon = object.required("source").required("coupon");
    return new EventFacts.DiscountRef(
        ProviderRecords.text(object, "id"),
        ProviderRecords.optionalText(object, "subscription"),
        coupon.path("id").asText(coupon.asText()),
        ProviderRecords.optionalInstant(object, "end"));
  }

  private Money money(String amount) {
    return new Money(object.required(amount).asLong(), ProviderRecords.text(object, "currency"));
  }
}
