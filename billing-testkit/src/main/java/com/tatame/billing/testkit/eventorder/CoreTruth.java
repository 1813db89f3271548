package com.tatame.billing.testkit.eventorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What our own core must have made of the provider's state beside the mirror itself, derived from the
 * provider's JSON alone: each fact once, and which subscriptions entitle which account until when.
 */
final class CoreTruth {
  private static final Set<String> ENTITLING = Set.of("trialing", "active", "past_due");

  private final Engine engine;
  private final Duration grace;
  private final Map<String, String> rows = new TreeMap<>();

  private CoreTruth(Engine engine, Duration grace) {
    this.engine = engine;
    this.grace = grace;
  }

  static Map<String, String> rows(Engine engine, Duration grace) {
    CoreTruth truth = new CoreTruth(engine, grace);
    truth.facts();
    truth.entitlements();
    return truth.rows;
  }

  private void facts() {
    for (JsonNode invoice : ProviderTruth.all(engine, "/v1/invoices", Map.of())) {
      JsonNode times = invoice.required("status_transitions");
      String total = invoice.required("total").asText();
      fact(invoice, "finalized", times.required("finalized_at"), total);
      fact(
          invoice,
          "paid",
          times.required("paid_at"),
          invoice.required("amount_paid").asText());
      fact(invoice, "voided", times.required("voided_at"), total);
      fact(invoice, "marked_uncollectible", times.required("marked_uncollectible_at"), total);
    }
    for (JsonNode subscription : subscriptions()) {
      fact(subscription, "created", subscription.required("created"), "");
      fact(subscription, "trial_started", subscription.required("trial_start"), "");
      fact(subscription, "ended", subscription.required("ended_at"), "");
    }
  }

  private void fact(JsonNode object, String what, JsonNode at, String amount) {
    if (!at.isNull()) {
      String money =
          amount.isEmpty() ? "" : amount + " " + object.required("currency").asText();
      rows.put("fact " + object.required("id").asText() + ":" + what, factText(at.asLong(), money));
    }
  }

  static String factText(long second, String money) {
    return "at " + second + (money.isEmpty() ? "" : ", " + money);
  }

  private List<JsonNode> subscriptions() {
    return ProviderTruth.all(engine, "/v1/subscriptions", Map.of("status", "all"));
  }

  private void entitlements() {
    List<JsonNode> open = ProviderTruth.all(engine, "/v1/invoices", Map.of("status", "open"));
    Map<String, String> accounts = new TreeMap<>();
    for (JsonNode customer : ProviderTruth.all(engine, "/v1/customers", Map.of())) {
      JsonNode account = customer.required("metadata").path("billing_account");
      if (account.isTextual()) {
        accounts.put(customer.required("id").asText(), account.asText());
        rows.put(
            "fact " + account.asText() + ":created",
            factText(customer.required("created").asLong(), ""));
      }
    }
    for (JsonNode subscription : subscriptions()) {
      String account = accounts.get(subscription.required("customer").asText());
      String status = subscription.required("status").asText();
      if (account != null && ENTITLING.contains(status)) {
        rows.put(
            "entitlement " + account + " " + subscription.required("id").asText(),
            status.equals("past_due") ? Long.toString(graceEnd(subscription, open)) : "-");
      }
    }
  }

  private long graceEnd(JsonNode subscription, List<JsonNode> openInvoices) {
    LongStream failures = openInvoices.stream()
        .filter(invoice -> invoice
            .required("parent")
            .required("subscription_details")
            .required("subscription")
            .equals(subscription.required("id")))
        .filter(invoice -> invoice.required("attempt_count").asInt() > 0)
        .mapToLong(invoice ->
            invoice.required("status_transitions").required("finalized_at").asLong());
    long start = subscription
        .required("items")
        .required("data")
        .required(0)
        .required("current_period_start")
        .asLong();
    return failures.min().orElse(start) + grace.toSeconds();
  }
}
