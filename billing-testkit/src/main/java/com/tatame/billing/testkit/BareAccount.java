package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.eventorder.CoreRows;
import com.tatame.billing.testkit.eventorder.ProviderTruth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A simulated account that others filled: its customers subscribed and paid, and nothing of it was
 * ever told to this product.
 */
public final class BareAccount {
  /** A card that pays, and one that only pays the first time. */
  public static final String PAYS = "4242424242424242";

  private static final String FAILS_AT_RENEWAL = "4000000000000341";

  private final Function<Request, ApiResponse> api;
  private final ProviderControl provider;

  /**
   * An account that is to be filled.
   *
   * @param api carries out a call, such as {@code engine::call} or {@code simulator::call}
   */
  public BareAccount(Function<Request, ApiResponse> api, ProviderControl provider) {
    this.api = api;
    this.provider = provider;
  }

  /** A new monthly price with its product, by its id. */
  public String price(String lookupKey, long amount) {
    String product = provider.createProduct(lookupKey);
    return provider.createPrice(product, amount, "usd", Recurrence.Unit.MONTH, lookupKey);
  }

  /** A new customer without subscription, by its id. */
  public String customer(Map<String, Object> parameters) {
    return post("/v1/customers", parameters);
  }

  /** A customer whose metadata names this account. */
  public String customerOf(String account) {
    return customer(Map.of("metadata", Map.of("billing_account", account)));
  }

  /** Subscribes a customer to a price, through a page that it pays on. */
  public void subscribe(String customerId, String priceId, String card) {
    String session = post(
        "/v1/checkout/sessions",
        Map.of(
            "mode",
            "subscription",
            "customer",
            customerId,
            "line_items",
            List.of(Map.of("price", priceId, "quantity", "1")),
            "success_url",
            "https://shop.example.com/thanks"));
    if (!provider.pay(session, card)) {
      throw new IllegalStateException("the page of " + session + " was not paid");
    }
  }

  /**
   * Fills it: every fifth customer has nothing, every tenth two subscriptions, every seventh ended
   * one, and every other one names an account in its metadata.
   *
   * @param seed decides who has which price and card
   * @return the customers, oldest first
   */
  public List<String> fill(int customers, List<String> priceIds, long seed) {
    Random random = new Random(seed);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < customers; i++) {
      String email = "customer" + i + "@example.com";
      String customer = i % 2 == 0
          ? customer(Map.of("email", email, "metadata", Map.of("billing_account", "user_" + i)))
          : customer(Map.of("email", email));
      for (int n = i % 5 == 0 ? 0 : i % 10 == 1 ? 2 : 1; n > 0; n--) {
        subscribe(
            customer,
            priceIds.get(random.nextInt(priceIds.size())),
            random.nextInt(4) == 0 ? FAILS_AT_RENEWAL : PAYS);
      }
      if (i % 7 == 3) {
        subscriptions(customer)
            .forEach(subscription -> call("DELETE", "/v1/subscriptions/" + subscription, Map.of()));
      }
      all.add(customer);
    }
    return all;
  }

  private List<String> subscriptions(String customer) {
    return ProviderTruth.all(api, "/v1/subscriptions", Map.of("customer", customer)).stream()
        .map(subscription -> subscription.required("id").asText())
        .toList();
  }

  /** Deletes a customer, upon which its subscriptions end. */
  public void delete(String customerId) {
    call("DELETE", "/v1/customers/" + customerId, Map.of());
  }

  /**
   * Where a store says something else than the account does of its customers, their subscriptions,
   * invoices and payment methods: both, by object and field.
   */
  public Map<String, String> differences(BillingStore store) {
    Map<String, String> there = truth();
    Map<String, String> here = mirrored(store);
    Map<String, String> differences = new TreeMap<>();
    Set<String> names = new HashSet<>(there.keySet());
    names.addAll(here.keySet());
    for (String name : names) {
      String mine = here.getOrDefault(name, "nothing");
      String theirs = there.getOrDefault(name, "nothing");
      if (!mine.equals(theirs)) {
        differences.put(name, "provider: " + theirs + ", mirrored: " + mine);
      }
    }
    return differences;
  }

  private Map<String, String> truth() {
    Map<String, String> rows = new TreeMap<>(ProviderTruth.of(api).rows());
    rows.keySet().removeIf(name -> !name.matches("(cus|sub|in)_.*"));
    customers()
        .forEach(customer -> methods(customer).forEach(method -> {
          String id = method.required("id").asText();
          rows.put(id + ".customer", customer);
          rows.put(id + ".type", method.required("type").asText());
          JsonNode card = method.required("card");
          List.of("brand", "last4", "exp_month", "exp_year")
              .forEach(field -> rows.put(id + "." + field, card.required(field).asText()));
        }));
    return rows;
  }

  private Map<String, String> mirrored(BillingStore store) {
    Map<SubjectId, Set<ObjectRef>> objects = new HashMap<>();
    customers().forEach(id -> add(objects, id, new ObjectRef(ObjectKind.CUSTOMER, id)));
    listed(objects, "/v1/subscriptions", Map.of("status", "all"), ObjectKind.SUBSCRIPTION);
    listed(objects, "/v1/invoices", Map.of(), ObjectKind.INVOICE);
    customers()
        .forEach(customer -> methods(customer)
            .forEach(method -> add(
                objects,
                customer,
                new ObjectRef(ObjectKind.PAYMENT_METHOD, method.required("id").asText()))));
    List<SubjectQuery> wanted = objects.entrySet().stream()
        .map(entry -> new SubjectQuery(entry.getKey(), entry.getValue(), Set.of()))
        .toList();
    Map<String, String> rows = new TreeMap<>();
    for (int from = 0; from < wanted.size(); from += 50) {
      store
          .projections()
          .load(wanted.subList(from, Math.min(from + 50, wanted.size())))
          .values()
          .forEach(known -> rows.putAll(CoreRows.of(known.rows().values().stream()
              .flatMap(row -> row.state().stream())
              .toList())));
    }
    return rows;
  }

  private void listed(
      Map<SubjectId, Set<ObjectRef>> objects,
      String path,
      Map<String, Object> filter,
      ObjectKind kind) {
    ProviderTruth.all(api, path, filter)
        .forEach(json -> add(
            objects,
            json.required("customer").asText(),
            new ObjectRef(kind, json.required("id").asText())));
  }

  private static void add(
      Map<SubjectId, Set<ObjectRef>> objects, String customer, ObjectRef object) {
    objects.computeIfAbsent(new SubjectId(customer), none -> new HashSet<>()).add(object);
  }

  /** The customers that are not deleted, newest first. */
  public List<String> customers() {
    return ProviderTruth.all(api, "/v1/customers", Map.of()).stream()
        .map(customer -> customer.required("id").asText())
        .toList();
  }

  private List<JsonNode> methods(String customer) {
    return ProviderTruth.all(api, "/v1/customers/" + customer + "/payment_methods", Map.of());
  }

  private String post(String path, Map<String, Object> parameters) {
    return call("POST", path, parameters).required("id").asText();
  }

  private JsonNode call(String method, String path, Map<String, Object> parameters) {
    return ProviderTruth.call(api, Request.of(method, path, parameters));
  }
}
