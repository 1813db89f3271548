package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.testkit.fixture.Ids;
import java.util.Optional;

/** What a binding of a gateway contract provides. */
public interface GatewayUnderTest {
  /** The gateway, the same one for the length of a test; it waits for nothing between retries. */
  PaymentGateway gateway();

  /** The account at the provider that the gateway talks to. */
  ProviderControl provider();

  /** An account with a customer, and a monthly price that it may buy. */
  record Buyer(AccountId account, String customerId, String priceId) {
    /** A checkout of one unit. */
    NewSubscriptionCheckout checkout(int trialDays) {
      return new NewSubscriptionCheckout(
          account,
          customerId,
          priceId,
          1,
          trialDays,
          Optional.of("pro"),
          Optional.of("monthly"),
          "https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}",
          "https://shop.example.com/plans");
    }
  }

  /** A new buyer. */
  default Buyer buyer() {
    AccountId account = Ids.account();
    Customer customer = GatewayCalls.state(
        gateway()
            .customers()
            .create(
                new NewCustomer(account, Optional.of("ada@example.com"), Optional.empty()),
                Ids.next("command"),
                Ids.next("key")),
        Customer.class);
    String product = provider().createProduct("Pro");
    String price =
        provider().createPrice(product, 999, "usd", Recurrence.Unit.MONTH, Ids.next("monthly"));
    return new Buyer(account, customer.id(), price);
  }

  /** A checkout that waits to be paid. */
  default CheckoutSession open(Buyer buyer, int trialDays) {
    return GatewayCalls.state(
        gateway()
            .checkouts()
            .create(buyer.checkout(trialDays), Ids.next("command"), Ids.next("key")),
        CheckoutSession.class);
  }
}
