package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The simulated account's objects, in its newest version, as records of the core. */
final class ProviderRecords {
  static final String ACCOUNT = "billing_account";
  static final String COMMAND = "billing_command";

  private ProviderRecords() {}

  /**
   * The object as a record.
   *
   * @throws IllegalArgumentException if something that is needed is missing or of another form
   */
  static ProviderObject read(ObjectKind kind, JsonNode json) {
    return switch (kind) {
      case CUSTOMER -> customer(json);
      case SUBSCRIPTION -> subscription(json);
      case INVOICE -> invoice(json);
      case CHECKOUT_SESSION -> session(json);
      case PRODUCT -> product(json);
      case PRICE -> price(json);
    };
  }

  private static Customer customer(JsonNode json) {
    return new Customer(
        text(json, "id"),
        account(json),
        optionalText(json, "email"),
        optionalText(json, "name"),
        json.required("delinquent").asBoolean(),
        instant(json, "created"));
  }

  private static CheckoutSession session(JsonNode json) {
    return new CheckoutSession(
        text(json, "id"),
        optionalText(json, "customer"),
        account(json),
        Optional.ofNullable(metadata(json).get(COMMAND)),
        CheckoutSession.Status.valueOf(text(json, "status").toUpperCase(Locale.ROOT)),
        !text(json, "payment_status").equals("unpaid"),
        optionalText(json, "url"),
        optionalText(json, "subscription"),
        instant(json, "expires_at"),
        instant(json, "created"));
  }

  private static Subscription subscription(JsonNode json) {
    List<JsonNode> items = new ArrayList<>();
    json.required("items").required("data").forEach(items::add);
    JsonNode firstToEnd = items.stream()
        .min(Comparator.comparing(item -> instant(item, "current_period_end")))
        .orElseThrow(() -> new IllegalArgumentException("a subscription without items"));
    Instant periodEnd = instant(firstToEnd, "current_period_end");
    Optional<Instant> cancelAt = optionalInstant(json, "cancel_at");
    JsonNode details = json.required("cancellation_details");
    return new Subscription(
        text(json, "id"),
        text(json, "customer"),
        SubscriptionStatus.of(text(json, "status"))
            .orElseThrow(() -> new IllegalArgumentException("an unknown status")),
        account(json),
        Optional.empty(),
        Optional.empty(),
        items.stream().map(ProviderRecords::item).toList(),
        instant(json, "created"),
        instant(firstToEnd, "current_period_start"),
        periodEnd,
        optionalInstant(json, "trial_start"),
        optionalInstant(json, "trial_end"),
        json.required("cancel_at_period_end").asBoolean()
            || cancelAt.filter(periodEnd::equals).isPresent(),
        cancelAt,
        optionalInstant(json, "canceled_at"),
        optionalText(details, "comment").or(() -> optionalText(details, "reason")),
        optionalInstant(json, "ended_at"),
        stated(json, "pause_collection")
            .map(pause -> new Subscription.CollectionPause(
                text(pause, "behavior"), optionalInstant(pause, "resumes_at"))),
        Optional.empty());
  }

  private static Subscription.Item item(JsonNode json) {
    Price price = price(json.required("price"));
    return new Subscription.Item(
        text(json, "id"),
        price.id(),
        price.lookupKey(),
        price.productId(),
        json.path("quantity").asLong(),
        price.currency(),
        price.unitAmount(),
        price.recurrence());
  }

  private static Invoice invoice(JsonNode json) {
    JsonNode transitions = json.required("status_transitions");
    return new Invoice(
        text(json, "id"),
        text(json, "customer"),
        stated(json.required("parent"), "subscription_details")
            .flatMap(details -> optionalText(details, "subscription")),
        optionalText(json, "number"),
        InvoiceStatus.of(text(json, "status"))
            .orElseThrow(() -> new IllegalArgumentException("an unknown status")),
        optionalText(json, "billing_reason"),
        text(json, "currency"),
        number(json, "total"),
        number(json, "amount_due"),
        number(json, "amount_paid"),
        Math.toIntExact(number(json, "attempt_count")),
        optionalInstant(json, "next_payment_attempt"),
        instant(json, "period_start"),
        instant(json, "period_end"),
        instant(json, "created"),
        optionalInstant(transitions, "finalized_at"),
        optionalInstant(transitions, "paid_at"),
        optionalInstant(transitions, "voided_at"),
        optionalInstant(transitions, "marked_uncollectible_at"));
  }

  private static Product product(JsonNode json) {
    return new Product(
        text(json, "id"),
        text(json, "name"),
        optionalText(json, "description"),
        json.required("active").asBoolean(),
        metadata(json),
        instant(json, "created"));
  }

  private static Price price(JsonNode json) {
    return new Price(
        text(json, "id"),
        text(json, "product"),
        json.required("active").asBoolean(),
        text(json, "currency"),
        stated(json, "unit_amount").map(JsonNode::asLong),
        stated(json, "recurring")
            .map(recurring -> new Recurrence(
                Recurrence.Unit.valueOf(text(recurring, "interval").toUpperCase(Locale.ROOT)),
                Math.toIntExact(number(recurring, "interval_count")),
                text(recurring, "usage_type").equals("metered"))),
        optionalText(json, "lookup_key"),
        metadata(json),
        instant(json, "created"));
  }

  private static Optional<AccountId> account(JsonNode json) {
    try {
      return Optional.ofNullable(metadata(json).get(ACCOUNT)).map(AccountId::new);
    } catch (ValidationFailed e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> metadata(JsonNode json) {
    Map<String, String> metadata = new HashMap<>();
    json.required("metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
    return metadata;
  }

  static String text(JsonNode json, String name) {
    return optionalText(json, name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  static Instant instant(JsonNode json, String name) {
    return Instant.ofEpochSecond(number(json, name));
  }

  private static long number(JsonNode json, String name) {
    return stated(json, name)
        .filter(JsonNode::canConvertToLong)
        .map(JsonNode::asLong)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not a number"));
  }

  private static Optional<String> optionalText(JsonNode json, String name) {
    return stated(json, name).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  private static Optional<Instant> optionalInstant(JsonNode json, String name) {
    return stated(json, name).map(value -> Instant.ofEpochSecond(value.asLong()));
  }

  private static Optional<JsonNode> stated(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
  }
}
