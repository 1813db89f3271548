package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.DeliveryAttempt;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The provider's truth and the database's, in the same lines, so that they can be compared. The
 * fields are read off the provider's own JSON here, and never by the product's translation.
 */
final class ProviderComparison {
  private static final String SUBSCRIPTIONS = """
      select concat_ws('|', stripe_subscription_id, stripe_customer_id, status,
        items -> 0 ->> 'price_id', cancel_at_period_end,
        extract(epoch from current_period_start)::bigint,
        extract(epoch from current_period_end)::bigint,
        coalesce(extract(epoch from trial_end)::bigint::text, 'null'),
        coalesce(extract(epoch from canceled_at)::bigint::text, 'null'),
        coalesce(extract(epoch from ended_at)::bigint::text, 'null'))
      from subscriptions where not gone order by 1""";
  private static final String INVOICES = """
      select concat_ws('|', stripe_invoice_id, stripe_customer_id, stripe_subscription_id, status,
        currency, total, amount_due, amount_paid, attempt_count,
        coalesce(extract(epoch from paid_at)::bigint::text, 'null'))
      from stripe_invoices where not gone order by 1""";
  private static final String PAYMENTS = """
      select concat_ws('|', fact_key, subscription_id, amount, currency)
      from billing_events where event_type = 'invoice.paid' order by 1""";

  private final StripeSimulator stripe;
  private final Database database;

  ProviderComparison(StripeSimulator stripe, Database database) {
    this.stripe = stripe;
    this.database = database;
  }

  /** Whether nothing that was stored still waits to take effect. */
  boolean isMirrored() {
    return database.count("webhook_queue") == 0 && database.count("pending_reads") == 0;
  }

  /** Whether whatever happened to a customer has arrived. */
  boolean everyEventIsStored() {
    return database
        .query("select stripe_event_id from webhook_events")
        .containsAll(customersEvents());
  }

  /** Fails unless the database tells of everything what the provider tells of it. */
  void assertMirrored() {
    assertThat(database.query(SUBSCRIPTIONS)).isNotEmpty().isEqualTo(subscriptions());
    assertThat(database.query(INVOICES)).isNotEmpty().isEqualTo(invoices());
    assertThat(database.query(PAYMENTS)).isNotEmpty().isEqualTo(payments());
  }

  /** Fails if an event is missing whose sender got an acknowledgement, or was processed twice. */
  void assertNoEventIsLost() {
    assertNoEventIsLost(stripe.deliveries().stream()
        .filter(DeliveryAttempt::succeeded)
        .map(DeliveryAttempt::event)
        .collect(Collectors.toSet()));
  }

  /** The same for a sender of its own, which got an acknowledgement for these. */
  void assertNoEventIsLost(Set<String> acknowledged) {
    assertThat(acknowledged).isNotEmpty();
    assertThat(database.query("select stripe_event_id from webhook_events"))
        .doesNotHaveDuplicates()
        .containsAll(acknowledged);
    assertThat(database.query("select distinct status from stripe_webhook_events"))
        .isSubsetOf("processed", "ignored");
    assertThat(database.count("webhook_log")).isEqualTo(database.count("webhook_events"));
    assertThat(customersEvents())
        .as("what was refused by a dead server was sent again")
        .isNotEmpty()
        .isSubsetOf(acknowledged);
  }

  private List<String> customersEvents() {
    return stripe.events().stream()
        .filter(event -> event.at("/data/object").has("customer"))
        .map(event -> event.path("id").asText())
        .toList();
  }

  private List<String> subscriptions() {
    return lines("/v1/subscriptions", Map.of("limit", "100", "status", "all"), subscription -> {
      JsonNode item = subscription.at("/items/data/0");
      return Stream.of(
          subscription.path("id"),
          subscription.path("customer"),
          subscription.path("status"),
          item.at("/price/id"),
          boolAsSql(subscription.path("cancel_at_period_end")),
          item.path("current_period_start"),
          item.path("current_period_end"),
          subscription.path("trial_end"),
          subscription.path("canceled_at"),
          subscription.path("ended_at"));
    });
  }

  private List<String> invoices() {
    return lines(
        "/v1/invoices",
        Map.of("limit", "100"),
        invoice -> Stream.of(
            invoice.path("id"),
            invoice.path("customer"),
            invoice.at("/parent/subscription_details/subscription"),
            invoice.path("status"),
            invoice.path("currency"),
            invoice.path("total"),
            invoice.path("amount_due"),
            invoice.path("amount_paid"),
            invoice.path("attempt_count"),
            invoice.at("/status_transitions/paid_at")));
  }

  private List<String> payments() {
    return lines(
            "/v1/invoices",
            Map.of("limit", "100", "status", "paid"),
            invoice -> Stream.of(
                invoice.path("id"),
                invoice.at("/parent/subscription_details/subscription"),
                invoice.path("amount_paid"),
                invoice.path("currency")))
        .stream()
        .map(line -> line.replaceFirst("\\|", ":paid|"))
        .sorted()
        .toList();
  }

  private List<String> lines(
      String path, Map<String, Object> parameters, Function<JsonNode, Stream<Object>> fields) {
    return all(path, parameters)
        .map(object -> line(fields.apply(object)))
        .sorted()
        .toList();
  }

  private Stream<JsonNode> all(String path, Map<String, Object> parameters) {
    JsonNode list = Json.read(stripe.call(Request.of("GET", path, parameters)).body());
    JsonNode page = list.path("data");
    if (!list.path("has_more").asBoolean()) {
      return page.valueStream();
    }
    Map<String, Object> next = new HashMap<>(parameters);
    next.put("starting_after", page.path(page.size() - 1).path("id").asText());
    return Stream.concat(page.valueStream(), all(path, next));
  }

  private static String line(Stream<Object> fields) {
    return String.join(
        "|",
        fields
            .map(field -> field instanceof JsonNode node ? node.asText("null") : field.toString())
            .toList());
  }

  private static Object boolAsSql(JsonNode node) {
    return node.asBoolean() ? "t" : "f";
  }
}
