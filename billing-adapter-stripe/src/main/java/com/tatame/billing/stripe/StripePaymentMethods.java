package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerPaymentMethodListParams;
import com.stripe.param.CustomerRetrieveParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.PaymentMethodDetachParams;
import com.stripe.param.SetupIntentCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentMethods;
import java.util.List;
import java.util.Optional;

/** Saves, chooses, lists and removes payment methods. */
final class StripePaymentMethods implements PaymentMethods {
  private static final String LIST = "payment_methods.list";
  private static final String DEFAULT = "payment_methods.default";
  private static final String DETACH = "payment_methods.detach";
  private static final String SETUP = "setup_intents.create";
  private static final String SECRET = "setup_intents.secret";
  private static final String SUBSCRIPTIONS = "subscriptions";
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final StripeReads reads;

  StripePaymentMethods(StripeCalls calls, StripeReads reads) {
    this.calls = calls;
    this.reads = reads;
  }

  @Override
  public List<Observation> ofCustomer(String customerId) {
    return reads.all(LIST, ObjectKind.PAYMENT_METHOD, after -> {
      CustomerPaymentMethodListParams.Builder params =
          CustomerPaymentMethodListParams.builder().setLimit(PAGE);
      after.ifPresent(params::setStartingAfter);
      return client -> client.v1().customers().paymentMethods().list(customerId, params.build());
    });
  }

  @Override
  public Optional<String> defaultOf(String customerId) {
    return customer(customerId)
        .flatMap(customer -> StripeReads.understood(
            DEFAULT,
            () -> customer
                .object("invoice_settings")
                .omissibleId("default_payment_method")
                .or(() -> living(customer).stream()
                    .flatMap(
                        subscription -> subscription.omissibleId("default_payment_method").stream())
                    .findFirst())));
  }

  private Optional<Fields> customer(String customerId) {
    CustomerRetrieveParams params =
        CustomerRetrieveParams.builder().addExpand(SUBSCRIPTIONS).build();
    StripeResult answer =
        calls.read(DEFAULT, client -> client.v1().customers().retrieve(customerId, params));
    return answer.live().map(Fields::of);
  }

  private static List<Fields> living(Fields customer) {
    return customer.object(SUBSCRIPTIONS).objects("data");
  }

  /** The means of payment are left to Stripe's settings: no {@code payment_method_types}. */
  @Override
  public Observation beginSetup(
      AccountId account, String customerId, String commandId, String idempotencyKey) {
    SetupIntentCreateParams params = SetupIntentCreateParams.builder()
        .setCustomer(customerId)
        .setUsage(SetupIntentCreateParams.Usage.OFF_SESSION)
        .setAutomaticPaymentMethods(SetupIntentCreateParams.AutomaticPaymentMethods.builder()
            .setEnabled(true)
            .build())
        .putMetadata(Metadata.ACCOUNT, account.value())
        .putMetadata(Metadata.COMMAND, commandId)
        .build();
    StripeResult answer = calls.send(
        SETUP, client -> client.v1().setupIntents().create(params, keyed(idempotencyKey)));
    return reads.answered(SETUP, ObjectKind.SETUP_INTENT, answer);
  }

  @Override
  public Optional<String> clientSecret(String customerId, String setupIntentId) {
    StripeResult answer =
        calls.read(SECRET, client -> client.v1().setupIntents().retrieve(setupIntentId));
    return answer
        .live()
        .flatMap(body -> StripeReads.understood(
            SECRET,
            () -> Fields.of(body)
                .optionalId("customer")
                .filter(customerId::equals)
                .flatMap(owner -> Fields.of(body).optionalText("client_secret"))));
  }

  /**
   * A subscription's own payment method wins over the customer's, and hosted checkout sets it. Every
   * step sets what shall hold in the end, so that repeating the whole is harmless.
   */
  @Override
  public Observation makeDefault(String customerId, String paymentMethodId, String idempotencyKey) {
    CustomerUpdateParams params = CustomerUpdateParams.builder()
        .setInvoiceSettings(CustomerUpdateParams.InvoiceSettings.builder()
            .setDefaultPaymentMethod(paymentMethodId)
            .build())
        .build();
    StripeResult updated = calls.send(
        DEFAULT,
        client -> client.v1().customers().update(customerId, params, keyed(idempotencyKey)));
    try {
      customer(customerId).stream()
          .flatMap(customer ->
              StripeReads.understood(DEFAULT, () -> others(customer, paymentMethodId)).stream())
          .forEach(subscription -> moveTo(subscription, paymentMethodId, idempotencyKey));
    } catch (ProviderUnavailable e) {
      throw StripeReads.unknown(DEFAULT + " was executed in part.", e);
    }
    return reads.answered(DEFAULT, ObjectKind.CUSTOMER, updated);
  }

  private static List<String> others(Fields customer, String paymentMethodId) {
    return living(customer).stream()
        .filter(subscription -> subscription
            .omissibleId("default_payment_method")
            .filter(own -> !own.equals(paymentMethodId))
            .isPresent())
        .map(subscription -> subscription.text("id"))
        .toList();
  }

  private void moveTo(String subscription, String paymentMethodId, String idempotencyKey) {
    SubscriptionUpdateParams params = SubscriptionUpdateParams.builder()
        .setDefaultPaymentMethod(paymentMethodId)
        .build();
    calls.send(
        DEFAULT,
        client -> client
            .v1()
            .subscriptions()
            .update(subscription, params, keyed(idempotencyKey + ":" + subscription)));
  }

  @Override
  public Observation detach(String customerId, String paymentMethodId, String idempotencyKey) {
    PaymentMethodDetachParams params = PaymentMethodDetachParams.builder().build();
    ObjectRef method = new ObjectRef(ObjectKind.PAYMENT_METHOD, paymentMethodId);
    SubjectId customer = new SubjectId(customerId);
    StripeResult answer = calls.send(
        DETACH,
        client ->
            client.v1().paymentMethods().detach(paymentMethodId, params, keyed(idempotencyKey)));
    JsonObject body = answer.body().orElseThrow(() -> StripeReads.senseless(DETACH));
    return answer.replayed() || !Shapes.gone(ObjectKind.PAYMENT_METHOD, body)
        ? reads.afterwards(DETACH, method, customer)
        : Observation.absent(method, customer, answer.asOf());
  }

  private static RequestOptions keyed(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
