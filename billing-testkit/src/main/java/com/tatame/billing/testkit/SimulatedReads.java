package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Products;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.testkit.SimulatedCalls.Success;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads objects and lists, and mutations' answers as reads. */
final class SimulatedReads implements ObjectReads, Products, CustomerList {
  static final List<String> WHOLE =
      List.of("discounts.source.coupon", "items.data.price.currency_options");

  private final SimulatedCalls calls;

  SimulatedReads(SimulatedCalls calls) {
    this.calls = calls;
  }

  @Override
  public Observation read(ObjectRef object, SubjectId subject) {
    Success answer =
        calls.find(path(object.kind()) + "/" + object.id(), expanded(object.kind(), "", Map.of()));
    JsonNode body = answer.body();
    return !body.has("id") || ProviderRecords.gone(object.kind(), body)
        ? Observation.absent(object, subject, answer.at())
        : present(object.kind(), body, answer.at());
  }

  /**
   * Sends a mutation whose answer is an object. A replayed answer tells what was true when the key
   * was first used, so the object is read again.
   */
  Observation mutate(ObjectKind kind, String path, Map<String, Object> parameters, String key) {
    Success answer = calls.post(path, expanded(kind, "", parameters), key);
    Observation then = present(kind, answer.body(), answer.at());
    return answer.replayed() ? after(then.object(), then.subject()) : then;
  }

  /** Reads the object that another one names, together with it. */
  Observation named(String path, ObjectKind kind) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    Success answer = calls.get(path, Map.of("expand", List.of(name)));
    JsonNode body = answer.body().required(name);
    if (body.isNull()) {
      throw new NotFound(name, "of " + path);
    }
    return present(kind, body, answer.at());
  }

  /** A read that follows a mutation; should it fail, the mutation may still have been executed. */
  Observation after(ObjectRef object, SubjectId subject) {
    try {
      return read(object, subject);
    } catch (ProviderUnavailable e) {
      throw new ProviderUnavailable(Execution.UNKNOWN, e.retryAfter(), "It can't be read back.", e);
    }
  }

  @Override
  public List<Observation> products() {
    return all(ObjectKind.PRODUCT, Map.of());
  }

  @Override
  public List<Observation> prices() {
    return all(ObjectKind.PRICE, Map.of());
  }

  // The account finds its place also behind a customer that was deleted.
  @Override
  public List<Observation> page(Optional<Cursor> after, int limit) {
    Map<String, Object> parameters = new HashMap<>(Map.of("limit", Integer.toString(limit)));
    after.ifPresent(place -> parameters.put("starting_after", place.customerId()));
    Success page = calls.get(path(ObjectKind.CUSTOMER), parameters);
    List<Observation> customers = new ArrayList<>();
    page.body()
        .path("data")
        .forEach(body -> customers.add(present(ObjectKind.CUSTOMER, body, page.at())));
    return List.copyOf(customers);
  }

  List<Observation> all(ObjectKind kind, Map<String, Object> filter) {
    List<Observation> all = new ArrayList<>();
    calls.list(path(kind), expanded(kind, "data.", filter), page -> {
      // Currencies lie too deep for a list to be asked for them.
      page.body()
          .path("data")
          .forEach(body -> all.add(
              ProviderRecords.incomplete(kind, body)
                  ? read(
                      new ObjectRef(kind, ProviderRecords.text(body, "id")),
                      ProviderRecords.subject(kind, body))
                  : present(kind, body, page.at())));
      return true;
    });
    return List.copyOf(all);
  }

  // Without it a subscription names its discounts only by their ids, and its prices in their
  // default
  // currency.
  private static Map<String, Object> expanded(
      ObjectKind kind, String within, Map<String, Object> parameters) {
    Map<String, Object> all = new HashMap<>(parameters);
    if (kind == ObjectKind.SUBSCRIPTION) {
      all.put("expand", within.isEmpty() ? WHOLE : List.of(within + WHOLE.get(0)));
    }
    return all;
  }

  static Observation present(ObjectKind kind, JsonNode body, Instant at) {
    return Observation.read(ProviderRecords.read(kind, body), at);
  }

  static String path(ObjectKind kind) {
    return switch (kind) {
      case CUSTOMER -> "/v1/customers";
      case SUBSCRIPTION -> "/v1/subscriptions";
      case INVOICE -> "/v1/invoices";
      case CHECKOUT_SESSION -> "/v1/checkout/sessions";
      case PRODUCT -> "/v1/products";
      case PRICE -> "/v1/prices";
      case PAYMENT_METHOD -> "/v1/payment_methods";
      case PAYMENT_INTENT -> "/v1/payment_intents";
      case SETUP_INTENT -> "/v1/setup_intents";
      case INVOICE_PAYMENT -> "/v1/invoice_payments";
      case REFUND -> "/v1/refunds";
      case DISPUTE -> "/v1/disputes";
      case COUPON -> "/v1/coupons";
      case PROMOTION_CODE -> "/v1/promotion_codes";
      case TAX_ID -> "/v1/tax_ids";
      case SUBSCRIPTION_SCHEDULE -> "/v1/subscription_schedules";
    };
  }
}
