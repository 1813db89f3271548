package com.tatame.billing.stripe;

import com.stripe.net.RequestOptions;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionExpireParams;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.util.LinkedHashMap;
import java.util.Map;

/** Opens and closes Stripe's hosted checkout. */
final class StripeCheckouts implements CheckoutSessions {
  private static final String CREATE = "checkout.sessions.create";
  private static final String EXPIRE = "checkout.sessions.expire";
  private static final int LONGEST_REFERENCE = 200;

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
    SessionCreateParams params = params(checkout, commandId);
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    Answer answer =
        calls.send(CREATE, client -> client.v1().checkout().sessions().create(params, options));
    return reads.answered(CREATE, ObjectKind.CHECKOUT_SESSION, answer);
  }

  @Override
  public Observation expire(String sessionId, String idempotencyKey) {
    SessionExpireParams params = SessionExpireParams.builder().build();
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    Answer answer = calls.send(
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
        .setAllowPromotionCodes(true)
        .setBillingAddressCollection(SessionCreateParams.BillingAddressCollection.REQUIRED)
        .setSubscriptionData(subscription.build())
        .putAllMetadata(metadata)
        .setSuccessUrl(checkout.successUrl())
        .setCancelUrl(checkout.cancelUrl());
    if (checkout.account().value().length() <= LONGEST_REFERENCE) {
      params.setClientReferenceId(checkout.account().value());
    }
    if (automaticTax) {
      params
          .setAutomaticTax(
              SessionCreateParams.AutomaticTax.builder().setEnabled(true).build())
          .setCustomerUpdate(SessionCreateParams.CustomerUpdate.builder()
              .setAddress(SessionCreateParams.CustomerUpdate.Address.AUTO)
              .build());
    }
    return params.build();
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
