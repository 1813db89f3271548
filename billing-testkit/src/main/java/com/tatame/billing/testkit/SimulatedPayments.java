package com.tatame.billing.testkit;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.refund.RefundControl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes payments, and gives them back. */
final class SimulatedPayments implements PaymentIntentControl, RefundControl {
  private static final String METADATA = "metadata";
  private static final String PAYMENTS = "/v1/payment_intents";

  private final SimulatedCalls calls;
  private final SimulatedReads reads;

  SimulatedPayments(SimulatedCalls calls, SimulatedReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public Observation create(NewPayment payment, String commandId, String idempotencyKey) {
    Map<String, Object> metadata = new HashMap<>();
    payment.sale().ifPresent(sale -> metadata.putAll(ProviderMoney.sale(sale)));
    metadata.put(ProviderRecords.ACCOUNT, payment.account().value());
    metadata.put(ProviderRecords.COMMAND, commandId);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("amount", Long.toString(payment.amount().amount()));
    parameters.put("currency", payment.amount().currency());
    payment.customerId().ifPresent(customer -> parameters.put("customer", customer));
    payment.description().ifPresent(text -> parameters.put("description", text));
    parameters.put("automatic_payment_methods", Map.of("enabled", "true"));
    parameters.put(METADATA, metadata);
    return reads.mutate(ObjectKind.PAYMENT_INTENT, PAYMENTS, parameters, idempotencyKey);
  }

  @Override
  public Observation cancel(String paymentIntentId, String idempotencyKey) {
    return reads.mutate(
        ObjectKind.PAYMENT_INTENT,
        PAYMENTS + "/" + paymentIntentId + "/cancel",
        Map.of(),
        idempotencyKey);
  }

  @Override
  public Handle read(String paymentIntentId) {
    SimulatedCalls.Success answer = calls.get(PAYMENTS + "/" + paymentIntentId, Map.of());
    return new Handle(
        SimulatedReads.present(ObjectKind.PAYMENT_INTENT, answer.body(), answer.at()),
        ProviderRecords.optionalText(answer.body(), "client_secret"));
  }

  @Override
  public Observation create(NewRefund refund, String commandId, String idempotencyKey) {
    Map<String, Object> metadata = new HashMap<>(refund.metadata());
    metadata.put(ProviderRecords.COMMAND, commandId);
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("payment_intent", refund.paymentIntentId());
    refund.amount().ifPresent(amount -> parameters.put("amount", Long.toString(amount)));
    refund.reason().ifPresent(reason -> parameters.put("reason", reason));
    parameters.put(METADATA, metadata);
    return reads.mutate(ObjectKind.REFUND, "/v1/refunds", parameters, idempotencyKey);
  }

  @Override
  public List<Observation> refunds(String paymentIntentId) {
    return reads.all(ObjectKind.REFUND, Map.of("payment_intent", paymentIntentId));
  }
}
