package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What our own core must hold of the objects that most handlers leave alone: payments and what became
 * of them, payment methods, coupons, tax ids. Derived from the provider's JSON alone, for each object
 * that any event spoke of. Rows are named as {@link ProviderTruth} names them.
 */
final class SecondaryObjectTruth {
  /** Where each kind is read, by the provider's name of it. */
  static final Map<String, String> PATHS = Map.of(
      "payment_intent", "/v1/payment_intents",
      "setup_intent", "/v1/setup_intents",
      "payment_method", "/v1/payment_methods",
      "invoice_payment", "/v1/invoice_payments",
      "refund", "/v1/refunds",
      "dispute", "/v1/disputes",
      "coupon", "/v1/coupons",
      "promotion_code", "/v1/promotion_codes",
      "tax_id", "/v1/tax_ids");

  /** Before it, no event said what an invoice was paid with. */
  private static final String BASIL = "2025-03-31";

  /** A payment need not be known before it has an outcome. */
  private static final Set<String> BEGINNINGS =
      Set.of("payment_intent.created", "setup_intent.created");

  private final Map<String, String> rows = new TreeMap<>();

  private SecondaryObjectTruth() {}

  static Map<String, String> rows(Engine engine) {
    Map<String, String> announced = new TreeMap<>();
    for (JsonNode event : toldBy(engine)) {
      JsonNode object = AmbiguousTimestamps.object(event);
      String kind = object.path("object").asText();
      if (PATHS.containsKey(kind)) {
        announced.put(object.required("id").asText(), kind);
      }
    }
    SecondaryObjectTruth truth = new SecondaryObjectTruth();
    announced.forEach((id, kind) -> read(engine, PATHS.get(kind) + "/" + id)
        .filter(object -> !goneWithItsCustomer(engine, object))
        .ifPresent(truth::put));
    return truth.rows;
  }

  /** The events of which a handler must know; of what the others tell it may know. */
  static List<JsonNode> toldBy(Engine engine) {
    boolean old = ProviderTruth.all(engine, "/v1/webhook_endpoints", Map.of()).stream()
        .allMatch(endpoint -> endpoint.required("api_version").asText().compareTo(BASIL) < 0);
    return engine.events().stream()
        .filter(event -> {
          String type = event.required("type").asText();
          return !BEGINNINGS.contains(type) && !(old && type.startsWith("invoice_payment."));
        })
        .toList();
  }

  private static Optional<JsonNode> read(Engine engine, String path) {
    ApiResponse answer = engine.call(Request.of("GET", path, Map.of()));
    return Optional.of(ProviderTruth.parse(answer.body()))
        .filter(object -> answer.status() == 200 && !object.path("deleted").asBoolean());
  }

  // No event says what goes with a deleted customer, and it can't be read any more.
  private static boolean goneWithItsCustomer(Engine engine, JsonNode object) {
    return object.required("object").asText().equals("tax_id")
        && read(engine, "/v1/customers/" + object.required("customer").asText()).isEmpty();
  }

  private void put(JsonNode object) {
    switch (object.required("object").asText()) {
      case "payment_intent" -> payment(object);
      case "setup_intent" -> fields(object, object, "status", "customer", "payment_method");
      case "payment_method" -> method(object);
      case "invoice_payment" -> {
        fields(object, object, "status", "invoice", "amount_requested", "amount_paid");
        fields(object, object.required("payment"), "payment_intent");
        fields(object, object.required("status_transitions"), "paid_at", "canceled_at");
      }
      case "refund" -> refund(object);
      case "dispute" -> dispute(object);
      case "coupon" -> {
        fields(object, object, "name", "duration", "duration_in_months", "max_redemptions");
        fields(object, object, "times_redeemed", "redeem_by");
      }
      case "promotion_code" -> {
        fields(object, object, "code", "active", "customer", "expires_at", "times_redeemed");
        fields(object, object.required("promotion"), "coupon");
      }
      case "tax_id" -> {
        fields(object, object, "customer", "type", "value");
        fields(object, object.required("verification"), "status");
      }
      default -> throw new IllegalStateException("not a rarer object: " + object);
    }
  }

  private void payment(JsonNode payment) {
    fields(payment, payment, "status", "customer", "currency", "amount", "amount_received");
    fields(payment, payment, "payment_method", "latest_charge", "canceled_at");
    fact(payment, "canceled", payment.required("canceled_at"), "amount");
  }

  // One that is detached has no customer, which is as good as gone.
  private void method(JsonNode method) {
    if (!method.required("customer").isNull()) {
      fields(method, method, "customer", "type");
      fields(method, method.required("card"), "brand", "last4", "exp_month", "exp_year");
    }
  }

  private void refund(JsonNode refund) {
    fields(refund, refund, "status", "payment_intent", "charge", "amount", "reason");
    fact(refund, "created", refund.required("created"), "amount");
    String status = refund.required("status").asText();
    if (!status.equals("pending")) {
      fact(refund, status, refund.required("created"), "amount");
    }
  }

  private void dispute(JsonNode dispute) {
    fields(dispute, dispute, "status", "payment_intent", "charge", "amount", "reason");
    fact(dispute, "opened", dispute.required("created"), "amount");
    for (JsonNode movement : dispute.required("balance_transactions")) {
      long amount = movement.required("amount").asLong();
      rows.put(
          "fact " + dispute.required("id").asText()
              + (amount < 0 ? ":funds_withdrawn" : ":funds_reinstated"),
          CoreTruth.factText(
              movement.required("created").asLong(),
              Math.abs(amount) + " " + movement.required("currency").asText()));
    }
  }

  private void fact(JsonNode object, String what, JsonNode at, String amount) {
    if (!at.isNull()) {
      rows.put(
          "fact " + object.required("id").asText() + ":" + what,
          CoreTruth.factText(
              at.asLong(),
              object.required(amount).asText() + " "
                  + object.required("currency").asText()));
    }
  }

  private void fields(JsonNode object, JsonNode holder, String... names) {
    for (String name : names) {
      rows.put(
          object.required("id").asText() + "." + name, ProviderTruth.text(holder.required(name)));
    }
  }
}
