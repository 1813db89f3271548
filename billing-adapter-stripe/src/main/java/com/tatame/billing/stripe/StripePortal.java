package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.param.billingportal.SessionCreateParams;
import com.stripe.param.billingportal.SessionCreateParams.FlowData;
import com.tatame.billing.portal.PortalSessions;
import java.util.Optional;

/** Opens Stripe's customer portal, as setup made it or else as it is set up in the account. */
final class StripePortal implements PortalSessions {
  private static final String OPEN = "billing_portal.sessions.create";

  private final StripeCalls calls;
  private final PortalConfigurations configurations;

  StripePortal(StripeCalls calls, PortalConfigurations configurations) {
    this.calls = calls;
    this.configurations = configurations;
  }

  @Override
  public String open(NewPortalSession session) {
    SessionCreateParams.Builder params = SessionCreateParams.builder()
        .setCustomer(session.customerId())
        .setReturnUrl(session.returnUrl());
    configurations.id().ifPresent(params::setConfiguration);
    session.flow().ifPresent(flow -> params.setFlowData(flow(flow, session.subscriptionId())));
    StripeResult answer =
        calls.send(OPEN, client -> client.v1().billingPortal().sessions().create(params.build()));
    JsonObject body = answer.body().orElseThrow(() -> StripeReads.senseless(OPEN));
    return StripeReads.understood(OPEN, () -> Fields.of(body).text("url"));
  }

  private static FlowData flow(Flow flow, Optional<String> subscriptionId) {
    FlowData.Builder data = FlowData.builder();
    return switch (flow) {
      case PAYMENT_METHOD_UPDATE ->
        data.setType(FlowData.Type.PAYMENT_METHOD_UPDATE).build();
      case SUBSCRIPTION_CANCEL ->
        data.setType(FlowData.Type.SUBSCRIPTION_CANCEL)
            .setSubscriptionCancel(FlowData.SubscriptionCancel.builder()
                .setSubscription(subscriptionId.orElseThrow())
                .build())
            .build();
      case SUBSCRIPTION_UPDATE ->
        data.setType(FlowData.Type.SUBSCRIPTION_UPDATE)
            .setSubscriptionUpdate(FlowData.SubscriptionUpdate.builder()
                .setSubscription(subscriptionId.orElseThrow())
                .build())
            .build();
    };
  }
}
