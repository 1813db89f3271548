package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.refund.RefundControl;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes payments, and gives them back. */
final class StripePayments implements PaymentIntentControl, RefundControl {
  private static final String CREATE = "payment_intents.create";
  private static final String CANCEL = "payment_intents.cancel";
  private static final String READ = "payment_intents.read";
  private static final String REFUND = "refunds.create";
  private static final String LIST = "refunds.list";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final StripeReads reads;

  StripePayments(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  /** The means of payment are left to Stripe's settings: no {@code payment_method_types}. */
  @Override
  public Observation create(NewPayment payment, String commandId, String idempotencyKey) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(Metadata.ACCOUNT, payment.account().value());
    metadata.put(Metadata.COMMAND, commandId);
    payment
        .sale()
        .ifPresent(sale -> metadata.putAll(Metadata.of(payment.account(), commandId, sale)));
    PaymentIntentCreateParams.Builder params = PaymentIntentCreateParams.builder()
        .setAmount(payment.amount().amount())
        .setCurrency(payment.amount().currency())
        .setAutomaticPaymentMethods(PaymentIntentCreateParams.AutomaticPaymentMethods.builder()
            .setEnabled(true)
            .build())
        .putAllMetadata(metadata);
    payment.customerId().ifPresent(params::setCustomer);
    payment.description().ifPresent(params::setDescription);
    StripeResult answer = calls.send(
        CREATE,
        client -> client.v1().paymentIntents().create(params.build(), options(idempotencyKey)));
    return reads.answered(CREATE, ObjectKind.PAYMENT_INTENT, answer);
  }

  @Override
  public Observation cancel(String paymentIntentId, String idempotencyKey) {
    StripeResult answer = calls.send(
        CANCEL,
        client -> client.v1().paymentIntents().cancel(paymentIntentId, options(idempotencyKey)));
    return reads.answered(CANCEL, ObjectKind.PAYMENT_INTENT, answer);
  }

  @Override
  public Handle read(String paymentIntentId) {
    StripeResult answer =
        calls.read(READ, client -> client.v1().paymentIntents().retrieve(paymentIntentId));
    ObjectRef ref = new ObjectRef(ObjectKind.PAYMENT_INTENT, paymentIntentId);
    return new Handle(
        StripeReads.observation(ref, new SubjectId(paymentIntentId), answer),
        answer.live().flatMap(body -> Fields.of(body).omissibleText("client_secret")));
  }

  @Override
  public Observation create(NewRefund refund, String commandId, String idempotencyKey) {
    RefundCreateParams.Builder params = RefundCreateParams.builder()
        .setPaymentIntent(refund.paymentIntentId())
        .putAllMetadata(refund.metadata())
        .putMetadata(Metadata.COMMAND, commandId);
    refund.amount().ifPresent(params::setAmount);
    refund.reason().flatMap(StripePayments::reason).ifPresent(params::setReason);
    StripeResult answer = calls.send(
        REFUND, client -> client.v1().refunds().create(params.build(), options(idempotencyKey)));
    return reads.answered(REFUND, ObjectKind.REFUND, answer);
  }

  private static Optional<RefundCreateParams.Reason> reason(String code) {
    return Arrays.stream(RefundCreateParams.Reason.values())
        .filter(reason -> reason.getValue().equals(code))
        .findFirst();
  }

  @Override
  public List<Observation> refunds(String paymentIntentId) {
    return reads.all(LIST, ObjectKind.REFUND, after -> {
      RefundListParams.Builder params =
          RefundListParams.builder().setPaymentIntent(paymentIntentId).setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().refunds().list(params.build());
    });
  }

  private static RequestOptions options(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
