package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one event says that happened, derived from its JSON alone: by key, what it is and when. Terms
 * are told by the first item's price and quantity.
 */
final class EventFactsTruth {
  private final JsonNode event;
  private final JsonNode object;
  private final JsonNode previous;
  private final Map<String, String> facts = new TreeMap<>();

  private EventFactsTruth(JsonNode event) {
    this.event = event;
    this.object = event.required("data").required("object");
    this.previous = event.required("data").path("previous_attributes");
  }

  static Map<String, String> of(JsonNode event) {
    EventFactsTruth truth = new EventFactsTruth(event);
    truth.read();
    return truth.facts;
  }

  private void read() {
    String id = object.path("id").asText();
    switch (event.required("type").asText()) {
      case "customer.subscription.created" ->
        put(id + ":opened", object.required("created"), terms(object));
      case "customer.subscription.updated" -> subscription();
      case "invoice.payment_failed" -> own("payment", money("amount_remaining"));
      case "payment_intent.payment_failed" -> {
        JsonNode charge = object.required("last_payment_error").path("charge");
        put(id + ":failed:" + charge.asText(event.required("id").asText()), money("amount"));
      }
      case "payment_intent.requires_action" -> own("action", money("amount"));
      case "payment_intent.succeeded" -> put(id + ":succeeded", money("amount_received"));
      case "charge.dispute.closed" -> put(id + ":closed", money("amount"));
      case "customer.discount.created" -> put(id + ":applied", object.required("start"), "");
      case "customer.discount.deleted" -> put(id + ":ended", "");
      default -> {}
    }
  }

  private void subscription() {
    String status = object.required("status").asText();
    if (previous.has("status") && !status.equals("canceled")) {
      own("status", previous.get("status").asText() + " -> " + status);
    }
    if (previous.has("items")) {
      items(previous.required("items").required("data").required(0));
    }
    if (!end("cancel_at", "cancel_at_period_end").equals(endBefore())) {
      own("cancellation", "");
    }
    if (previous.has("pause_collection")
        && !previous
            .get("pause_collection")
            .path("behavior")
            .equals(object.required("pause_collection").path("behavior"))) {
      own("collection", "");
    }
    if (previous.has("discounts")) {
      own("discounts", "");
    }
  }

  private void items(JsonNode before) {
    JsonNode after = object.required("items").required("data").required(0);
    String change = terms(before) + " -> " + terms(after);
    JsonNode was = before.required("price");
    JsonNode is = after.required("price");
    boolean plan = !was.required("product").equals(is.required("product"));
    boolean interval = !was.required("recurring").equals(is.required("recurring"));
    if (plan) {
      own("plan", change);
    }
    if (interval) {
      own("interval", change);
    }
    if (!plan && !interval && !was.required("id").equals(is.required("id"))) {
      own("price", change);
    }
    if (!before.required("quantity").equals(after.required("quantity"))) {
      own("quantity", change);
    }
  }

  private String end(String at, String atPeriodEnd) {
    JsonNode cancelAt = object.required(at);
    return !cancelAt.isNull()
        ? cancelAt.asText()
        : object.required(atPeriodEnd).asBoolean() ? periodEnd(object) : "-";
  }

  private String endBefore() {
    JsonNode cancelAt =
        previous.has("cancel_at") ? previous.get("cancel_at") : object.required("cancel_at");
    JsonNode atPeriodEnd = previous.has("cancel_at_period_end")
        ? previous.get("cancel_at_period_end")
        : object.required("cancel_at_period_end");
    return !cancelAt.isNull()
        ? cancelAt.asText()
        : atPeriodEnd.asBoolean() ? periodEnd(previous.has("items") ? previous : object) : "-";
  }

  private static String periodEnd(JsonNode subscription) {
    return subscription
        .required("items")
        .required("data")
        .required(0)
        .required("current_period_end")
        .asText();
  }

  /** Of a subscription or of its item. */
  static String terms(JsonNode of) {
    JsonNode item = of.has("items") ? of.required("items").required("data").required(0) : of;
    return item.required("price").required("id").asText() + " x"
        + item.required("quantity").asText();
  }

  private String money(String amount) {
    return object.required(amount).asText() + " " + object.required("currency").asText();
  }

  private void own(String what, String told) {
    put(event.required("id").asText() + ":" + what, told);
  }

  private void put(String key, String told) {
    put(key, event.required("created"), told);
  }

  private void put(String key, JsonNode at, String told) {
    facts.put(key, "at " + at.asText() + (told.isEmpty() ? "" : ", " + told));
  }
}
