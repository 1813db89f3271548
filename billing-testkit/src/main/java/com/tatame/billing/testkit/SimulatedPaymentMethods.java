package com.tatame.billing.testkit;

import static com.tatame.billing.testkit.ProviderRecords.optionalText;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.testkit.SimulatedCalls.Success;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Saves, chooses, lists and removes payment methods. */
final class SimulatedPaymentMethods implements PaymentMethods {
  private static final String METHOD = "default_payment_method";

  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedPaymentMethods(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all(ObjectKind.PAYMENT_METHOD, Map.of("customer", customerId));
  }

  @Override
  public Optional<String> defaultOf(String customerId) {
    JsonNode customer = customer(customerId);
    return optionalText(customer.path("invoice_settings"), METHOD)
        .or(() -> living(customer)
            .flatMap(subscription -> optionalText(subscription, METHOD).stream())
            .findFirst());
  }

  private JsonNode customer(String customerId) {
    return calls
        .find("/v1/customers/" + customerId, Map.of("expand", List.of("subscriptions")))
        .body();
  }

  private static Stream<JsonNode> living(JsonNode customer) {
    return StreamSupport.stream(customer.path("subscriptions").path("data").spliterator(), false);
  }

  @Override
  public Observation beginSetup(
      AccountId account, String customerId, String commandId, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.SETUP_INTENT,
        "/v1/setup_intents",
        Map.of(
            "customer",
            customerId,
            "usage",
            "off_session",
            "automatic_payment_methods",
            Map.of("enabled", "true"),
            "metadata",
            Map.of(ProviderRecords.ACCOUNT, account.value(), ProviderRecords.COMMAND, commandId)),
        idempotencyKey);
  }

  @Override
  public Optional<String> clientSecret(String customerId, String setupIntentId) {
    JsonNode setup = calls.find("/v1/setup_intents/" + setupIntentId).body();
    return optionalText(setup, "customer")
        .filter(customerId::equals)
        .flatMap(owner -> optionalText(setup, "client_secret"));
  }

  // A subscription's own payment method wins over the customer's.
  @Override
  public Observation makeDefault(String customerId, String paymentMethodId, String idempotencyKey) {
    Observation updated = reads.mutate(
        ObjectKind.CUSTOMER,
        "/v1/customers/" + customerId,
        Map.of("invoice_settings", Map.of(METHOD, paymentMethodId)),
        idempotencyKey);
    try {
      living(customer(customerId))
          .filter(subscription -> optionalText(subscription, METHOD)
              .filter(own -> !own.equals(paymentMethodId))
              .isPresent())
          .map(subscription -> subscription.required("id").asText())
          .toList()
          .forEach(id -> calls.post(
              "/v1/subscriptions/" + id,
              Map.of(METHOD, paymentMethodId),
              idempotencyKey + ":" + id));
    } catch (ProviderUnavailable e) {
      throw new ProviderUnavailable(
          Execution.UNKNOWN, e.retryAfter(), "It was executed in part.", e);
    }
    return updated;
  }

  @Override
  public Observation detach(String customerId, String paymentMethodId, String idempotencyKey) {
    ObjectRef method = new ObjectRef(ObjectKind.PAYMENT_METHOD, paymentMethodId);
    SubjectId customer = new SubjectId(customerId);
    Success answer =
        calls.post("/v1/payment_methods/" + paymentMethodId + "/detach", Map.of(), idempotencyKey);
    return answer.replayed() || !ProviderRecords.gone(ObjectKind.PAYMENT_METHOD, answer.body())
        ? reads.after(method, customer)
        : Observation.absent(method, customer, answer.at());
  }
}
