package com.tatame.billing.portal;

import com.tatame.billing.observation.WireName;
import java.util.Optional;

/** Role of the provider: its hosted page for customers. */
public interface PortalSessions {
  /** What a visit is for; without one it begins at the overview. */
  enum Flow implements WireName {
    PAYMENT_METHOD_UPDATE,
    SUBSCRIPTION_CANCEL,
    SUBSCRIPTION_UPDATE
  }

  /**
   * What a visit is made of.
   *
   * @param subscriptionId needed by the flows about subscriptions
   */
  record NewPortalSession(
      String customerId, String returnUrl, Optional<Flow> flow, Optional<String> subscriptionId) {}

  /**
   * Lets a customer in.
   *
   * @return where to send the customer, within minutes and once; anyone who has it acts as the customer
   */
  String open(NewPortalSession session);
}
