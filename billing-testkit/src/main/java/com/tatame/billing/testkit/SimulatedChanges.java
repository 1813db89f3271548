package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Previews and makes changes of what a subscription sells, and schedules them. */
final class SimulatedChanges {
  private static final String SUBSCRIPTIONS = "/v1/subscriptions/";
  private static final String SCHEDULES = "/v1/subscription_schedules";
  private static final Set<String> CONFIRMABLE =
      Set.of("subscription_payment_intent_requires_action", "authentication_required");

  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedChanges(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  Optional<InvoicePreview> preview(SubscriptionChange change) {
    Map<String, Object> parameters =
        Map.of("subscription", change.subscriptionId(), "subscription_details", details(change));
    try {
      JsonNode invoice = calls.post("/v1/invoices/create_preview", parameters).body();
      return Optional.of(read(invoice));
    } catch (ProviderRejected e) {
      if (e.providerCode().equals("invoice_upcoming_none")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static InvoicePreview read(JsonNode invoice) {
    List<InvoicePreview.Line> lines = new ArrayList<>();
    for (JsonNode line : invoice.at("/lines/data")) {
      long discount = 0;
      for (JsonNode amount : line.path("discount_amounts")) {
        discount += amount.path("amount").asLong();
      }
      lines.add(new InvoicePreview.Line(
          line.path("description").asText(),
          line.path("amount").asLong(),
          discount,
          line.at("/parent/subscription_item_details/proration").asBoolean(),
          Instant.ofEpochSecond(line.at("/period/start").asLong())));
    }
    return new InvoicePreview(
        invoice.path("currency").asText(),
        invoice.path("total").asLong(),
        0,
        invoice.path("amount_due").asLong(),
        invoice.path("starting_balance").asLong(),
        lines);
  }

  private static Map<String, Object> details(SubscriptionChange change) {
    Map<String, Object> details = new HashMap<>();
    Map<String, Object> item = item(change.priceId(), change.quantity());
    item.put("id", change.itemId());
    details.put("items", List.of(item));
    details.put(
        "proration_behavior", change.policy() == ChangePolicy.PRORATE ? "always_invoice" : "none");
    change
        .prorationDate()
        .ifPresent(date -> details.put("proration_date", Long.toString(date.getEpochSecond())));
    return details;
  }

  // What is scheduled is released, the change tried on the condition that it is paid at once, and
  // if its payer must confirm that, left pending.
  Observation change(SubscriptionChange change, String idempotencyKey) {
    scheduleOf(change.subscriptionId())
        .ifPresent(schedule -> release(schedule, idempotencyKey + ":release"));
    try {
      return update(change, "error_if_incomplete", idempotencyKey);
    } catch (PaymentDeclined e) {
      if (!CONFIRMABLE.contains(e.declineCode())) {
        throw e;
      }
      return update(change, "pending_if_incomplete", idempotencyKey + ":pending");
    }
  }

  private Observation update(
      SubscriptionChange change, String paymentBehavior, String idempotencyKey) {
    Map<String, Object> parameters = details(change);
    parameters.put("payment_behavior", paymentBehavior);
    return reads.mutate(
        ObjectKind.SUBSCRIPTION,
        SUBSCRIPTIONS + change.subscriptionId(),
        parameters,
        idempotencyKey);
  }

  Observation changeAtRenewal(SubscriptionChange change, String idempotencyKey) {
    JsonNode present =
        calls.get(SUBSCRIPTIONS + change.subscriptionId(), Map.of()).body();
    Optional<String> existing =
        Optional.of(present.path("schedule")).filter(JsonNode::isTextual).map(JsonNode::asText);
    ObjectRef subscription = new ObjectRef(ObjectKind.SUBSCRIPTION, change.subscriptionId());
    Observation read =
        reads.read(subscription, new SubjectId(present.path("customer").asText()));
    if (read.state().map(Subscription.class::cast).filter(change::holds).isPresent()) {
      return existing
          .map(planned -> reads.mutate(
              ObjectKind.SUBSCRIPTION_SCHEDULE,
              SCHEDULES + "/" + planned + "/release",
              Map.of(),
              idempotencyKey + ":release"))
          .orElse(read);
    }
    String schedule = existing.orElseGet(() -> begin(change.subscriptionId(), idempotencyKey));
    List<Object> now = new ArrayList<>();
    List<Object> then = new ArrayList<>();
    for (JsonNode item : present.at("/items/data")) {
      Map<String, Object> same =
          item(item.at("/price/id").asText(), item.path("quantity").asLong());
      now.add(same);
      then.add(
          item.path("id").asText().equals(change.itemId())
              ? item(change.priceId(), change.quantity())
              : same);
    }
    JsonNode period = present.at("/items/data/0");
    Map<String, Object> parameters = Map.of(
        "end_behavior",
        "release",
        "phases",
        List.of(
            Map.of(
                "items",
                now,
                "start_date",
                period.path("current_period_start").asText(),
                "end_date",
                period.path("current_period_end").asText()),
            Map.of("items", then, "proration_behavior", "none")));
    try {
      return reads.mutate(
          ObjectKind.SUBSCRIPTION_SCHEDULE,
          SCHEDULES + "/" + schedule,
          parameters,
          idempotencyKey + ":phases");
    } catch (ProviderRejected e) {
      if (existing.isEmpty()) {
        release(schedule, idempotencyKey + ":release");
      }
      throw e;
    } catch (ProviderUnavailable e) {
      throw new ProviderUnavailable(
          Execution.UNKNOWN, e.retryAfter(), "It was executed in part.", e);
    }
  }

  private String begin(String subscriptionId, String idempotencyKey) {
    return calls
        .post(SCHEDULES, Map.of("from_subscription", subscriptionId), idempotencyKey)
        .body()
        .path("id")
        .asText();
  }

  private static Map<String, Object> item(String price, long quantity) {
    Map<String, Object> item = new HashMap<>(Map.of("price", price));
    // A metered price takes no quantity, which is ordered as none.
    if (quantity > 0) {
      item.put("quantity", Long.toString(quantity));
    }
    return item;
  }

  Optional<PaymentAction> paymentAction(String subscriptionId) {
    JsonNode subscription = calls.find(SUBSCRIPTIONS + subscriptionId).body();
    if (!subscription.path("latest_invoice").isTextual()) {
      return Optional.empty();
    }
    JsonNode invoice = calls
        .get(
            "/v1/invoices/" + subscription.path("latest_invoice").asText(),
            Map.of("expand", List.of("payments.data.payment.payment_intent")))
        .body();
    return SimulatedInvoices.paymentAction(invoice);
  }

  Optional<String> scheduleOf(String subscriptionId) {
    return Optional.of(calls.find(SUBSCRIPTIONS + subscriptionId).body().path("schedule"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  void release(String schedule, String idempotencyKey) {
    calls.post(SCHEDULES + "/" + schedule + "/release", Map.of(), idempotencyKey);
  }
}
