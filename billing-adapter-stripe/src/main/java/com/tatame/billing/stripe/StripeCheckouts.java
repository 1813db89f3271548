package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionExpireParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.purchase.SaleTerms;
import java.util.LinkedHashMap;
import java.util.Map;

/** Opens and closes Stripe's hosted checkout. */
final class StripeCheckouts implements CheckoutSessions {
  private static final String CREATE = "checkout.sessions.create";
  private static final String READ = "checkout.sessions.read";
  private static final String EXPIRE = "checkout.sessions.expire";
  private static final String READ_PAYMENT = "checkout.sessions.payment";
  private static final String PAYMENT = "payment_intent";
  private static final int MAX_REFERENCE_LENGTH = 200;

  private final StripeCalls calls;
  private final StripeReads reads;
  private final boolean automaticTax;

  StripeCheckouts(StripeCalls calls, StripeReads reads, boolean automaticTax) {
    this.calls = calls;
    this.reads = reads;
    this.automaticTax = automaticTax;
  }

  @Override
  public Observation create(
      NewSubscriptionCheckout checkout, String commandId, String idempotencyKey) {
    return created(params(checkout, commandId), idempotencyKey);
  }

  private Observation created(SessionCreateParams params, String idempotencyKey) {
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer =
        calls.send(CREATE, client -> client.v1().checkout().sessions().create(params, options));
    return reads.answered(CREATE, ObjectKind.CHECKOUT_SESSION, answer);
  }

  @Override
  public Observation create(NewItemCheckout checkout, String commandId, String idempotencyKey) {
    return created(params(checkout, commandId), idempotencyKey);
  }

  @Override
  public Observation payment(String sessionId) {
    SessionRetrieveParams params =
        SessionRetrieveParams.builder().addExpand(PAYMENT).build();
    StripeResult answer = calls.send(
        READ_PAYMENT, client -> client.v1().checkout().sessions().retrieve(sessionId, params));
    return reads.named(READ_PAYMENT, ObjectKind.PAYMENT_INTENT, PAYMENT, answer);
  }

  @Override
  public Handle read(String sessionId) {
    StripeResult answer =
        calls.read(READ, client -> client.v1().checkout().sessions().retrieve(sessionId));
    ObjectRef ref = new ObjectRef(ObjectKind.CHECKOUT_SESSION, sessionId);
    return new Handle(
        StripeReads.observation(ref, new SubjectId(sessionId), answer),
        answer
            .live()
            .flatMap(
                body -> StripeReads.understood(READ, () -> Fields.of(body).optionalText("url"))));
  }

  @Override
  public Observation expire(String sessionId, String idempotencyKey) {
    SessionExpireParams params = SessionExpireParams.builder().build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    StripeResult answer = calls.send(
        EXPIRE, client -> client.v1().checkout().sessions().expire(sessionId, params, options));
    return reads.answered(EXPIRE, ObjectKind.CHECKOUT_SESSION, answer);
  }

  /** The means of payment are left to Stripe's settings: no {@code payment_method_types}. */
  private SessionCreateParams params(NewSubscriptionCheckout checkout, String commandId) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(Metadata.ACCOUNT, checkout.account().value());
    metadata.put(Metadata.COMMAND, commandId);
    checkout.tier().ifPresent(tier -> metadata.put(Metadata.TIER, tier));
    checkout.interval().ifPresent(interval -> metadata.put(Metadata.INTERVAL, interval));
    // Stripe copies a session's metadata nowhere.
    SessionCreateParams.SubscriptionData.Builder subscription =
        SessionCreateParams.SubscriptionData.builder().putAllMetadata(metadata);
    if (checkout.trialDays() > 0) {
      subscription.setTrialPeriodDays((long) checkout.trialDays());
    }
    SessionCreateParams.Builder params = SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.SUBSCRIPTION)
        .setUiMode(SessionCreateParams.UiMode.HOSTED_PAGE)
        .setCustomer(checkout.customerId())
        .addLineItem(lineItem(checkout))
        .setBillingAddressCollection(SessionCreateParams.BillingAddressCollection.REQUIRED)
        .setSubscriptionData(subscription.build())
        .putAllMetadata(metadata)
        .setSuccessUrl(checkout.successUrl())
        .setCancelUrl(checkout.cancelUrl());
    checkout.currency().ifPresent(params::setCurrency);
    // Stripe takes only one of the two.
    checkout
        .promotionCodeId()
        .ifPresentOrElse(
            code -> params.addDiscount(
                SessionCreateParams.Discount.builder().setPromotionCode(code).build()),
            () -> params.setAllowPromotionCodes(true));
    return finish(params, checkout.account(), true);
  }

  private SessionCreateParams params(NewItemCheckout checkout, String commandId) {
    Map<String, String> metadata =
        Metadata.of(checkout.account(), commandId, checkout.terms().sale());
    SessionCreateParams.Builder params = SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.PAYMENT)
        .setUiMode(SessionCreateParams.UiMode.HOSTED_PAGE)
        .addLineItem(lineItem(checkout.terms()))
        .setBillingAddressCollection(SessionCreateParams.BillingAddressCollection.REQUIRED)
        // Stripe copies a session's metadata nowhere.
        .setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
            .putAllMetadata(metadata)
            .build())
        .putAllMetadata(metadata)
        .setSuccessUrl(checkout.successUrl())
        .setCancelUrl(checkout.cancelUrl());
    checkout.customerId().ifPresent(params::setCustomer);
    checkout.email().ifPresent(params::setCustomerEmail);
    return finish(params, checkout.account(), checkout.customerId().isPresent());
  }

  private SessionCreateParams finish(
      SessionCreateParams.Builder params, AccountId account, boolean knownCustomer) {
    if (account.value().length() <= MAX_REFERENCE_LENGTH) {
      params.setClientReferenceId(account.value());
    }
    if (automaticTax) {
      params.setAutomaticTax(
          SessionCreateParams.AutomaticTax.builder().setEnabled(true).build());
      if (knownCustomer) {
        params.setCustomerUpdate(SessionCreateParams.CustomerUpdate.builder()
            .setAddress(SessionCreateParams.CustomerUpdate.Address.AUTO)
            .build());
      }
    }
    return params.build();
  }

  /** At our price: what it costs is decided here, and differs from buyer to buyer. */
  private static SessionCreateParams.LineItem lineItem(SaleTerms terms) {
    return SessionCreateParams.LineItem.builder()
        .setQuantity(1L)
        .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
            .setCurrency(terms.amount().currency())
            .setUnitAmount(terms.amount().amount())
            .setProductData(SessionCreateParams.LineItem.PriceData.ProductData.builder()
                .setName(terms.name())
                .build())
            .build())
        .build();
  }

  /** A metered price takes no quantity, which is ordered as none. */
  private static SessionCreateParams.LineItem lineItem(NewSubscriptionCheckout checkout) {
    SessionCreateParams.LineItem.Builder item =
        SessionCreateParams.LineItem.builder().setPrice(checkout.priceId());
    if (checkout.quantity() > 0) {
      item.setQuantity(checkout.quantity());
    }
    return item.build();
  }
}
