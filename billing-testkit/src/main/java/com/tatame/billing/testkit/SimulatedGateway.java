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
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.tax.Taxes;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The payment gateway on a simulated account in this process: no HTTP, no library of the
 * provider's, no waiting and no repeating. It speaks the account's newest version only; an event in
 * an older one is reported as unreadable, which makes the core read the object.
 *
 * <p>Safe for use by many threads.
 */
public final class SimulatedGateway implements PaymentGateway {
  private final SimulatedCalls calls;
  private final SimulatedReads reads;
  private final SimulatedCheckouts checkouts;
  private final SimulatedSubscriptions subscriptions;
  private final SimulatedPayments payments;
  private final SimulatedEvents events;

  /**
   * A gateway to an account.
   *
   * @param api carries out a call, such as {@code engine::call} or {@code simulator::call}
   * @param webhookSecrets of the endpoint whose webhooks are to be believed
   * @param wallClock wall time, for the age of signatures
   */
  public SimulatedGateway(
      Function<Request, ApiResponse> api, List<String> webhookSecrets, InstantSource wallClock) {
    calls = new SimulatedCalls(api);
    reads = new SimulatedReads(calls);
    checkouts = new SimulatedCheckouts(calls, reads);
    subscriptions = new SimulatedSubscriptions(calls, reads);
    payments = new SimulatedPayments(calls, reads);
    events = new SimulatedEvents(new WebhookVerifier(webhookSecrets, wallClock));
  }

  @Override
  public Products products() {
    return reads;
  }

  @Override
  public CustomerAccounts customers() {
    return checkouts;
  }

  @Override
  public CustomerDetails customerDetails() {
    return checkouts;
  }

  @Override
  public CustomerList customerList() {
    return reads;
  }

  @Override
  public CheckoutSessions checkouts() {
    return checkouts;
  }

  @Override
  public SubscriptionControl subscriptions() {
    return subscriptions;
  }

  @Override
  public PaymentIntentControl paymentIntents() {
    return payments;
  }

  @Override
  public RefundControl refunds() {
    return payments;
  }

  @Override
  public InvoiceControl invoices() {
    return new SimulatedInvoices(calls, reads);
  }

  @Override
  public PaymentMethods paymentMethods() {
    return new SimulatedPaymentMethods(calls, reads);
  }

  @Override
  public PortalSessions portal() {
    return new SimulatedPortal(calls);
  }

  @Override
  public Taxes taxes() {
    return new SimulatedTaxes(calls, reads);
  }

  @Override
  public UsageMeters meters() {
    return new SimulatedMeters(calls);
  }

  @Override
  public Promotions promotions() {
    return new SimulatedPromotions(calls, reads);
  }

  @Override
  public ObjectReads reads() {
    return reads;
  }

  @Override
  public CommandTraces traces() {
    return new SimulatedTraces(calls);
  }

  @Override
  public EventSource events() {
    return events;
  }

  @Override
  public EventHistory history() {
    return new SimulatedHistory(calls);
  }

  @Override
  public ProviderSetup setup() {
    return new SimulatedSetup(calls);
  }

  @Override
  public void ping() {
    calls.get("/v1/account", Map.of());
  }

  @Override
  public boolean reachable() {
    return calls.reachable();
  }
}
