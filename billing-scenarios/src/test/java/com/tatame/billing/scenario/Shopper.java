package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts.Opened;
import com.tatame.billing.checkout.Checkouts.Sold;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An account that buys and uses what a world sells. */
record Shopper(BillingWorld world, Principal caller) {
  static final String PAYS = "4242424242424242";
  static final String FAILS_AT_RENEWAL = "4000000000000341";

  static Shopper named(String name, BillingWorld world) {
    return new Shopper(world, APrincipal.of(new AccountId("user_" + name)));
  }

  AccountId account() {
    return caller.account();
  }

  CheckoutSession opens(String tier) {
    return opens(tier, world.billing()).session();
  }

  Opened opens(String tier, Billing at) {
    return at.checkouts()
        .open(
            caller,
            new CheckoutRequest(
                Optional.of(tier),
                Optional.of(BillingInterval.MONTHLY),
                Optional.empty(),
                1,
                "https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}",
                "https://shop.example.com/plans",
                Optional.empty()));
  }

  Sold wants(String item) {
    return wants(item, world.billing());
  }

  Sold wants(String item, Billing at) {
    return at.checkouts()
        .open(
            caller,
            new ItemRequest(
                item,
                "https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}",
                "https://shop.example.com/items",
                Optional.empty()));
  }

  List<Purchase> purchases() {
    return world.billing().purchases().list(account(), Optional.empty(), 101);
  }

  /** Opens a checkout, pays it, and lets its events arrive. */
  Subscription buys(String tier, String card) {
    CheckoutSession session = opens(tier);
    assertThat(world.provider().pay(session.id(), card)).isTrue();
    world.settle();
    return world
        .billing()
        .checkouts()
        .confirm(account(), session.id())
        .subscription()
        .orElseThrow();
  }

  /**
   * Buys one more on a page that another program opened at the provider without asking the product. Its
   * events are not delivered yet.
   *
   * @return the subscription's id
   */
  String buysElsewhere(String lookupKey) {
    String session = sessionElsewhere(lookupKey);
    assertThat(world.provider().pay(session, PAYS)).isTrue();
    return SimulatorReads.call(
            world, Request.of("GET", "/v1/checkout/sessions/" + session, Map.of()))
        .required("subscription")
        .asText();
  }

  /** A page that another program opened. */
  String sessionElsewhere(String lookupKey) {
    String price = SimulatorReads.all(
            world, "/v1/prices", Map.of("lookup_keys", List.of(lookupKey)))
        .get(0)
        .required("id")
        .asText();
    return SimulatorReads.call(
            world,
            Request.of(
                "POST",
                "/v1/checkout/sessions",
                Map.of(
                    "mode",
                    "subscription",
                    "customer",
                    customerId(),
                    "success_url",
                    "https://old.example.com/",
                    "line_items",
                    List.of(Map.of("price", price, "quantity", "1")))))
        .required("id")
        .asText();
  }

  List<Subscription> subscriptions() {
    return world.billing().subscriptions().list(account(), Optional.empty(), Optional.empty(), 101);
  }

  Subscription newest() {
    return subscriptions().get(0);
  }

  String customerId() {
    return world.billing().customers().find(account()).orElseThrow().customerId();
  }

  /** The tier in force. */
  String tier() {
    return world.billing().entitlements().of(account()).tier();
  }

  boolean may(String feature) {
    return world.billing().entitlements().check(account(), feature).allowed();
  }

  /** How many units of a feature are used in all, of whatever place. */
  long used(String feature) {
    return world
        .store()
        .usage()
        .list(account(), Optional.of(feature), Optional.empty(), 101)
        .stream()
        .mapToLong(row -> row.used().total())
        .sum();
  }

  /** Saves one more card, and lets its events arrive. */
  void saves(String readyMade) {
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/payment_methods/" + readyMade + "/attach",
            Map.of("customer", customerId())));
    world.settle();
  }

  /** Gives a card that pays, and pays with it what is owed. */
  void paysWhatIsOwed(Subscription subscription) {
    String card = SimulatorReads.call(
            world,
            Request.of(
                "POST",
                "/v1/payment_methods/pm_card_visa/attach",
                Map.of("customer", subscription.customerId())))
        .required("id")
        .asText();
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/subscriptions/" + subscription.id(),
            Map.of("default_payment_method", card)));
    SimulatorReads.all(world, "/v1/invoices", Map.of("status", "open")).stream()
        .filter(invoice -> invoice.path("customer").asText().equals(subscription.customerId()))
        .forEach(invoice -> SimulatorReads.call(
            world,
            Request.of("POST", "/v1/invoices/" + invoice.path("id").asText() + "/pay", Map.of())));
  }
}
