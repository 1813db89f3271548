package com.tatame.billing.testkit.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Known;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.Wanted;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the store knows of the provider's objects, under the names of {@link ProviderState}. */
final class MirroredState {
  private static final Map<ObjectKind, String> PATHS = Map.of(
      ObjectKind.CUSTOMER, "/v1/customers",
      ObjectKind.SUBSCRIPTION, "/v1/subscriptions",
      ObjectKind.INVOICE, "/v1/invoices",
      ObjectKind.CHECKOUT_SESSION, "/v1/checkout/sessions",
      ObjectKind.PRODUCT, "/v1/products",
      ObjectKind.PRICE, "/v1/prices");

  private MirroredState() {}

  /** Where the world's store says something else than its provider: both, by object and field. */
  static Map<String, String> differences(BillingWorld world) {
    return differences(world, world.store());
  }

  static Map<String, String> differences(BillingWorld world, BillingStore store) {
    Map<String, String> provider = ProviderState.fields(world);
    Map<String, String> mirrored = fields(world, store);
    Map<String, String> differences = new TreeMap<>();
    Set<String> names = new HashSet<>(provider.keySet());
    names.addAll(mirrored.keySet());
    for (String name : names) {
      String here = mirrored.getOrDefault(name, "nothing");
      String there = provider.getOrDefault(name, "nothing");
      if (!here.equals(there)) {
        differences.put(name, "provider: " + there + ", mirrored: " + here);
      }
    }
    return differences;
  }

  private static Map<String, String> fields(BillingWorld world, BillingStore store) {
    Map<String, String> fields = new TreeMap<>();
    known(world, store)
        .forEach(known -> known.rows().values().stream()
            .map(StoredObject::state)
            .flatMap(Optional::stream)
            .forEach(state -> put(fields, state)));
    return fields;
  }

  /** Everything stored about all that the provider has, with versions and links, by subject. */
  static List<Known> known(BillingWorld world, BillingStore store) {
    Map<SubjectId, Set<ObjectRef>> objects = new HashMap<>();
    PATHS.forEach((kind, path) -> {
      Map<String, Object> filter =
          kind == ObjectKind.SUBSCRIPTION ? Map.of("status", "all") : Map.of();
      for (JsonNode json : ProviderState.all(world, path, filter)) {
        String id = json.required("id").asText();
        SubjectId subject = new SubjectId(json.path("customer").asText(id));
        objects.computeIfAbsent(subject, s -> new HashSet<>()).add(new ObjectRef(kind, id));
      }
    });
    List<Wanted> wanted = objects.entrySet().stream()
        .map(entry -> new Wanted(entry.getKey(), entry.getValue(), Set.of()))
        .toList();
    return List.copyOf(new TreeMap<>(store.projections().load(wanted)).values());
  }

  private static void put(Map<String, String> fields, ProviderObject state) {
    if (state instanceof Customer customer) {
      put(fields, state, "email", customer.email());
      put(fields, state, "name", customer.name());
      put(fields, state, "delinquent", customer.delinquent());
    } else if (state instanceof Subscription subscription) {
      putSubscription(fields, subscription);
    } else if (state instanceof Invoice invoice) {
      putInvoice(fields, invoice);
    } else if (state instanceof CheckoutSession session) {
      putSession(fields, session);
    } else if (state instanceof Product product) {
      put(fields, state, "name", product.name());
      put(fields, state, "active", product.active());
    } else if (state instanceof Price price) {
      put(fields, state, "unit_amount", price.unitAmount());
      put(fields, state, "currency", price.currency());
      put(fields, state, "lookup_key", price.lookupKey());
      put(fields, state, "active", price.active());
    }
  }

  private static void putSubscription(Map<String, String> fields, Subscription subscription) {
    put(fields, subscription, "status", subscription.status().code());
    put(fields, subscription, "customer", subscription.customerId());
    put(fields, subscription, "created", subscription.createdAt());
    put(fields, subscription, "cancel_at_period_end", subscription.cancelAtPeriodEnd());
    put(fields, subscription, "cancel_at", subscription.cancelAt());
    put(fields, subscription, "canceled_at", subscription.canceledAt());
    put(fields, subscription, "ended_at", subscription.endedAt());
    put(fields, subscription, "trial_start", subscription.trialStart());
    put(fields, subscription, "trial_end", subscription.trialEnd());
    put(fields, subscription, "current_period_start", subscription.currentPeriodStart());
    put(fields, subscription, "current_period_end", subscription.currentPeriodEnd());
    put(fields, subscription, "quantity", subscription.mainItem().quantity());
    put(fields, subscription, "price", subscription.mainItem().priceId());
  }

  private static void putInvoice(Map<String, String> fields, Invoice invoice) {
    put(fields, invoice, "status", invoice.status().code());
    put(fields, invoice, "customer", invoice.customerId());
    put(fields, invoice, "number", invoice.number());
    put(fields, invoice, "total", invoice.total());
    put(fields, invoice, "amount_due", invoice.amountDue());
    put(fields, invoice, "amount_paid", invoice.amountPaid());
    put(fields, invoice, "attempt_count", invoice.attemptCount());
    put(fields, invoice, "next_payment_attempt", invoice.nextPaymentAttempt());
    put(fields, invoice, "period_start", invoice.periodStart());
    put(fields, invoice, "period_end", invoice.periodEnd());
    put(fields, invoice, "finalized_at", invoice.finalizedAt());
    put(fields, invoice, "paid_at", invoice.paidAt());
    put(fields, invoice, "voided_at", invoice.voidedAt());
  }

  // The record has one truth for two of the provider's values: paid, and nothing to pay.
  private static void putSession(Map<String, String> fields, CheckoutSession session) {
    put(fields, session, "status", session.status().code());
    put(fields, session, "paid", session.paid());
    put(fields, session, "customer", session.customerId());
    put(fields, session, "subscription", session.subscriptionId());
    put(fields, session, "url", session.url());
  }

  private static void put(
      Map<String, String> fields, ProviderObject object, String name, Object value) {
    Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    String text = present instanceof Instant instant
        ? Long.toString(instant.getEpochSecond())
        : present == null ? "-" : present.toString();
    fields.put(object.id() + "." + name, text);
  }
}
