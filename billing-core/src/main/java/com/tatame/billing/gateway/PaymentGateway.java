package com.tatame.billing.gateway;

import com.tatame.billing.catalog.Products;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.inbox.EventHistory;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.portal.PortalSessions;
import com.tatame.billing.promotion.Promotions;
import com.tatame.billing.refund.RefundControl;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.tax.Taxes;

/** Port: the payment provider, a bag of small roles so that each can be built and faked alone. */
public interface PaymentGateway {
  Products products();

  CustomerAccounts customers();

  CustomerDetails customerDetails();

  CustomerList customerList();

  CheckoutSessions checkouts();

  SubscriptionControl subscriptions();

  InvoiceControl invoices();

  PaymentIntentControl paymentIntents();

  RefundControl refunds();

  PaymentMethods paymentMethods();

  PortalSessions portal();

  Promotions promotions();

  Taxes taxes();

  UsageMeters meters();

  ObjectReads reads();

  CommandTraces traces();

  EventSource events();

  EventHistory history();

  ProviderSetup setup();

  /**
   * Asks the provider for a sign of life, for health reports.
   *
   * @throws com.tatame.billing.failure.BillingException saying what is wrong
   */
  void ping();

  /**
   * Whether the provider answered when it was last asked for anything, refusals included; true before
   * the first call. Sends no request.
   */
  boolean reachable();
}
