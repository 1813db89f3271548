package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.SubscriptionChangeFacts;
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
  private final String eventId;
  private final Instant created;
  private final ObjectRef ref;
  private final SubjectId subject;
  private final JsonNode object;
  private final JsonNode previous;

  private SimulatedFacts(JsonNode event, ObjectRef ref, SubjectId subject) {
    this.type = ProviderRecords.text(event, "type");
    this.eventId = ProviderRecords.text(event, "id");
    this.created = ProviderRecords.instant(event, "created");
    this.ref = ref;
    this.subject = subject;
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
        List.of(fact(
                eventId + ":payment",
                ProviderRecords.stated(object.required("parent"), "subscription_details")
                    .flatMap(details -> ProviderRecords.optionalText(details, "subscription")),
                Optional.of(money("amount_remaining")),
                "invoice.payment_failed",
                "failed")
            .with("invoice", Optional.of(ref.id()))
            .with("attempt", Optional.of(object.required("attempt_count").asText())));
      case "payment_intent.payment_failed" -> List.of(paymentFailed());
      case "payment_intent.succeeded" -> paymentSucceeded();
      case "charge.dispute.closed" -> {
        String outcome = ProviderRecords.text(object, "status");
        yield List.of(fact(ref.id() + ":closed", money("amount"), "dispute." + outcome, outcome));
      }
      case "customer.discount.created" ->
        List.of(discount("applied", ProviderRecords.instant(object, "start")));
      case "customer.discount.deleted" -> List.of(discount("ended", created));
      default -> List.of();
    };
  }

  private List<Fact> subscription(Optional<JsonNode> before) {
    return SubscriptionChangeFacts.of(
        ref.id(),
        subject,
        eventId,
        before.isPresent() ? created : ProviderRecords.instant(object, "created"),
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
    long from = before.get().asLong();
    long to = object.required("balance").asLong();
    Money moved = new Money(to - from, ProviderRecords.text(object, "currency"));
    return List.of(fact(eventId + ":balance", moved, "customer.balance_changed", "changed")
        .with("from", Optional.of(Long.toString(from)))
        .with("to", Optional.of(Long.toString(to))));
  }

  private Fact paymentFailed() {
    Optional<JsonNode> error = ProviderRecords.stated(object, "last_payment_error");
    Optional<String> charge = error.flatMap(why -> ProviderRecords.optionalText(why, "charge"));
    return fact(
            ref.id() + ":failed:" + charge.orElse(eventId),
            money("amount"),
            "payment.failed",
            "failed")
        .with("charge", charge)
        .with("code", error.flatMap(why -> ProviderRecords.optionalText(why, "code")))
        .with(
            "declineCode", error.flatMap(why -> ProviderRecords.optionalText(why, "decline_code")));
  }

  private List<Fact> paymentSucceeded() {
    Money received = money("amount_received");
    Fact paid = fact(ref.id() + ":succeeded", received, "payment.succeeded", "succeeded");
    return ProviderMoney.sale(
            ProviderRecords.metadata(object), ProviderRecords.text(object, "currency"))
        .map(sale -> List.of(
            paid,
            fact(ref.id() + ":purchase_paid", received, "purchase.paid", "paid")
                .with("purchase", Optional.of(sale.purchaseId()))
                .with("item", Optional.of(sale.item()))))
        .orElse(List.of(paid));
  }

  private Fact discount(String what, Instant at) {
    JsonNode coupon = object.required("source").required("coupon");
    return new Fact(
            ProviderRecords.text(object, "id") + ":" + what,
            "discount." + what,
            subject,
            ProviderRecords.optionalText(object, "subscription"),
            Optional.empty(),
            what,
            at)
        .with("coupon", Optional.of(coupon.path("id").asText(coupon.asText())))
        .with("endsAt", ProviderRecords.optionalInstant(object, "end").map(Instant::toString));
  }

  private Money money(String amount) {
    return new Money(object.required(amount).asLong(), ProviderRecords.text(object, "currency"));
  }

  private Fact fact(String key, Money amount, String what, String status) {
    return fact(key, Optional.empty(), Optional.of(amount), what, status);
  }

  private Fact fact(
      String key,
      Optional<String> subscription,
      Optional<Money> amount,
      String what,
      String status) {
    return new Fact(key, what, subject, subscription, amount, status, created);
  }
}
