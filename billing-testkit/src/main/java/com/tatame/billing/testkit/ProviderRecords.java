package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.TaxId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
      case PAYMENT_METHOD -> ProviderMoney.paymentMethod(json);
      case PAYMENT_INTENT -> ProviderMoney.paymentIntent(json);
      case SETUP_INTENT -> ProviderMoney.setupIntent(json);
      case INVOICE_PAYMENT -> ProviderMoney.invoicePayment(json);
      case REFUND -> ProviderMoney.refund(json);
      case DISPUTE -> ProviderMoney.dispute(json);
      case COUPON -> ProviderMoney.coupon(json);
      case PROMOTION_CODE -> ProviderMoney.promotionCode(json);
      case TAX_ID -> taxId(json);
      case SUBSCRIPTION_SCHEDULE -> schedule(json);
    };
  }

  /**
   * Whose object it is. What names no customer belongs to the payment that it names, whatever else
   * its version may tell.
   */
  static SubjectId subject(ObjectKind kind, JsonNode json) {
    String id = text(json, "id");
    return switch (kind) {
      case COUPON, PROMOTION_CODE, PRODUCT, PRICE, CUSTOMER, PAYMENT_INTENT, SETUP_INTENT ->
        new SubjectId(id);
      case REFUND, DISPUTE -> ofPayment(json, id);
      case INVOICE_PAYMENT -> ofPayment(json.required("payment"), id);
      default -> new SubjectId(optionalText(json, "customer").orElse(id));
    };
  }

  private static SubjectId ofPayment(JsonNode json, String id) {
    return SubjectId.ofPayment(
        optionalText(json, "payment_intent"), optionalText(json, "charge"), id);
  }

  /** Whether it is none to us any more: a payment method that has no customer. */
  static boolean gone(ObjectKind kind, JsonNode json) {
    return json.path("deleted").asBoolean()
        || (kind == ObjectKind.PAYMENT_METHOD && json.required("customer").isNull());
  }

  private static Customer customer(JsonNode json) {
    return new Customer(
        text(json, "id"),
        account(json),
        optionalText(json, "email"),
        optionalText(json, "name"),
        json.required("delinquent").asBoolean(),
        instant(json, "created"),
        optionalText(json.required("invoice_settings"), "default_payment_method"));
  }

  private static TaxId taxId(JsonNode json) {
    return new TaxId(
        text(json, "id"),
        optionalText(json, "customer"),
        text(json, "type"),
        text(json, "value"),
        optionalText(json, "country"),
        stated(json, "verification")
            .map(verification -> constant(verification, "status", TaxId.Verification.class)),
        instant(json, "created"));
  }

  private static SubscriptionSchedule schedule(JsonNode json) {
    List<SubscriptionSchedule.Phase> phases = new ArrayList<>();
    for (JsonNode phase : json.required("phases")) {
      List<SubscriptionSchedule.Item> items = new ArrayList<>();
      for (JsonNode item : phase.required("items")) {
        items.add(new SubscriptionSchedule.Item(
            text(item, "price"), stated(item, "quantity").map(JsonNode::asLong)));
      }
      phases.add(new SubscriptionSchedule.Phase(
          instant(phase, "start_date"), instant(phase, "end_date"), items));
    }
    return new SubscriptionSchedule(
        text(json, "id"),
        text(json, "customer"),
        optionalText(json, "subscription").or(() -> optionalText(json, "released_subscription")),
        constant(json, "status", SubscriptionSchedule.Status.class),
        text(json, "end_behavior"),
        phases,
        instant(json, "created"),
        optionalInstant(json, "completed_at"),
        optionalInstant(json, "released_at"),
        optionalInstant(json, "canceled_at"));
  }

  private static CheckoutSession session(JsonNode json) {
    return new CheckoutSession(
        text(json, "id"),
        optionalText(json, "customer"),
        account(json),
        Optional.ofNullable(metadata(json).get(COMMAND)),
        CheckoutSession.Status.valueOf(text(json, "status").toUpperCase(Locale.ROOT)),
        !text(json, "payment_status").equals("unpaid"),
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
        items.stream().map(item -> item(item, text(json, "currency"))).toList(),
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
        discount(json),
        selfPause(metadata(json)),
        optionalText(json, "default_payment_method"));
  }

  private static Optional<SelfPause> selfPause(Map<String, String> metadata) {
    List<Instant> span = instants(metadata.getOrDefault("billing_self_pause", ""));
    List<Instant> begun = instants(metadata.getOrDefault("billing_self_pauses", ""));
    if (span.size() == 2) {
      return Optional.of(new SelfPause(span.get(0), span.get(1), begun));
    }
    return begun.isEmpty()
        ? Optional.empty()
        : Optional.of(new SelfPause(Instant.EPOCH, Instant.EPOCH, begun));
  }

  private static List<Instant> instants(String text) {
    return text.isEmpty()
        ? List.of()
        : Stream.of(text.split(","))
            .map(Long::valueOf)
            .map(Instant::ofEpochSecond)
            .toList();
  }

  /** Whether an object names another one that it should hold. */
  static boolean incomplete(ObjectKind kind, JsonNode json) {
    return kind == ObjectKind.SUBSCRIPTION
        && (json.path("discounts").path(0).isTextual() || pricedElsewhere(json));
  }

  // Billed in a currency that its prices, unless asked, don't name.
  private static boolean pricedElsewhere(JsonNode subscription) {
    String currency = text(subscription, "currency");
    for (JsonNode item : subscription.required("items").required("data")) {
      JsonNode price = item.required("price");
      if (!text(price, "currency").equals(currency) && !price.has("currency_options")) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Subscription.Discount> discount(JsonNode subscription) {
    JsonNode discount = subscription.required("discounts").path(0);
    return discount.isMissingNode() ? Optional.empty() : Optional.of(discountOf(discount));
  }

  static Subscription.Discount discountOf(JsonNode discount) {
    JsonNode coupon = discount.required("source").required("coupon");
    return new Subscription.Discount(
        text(coupon, "id"),
        stated(coupon, "percent_off").map(ProviderRecords::decimal),
        stated(coupon, "amount_off").map(JsonNode::asLong),
        optionalInstant(discount, "end"),
        optionalText(coupon, "duration"));
  }

  static Subscription.Item item(JsonNode json, String currency) {
    JsonNode priced = json.required("price");
    Price price = price(priced);
    return new Subscription.Item(
        text(json, "id"),
        price.id(),
        price.soldAs(),
        price.productId(),
        json.path("quantity").asLong(),
        currency,
        price.currency().equals(currency)
            ? price.unitAmount()
            : Optional.of(
                number(priced.required("currency_options").required(currency), "unit_amount")),
        price.recurrence(),
        optionalText(priced, "tax_behavior"));
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

  static Optional<AccountId> account(JsonNode json) {
    try {
      return Optional.ofNullable(metadata(json).get(ACCOUNT)).map(AccountId::new);
    } catch (ValidationFailed e) {
      return Optional.empty();
    }
  }

  static Map<String, String> metadata(JsonNode json) {
    Map<String, String> metadata = new HashMap<>();
    json.required("metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
    return metadata;
  }

  static <E extends Enum<E>> E constant(JsonNode json, String name, Class<E> type) {
    return Enum.valueOf(type, text(json, name).toUpperCase(Locale.ROOT));
  }

  /** Without trailing zeros, so that 25 and 25.0 are equal. */
  static BigDecimal decimal(JsonNode json) {
    BigDecimal decimal = json.decimalValue().stripTrailingZeros();
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
  }

  static String text(JsonNode json, String name) {
    return optionalText(json, name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  static Instant instant(JsonNode json, String name) {
    return Instant.ofEpochSecond(number(json, name));
  }

  static long number(JsonNode json, String name) {
    return stated(json, name)
        .filter(JsonNode::canConvertToLong)
        .map(JsonNode::asLong)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not a number"));
  }

  static Optional<String> optionalText(JsonNode json, String name) {
    return stated(json, name).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  static Optional<Instant> optionalInstant(JsonNode json, String name) {
    return stated(json, name).map(value -> Instant.ofEpochSecond(value.asLong()));
  }

  static Optional<JsonNode> stated(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
  }
}
