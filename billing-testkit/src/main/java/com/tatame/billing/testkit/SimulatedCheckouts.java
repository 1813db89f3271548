package com.tatame.billing.testkit;

import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerUpdate;
import com.tatame.billing.customer.PostalAddress;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes and changes customers, and makes the checkouts that they pay at. */
final class SimulatedCheckouts implements CustomerAccounts, CustomerDetails, CheckoutSessions {
  private static final String METADATA = "metadata";
  private static final int MAX_REFERENCE_LENGTH = 200;

  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedCheckouts(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public Observation create(NewCustomer customer, String commandId, String idempotencyKey) {
    Map<String, Object> parameters = new HashMap<>();
    customer.email().ifPresent(email -> parameters.put("email", email));
    customer.name().ifPresent(name -> parameters.put("name", name));
    parameters.put(
        METADATA,
        Map.of(
            ProviderRecords.ACCOUNT,
            customer.account().value(),
            ProviderRecords.COMMAND,
            commandId));
    return reads.mutate(ObjectKind.CUSTOMER, "/v1/customers", parameters, idempotencyKey);
  }

  @Override
  public Observation update(String customerId, CustomerUpdate update, String idempotencyKey) {
    Map<String, Object> parameters = new HashMap<>();
    if (update.email().given()) {
      parameters.put("email", update.email().value().orElse(""));
    }
    if (update.name().given()) {
      parameters.put("name", update.name().value().orElse(""));
    }
    update.locale().ifPresent(tag -> parameters.put("preferred_locales", List.of(tag)));
    if (update.address().given()) {
      parameters.put(
          "address",
          update.address().value().<Object>map(SimulatedCheckouts::parts).orElse(""));
    }
    return reads.mutate(
        ObjectKind.CUSTOMER, "/v1/customers/" + customerId, parameters, idempotencyKey);
  }

  // Every part is sent, so that none stays of the address before.
  private static Map<String, String> parts(PostalAddress address) {
    return Map.of(
        "line1", address.line1().orElse(""),
        "line2", address.line2().orElse(""),
        "city", address.city().orElse(""),
        "state", address.state().orElse(""),
        "postal_code", address.postalCode().orElse(""),
        "country", address.country());
  }

  @Override
  public Observation create(
      NewSubscriptionCheckout checkout, String commandId, String idempotencyKey) {
    String account = checkout.account().value();
    Map<String, Object> metadata = new HashMap<>();
    metadata.put(ProviderRecords.ACCOUNT, account);
    metadata.put(ProviderRecords.COMMAND, commandId);
    checkout.tier().ifPresent(tier -> metadata.put("tier", tier));
    checkout.interval().ifPresent(interval -> metadata.put("interval", interval));
    Map<String, Object> subscription = new HashMap<>(Map.of(METADATA, metadata));
    if (checkout.trialDays() > 0) {
      subscription.put("trial_period_days", Integer.toString(checkout.trialDays()));
    }
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("mode", "subscription");
    parameters.put("customer", checkout.customerId());
    Map<String, Object> line = new HashMap<>(Map.of("price", checkout.priceId()));
    if (checkout.quantity() > 0) {
      line.put("quantity", Long.toString(checkout.quantity()));
    }
    checkout.currency().ifPresent(currency -> parameters.put("currency", currency));
    parameters.put("line_items", List.of(line));
    parameters.put("subscription_data", subscription);
    parameters.put(METADATA, metadata);
    checkout
        .promotionCodeId()
        .ifPresentOrElse(
            code -> parameters.put("discounts", List.of(Map.of("promotion_code", code))),
            () -> parameters.put("allow_promotion_codes", "true"));
    parameters.put("billing_address_collection", "required");
    parameters.put("success_url", checkout.successUrl());
    parameters.put("cancel_url", checkout.cancelUrl());
    if (account.length() <= MAX_REFERENCE_LENGTH) {
      parameters.put("client_reference_id", account);
    }
    return reads.mutate(
        ObjectKind.CHECKOUT_SESSION, "/v1/checkout/sessions", parameters, idempotencyKey);
  }

  @Override
  public Observation create(NewItemCheckout checkout, String commandId, String idempotencyKey) {
    String account = checkout.account().value();
    Map<String, Object> metadata =
        new HashMap<>(ProviderMoney.sale(checkout.terms().sale()));
    metadata.put(ProviderRecords.ACCOUNT, account);
    metadata.put(ProviderRecords.COMMAND, commandId);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("mode", "payment");
    checkout.customerId().ifPresent(customer -> parameters.put("customer", customer));
    checkout.email().ifPresent(email -> parameters.put("customer_email", email));
    parameters.put(
        "line_items",
        List.of(Map.of(
            "quantity",
            "1",
            "price_data",
            Map.of(
                "currency",
                checkout.terms().amount().currency(),
                "unit_amount",
                Long.toString(checkout.terms().amount().amount()),
                "product_data",
                Map.of("name", checkout.terms().name())))));
    parameters.put("payment_intent_data", Map.of(METADATA, metadata));
    parameters.put(METADATA, metadata);
    parameters.put("billing_address_collection", "required");
    parameters.put("success_url", checkout.successUrl());
    parameters.put("cancel_url", checkout.cancelUrl());
    if (account.length() <= MAX_REFERENCE_LENGTH) {
      parameters.put("client_reference_id", account);
    }
    return reads.mutate(
        ObjectKind.CHECKOUT_SESSION, "/v1/checkout/sessions", parameters, idempotencyKey);
  }

  @Override
  public Observation payment(String sessionId) {
    return reads.named("/v1/checkout/sessions/" + sessionId, ObjectKind.PAYMENT_INTENT);
  }

  @Override
  public Handle read(String sessionId) {
    SimulatedCalls.Success answer = calls.get("/v1/checkout/sessions/" + sessionId, Map.of());
    return new Handle(
        SimulatedReads.present(ObjectKind.CHECKOUT_SESSION, answer.body(), answer.at()),
        ProviderRecords.optionalText(answer.body(), "url"));
  }

  @Override
  public Observation expire(String sessionId, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.CHECKOUT_SESSION,
        "/v1/checkout/sessions/" + sessionId + "/expire",
        Map.of(),
        idempotencyKey);
  }
}
