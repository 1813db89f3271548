package com.tatame.billing.sandbox.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.Billing;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sells a plan inside of a program that has neither a framework nor a server of ours. */
public final class EmbeddedBilling {
  private static final String WEBHOOK_SECRET = "whsec_example";
  /** What is sold. */
  public static final Catalog CATALOG = Catalog.of(
      "free",
      Plan.builder("free").feature("export", new Feature.Flag(false)).build(),
      Plan.builder("pro")
          .rank(1)
          .price(BillingInterval.MONTHLY, PlanPrice.of("pro_monthly", 2499, "usd"))
          .feature("export", new Feature.Flag(true))
          .build());

  private static final Principal ALICE =
      Principal.ofUser("https://login.example.com", "user_alice").withEmail("alice@example.com");

  private EmbeddedBilling() {}

  /** Sells one subscription, on a simulated Stripe and an in-memory store. */
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    String ourPages = "http://localhost:" + server.getAddress().getPort();
    try (StripeSimulator stripe = StripeSimulator.builder().start();
        BillingStore store = new InMemoryBillingStore()) {
      putOnSale(stripe);
      stripe.createWebhookEndpoint(
          ourPages + "/webhooks/stripe", Optional.of(WEBHOOK_SECRET), Optional.empty());
      PaymentGateway gateway = StripeGateway.builder("sk_test_example")
          .webhookSecrets(List.of(WEBHOOK_SECRET))
          .apiBase(URI.create(stripe.url()))
          .build();
      sell(gateway, store, server, ourPages);
    } finally {
      server.stop(0);
    }
  }

  // This method is what the README shows.
  static void sell(PaymentGateway gateway, BillingStore store, HttpServer server, String ourPages)
      throws Exception {
    try (Billing billing = Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(CATALOG)
        .checkoutOrigins(ourPages)
        .build()) {
      billing.start();
      server.createContext("/webhooks/stripe", exchange -> receive(billing, exchange));
      server.start();

      Checkouts.Opened opened = billing.checkouts().open(ALICE, pro(ourPages));
      payAsTheUserDoes(opened.url().orElseThrow());
      Confirmation confirmed =
          billing.checkouts().confirm(ALICE.account(), opened.session().id());
      boolean mayExport =
          billing.entitlements().check(ALICE.account(), "export").allowed();
      System.out.println(confirmed.status() + ", may export: " + mayExport);
    }
  }

  /** Alice pays for a plan; the session in which she did. */
  public static CheckoutSession buyPro(Billing billing) throws Exception {
    Checkouts.Opened opened = billing.checkouts().open(ALICE, pro("https://shop.example.com"));
    payAsTheUserDoes(opened.url().orElseThrow());
    return opened.session();
  }

  private static void receive(Billing billing, HttpExchange exchange) throws IOException {
    int status = 200;
    try {
      billing
          .webhooks()
          .receive(
              exchange.getRequestBody().readAllBytes(),
              exchange.getRequestHeaders().getFirst("Stripe-Signature"));
    } catch (InvalidSignature e) {
      status = 400;
    } catch (StoreUnavailable e) {
      status = 503;
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static CheckoutRequest pro(String ourPages) {
    return CheckoutRequest.forPlan("pro", BillingInterval.MONTHLY)
        .successUrl(ourPages + "/thanks")
        .cancelUrl(ourPages + "/plans")
        .build();
  }

  /** What the catalog names, at the provider. */
  public static void putOnSale(StripeSimulator stripe) {
    stripe.call(Request.of("POST", "/v1/products", Map.of("id", "prod_pro", "name", "Pro")));
    stripe.call(Request.of(
        "POST",
        "/v1/prices",
        Map.of(
            "product",
            "prod_pro",
            "currency",
            "usd",
            "unit_amount",
            "2499",
            "lookup_key",
            "pro_monthly",
            "recurring",
            Map.of("interval", "month"))));
  }

  private static void payAsTheUserDoes(String checkoutUrl) throws Exception {
    HttpRequest form = HttpRequest.newBuilder(URI.create(checkoutUrl))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(
            "email=alice@example.com&number=4242424242424242&exp=12/40&cvc=123&name=Alice"))
        .build();
    HttpClient.newHttpClient().send(form, BodyHandlers.discarding());
  }
}
