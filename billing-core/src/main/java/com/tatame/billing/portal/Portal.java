package com.tatame.billing.portal;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.checkout.ReturnUrls;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.customer.Customers;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.portal.PortalSessions.Flow;
import com.tatame.billing.portal.PortalSessions.NewPortalSession;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStore;
import java.util.List;
import java.util.Optional;

/**
 * Use case: sending an account to the provider's page. A visit changes nothing by itself and can't
 * be found again, so it is no command.
 */
public final class Portal {

  private final PortalSessions provider;
  private final Customers customers;
  private final SubscriptionStore subscriptions;
  private final ReturnUrls returnUrls;

  public Portal(
      PortalSessions provider,
      Customers customers,
      SubscriptionStore subscriptions,
      ReturnUrls returnUrls) {
    this.provider = provider;
    this.customers = customers;
    this.subscriptions = subscriptions;
    this.returnUrls = returnUrls;
  }

  /**
   * Opens a visit; the account gets a customer if it has none.
   *
   * @param subscriptionId what the flow is about; empty for the only one that lives
   * @return where to send the account's owner now; it is not kept
   * @throws ValidationFailed naming the field
   * @throws NotFound if the account has no such subscription
   * @throws Conflict if the flow is about a subscription and none lives, or if payments of one are
   *     paused and the visit could change it
   * @throws com.tatame.billing.failure.Forbidden if the caller is a member of an organisation without a
   *     billing role
   */
  public String open(
      Principal caller, String returnUrl, Optional<Flow> flow, Optional<String> subscriptionId) {
    customers.requireBillingRole(caller);
    returnUrls.require("returnUrl", returnUrl);
    AccountId account = caller.account();
    requireCollected(account, flow);
    Optional<String> about = flow.filter(wanted -> wanted != Flow.PAYMENT_METHOD_UPDATE)
        .map(wanted -> subscription(account, subscriptionId));
    CustomerLink customer =
        customers.ensure(caller, Optional.empty(), Optional.empty()).link();
    return provider.open(new NewPortalSession(customer.customerId(), returnUrl, flow, about));
  }

  // The page changes plans, too, and while nothing is collected a change costs nothing.
  private void requireCollected(AccountId account, Optional<Flow> flow) {
    boolean changes = flow.map(Flow.SUBSCRIPTION_UPDATE::equals).orElse(true);
    if (changes
        && subscriptions.all(account).stream()
            .filter(subscription -> subscription.status().live())
            .anyMatch(subscription -> subscription.collectionPaused().isPresent())) {
      throw Conflict.because("Payments are paused. End the pause first, or ask for the flow"
          + " payment_method_update or subscription_cancel.");
    }
  }

  private String subscription(AccountId account, Optional<String> id) {
    if (id.isPresent()) {
      return subscriptions
          .find(account, id.get())
          .orElseThrow(() -> new NotFound("subscription", id.get()))
          .id();
    }
    List<Subscription> living = subscriptions.all(account).stream()
        .filter(subscription -> subscription.status().live())
        .toList();
    if (living.isEmpty()) {
      throw Conflict.because("There is no subscription that this could be about.");
    }
    if (living.size() > 1) {
      throw ValidationFailed.of("subscriptionId", "is required: there are several subscriptions");
    }
    return living.get(0).id();
  }
}
