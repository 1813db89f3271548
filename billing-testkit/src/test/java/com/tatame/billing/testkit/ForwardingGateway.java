package com.tatame.billing.testkit;

import com.tatame.billing.catalog.Products;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.gateway.PaymentGateway;
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
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Settings;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.tax.Taxes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A good gateway of which single roles can be replaced by bad ones. */
abstract class ForwardingGateway implements PaymentGateway, PaymentGatewayContract {
  final Engine engine = new Engine(
      new Settings(
          SimulatedCalls.VERSION,
          List.of(1, 3, 5),
          Settings.AfterLastRetry.CANCEL,
          () -> "https://pay.example.com"),
      Instant.parse("2026-01-01T00:00:00Z"),
      1,
      Optional.empty(),
      deliveries -> {});
  final PaymentGateway good =
      new SimulatedGateway(engine::call, List.of("whsec_test"), engine::now);

  @Override
  public PaymentGateway gateway() {
    return this;
  }

  @Override
  public ProviderControl provider() {
    return new EngineControl(engine);
  }

  @Override
  public Products products() {
    return good.products();
  }

  @Override
  public CustomerAccounts customers() {
    return good.customers();
  }

  @Override
  public CustomerDetails customerDetails() {
    return good.customerDetails();
  }

  @Override
  public CustomerList customerList() {
    return good.customerList();
  }

  @Override
  public CheckoutSessions checkouts() {
    return good.checkouts();
  }

  @Override
  public SubscriptionControl subscriptions() {
    return good.subscriptions();
  }

  @Override
  public PaymentIntentControl paymentIntents() {
    return good.paymentIntents();
  }

  @Override
  public RefundControl refunds() {
    return good.refunds();
  }

  @Override
  public InvoiceControl invoices() {
    return good.invoices();
  }

  @Override
  public PaymentMethods paymentMethods() {
    return good.paymentMethods();
  }

  @Override
  public PortalSessions portal() {
    return good.portal();
  }

  @Override
  public Taxes taxes() {
    return good.taxes();
  }

  @Override
  public UsageMeters meters() {
    return good.meters();
  }

  @Override
  public Promotions promotions() {
    return good.promotions();
  }

  @Override
  public ObjectReads reads() {
    return good.reads();
  }

  @Override
  public CommandTraces traces() {
    return good.traces();
  }

  @Override
  public EventSource events() {
    return good.events();
  }

  @Override
  public EventHistory history() {
    return good.history();
  }

  @Override
  public ProviderSetup setup() {
    return good.setup();
  }

  @Override
  public void ping() {
    good.ping();
  }

  @Override
  public boolean reachable() {
    return good.reachable();
  }
}
