package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.EventSource.Observed;
import com.tatame.billing.inbox.EventSource.Translation;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What events tell and what reads tell is one, in every version. */
class EventStoriesTest extends OnSimulatedAccount {
  private static final List<String> VERSIONS = List.of(
      "2024-06-20",
      "2024-11-20.acacia",
      "2025-05-28.basil",
      "2025-10-29.clover",
      "2026-07-29.dahlia");

  @Test
  void everyKindOfObjectIsReadAsItsEventsTellIt() throws IOException, InterruptedException {
    Map<ObjectRef, Observation> translated = new HashMap<>();
    Subscription subscription = paidSubscription(0);
    moneyGoesBack();
    promotionsAndTaxIds(subscription.customerId());
    String schedule =
        created("/v1/subscription_schedules", Map.of("from_subscription", subscription.id()));
    created("/v1/subscription_schedules/" + schedule + "/release", Map.of());
    EventSource events = gateway.events();
    happened().forEach(event -> {
      if (events.translate(event.toString()) instanceof Observed observed) {
        observed.observations().forEach(seen -> translated.put(seen.object(), seen));
      }
    });

    assertThat(translated.keySet())
        .extracting(ObjectRef::kind)
        .contains(
            ObjectKind.PAYMENT_METHOD,
            ObjectKind.PAYMENT_INTENT,
            ObjectKind.INVOICE_PAYMENT,
            ObjectKind.REFUND,
            ObjectKind.COUPON,
            ObjectKind.PROMOTION_CODE,
            ObjectKind.TAX_ID,
            ObjectKind.SUBSCRIPTION_SCHEDULE);
    translated.forEach((ref, seen) -> {
      Observation read = gateway.reads().read(ref, seen.subject());
      assertThat(read.subject()).isEqualTo(seen.subject());
      seen.state().ifPresent(state -> assertThat(read.state()).contains(state));
    });
  }

  @Test
  void oneStoryToldInFiveVersionsGivesTheSameObservations()
      throws IOException, InterruptedException {
    Map<String, Map<String, Translation>> translated = new ConcurrentHashMap<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String version : VERSIONS) {
      translated.put(version, new ConcurrentHashMap<>());
      String path = "/" + version;
      String secret = "whsec_" + version;
      EventSource events = StripeGateway.builder("sk_test_1")
          .webhookSecrets(List.of("whsec_old", secret))
          .build()
          .events();
      server.createContext(path, exchange -> {
        byte[] body = exchange.getRequestBody().readAllBytes();
        var event = events.verify(body, exchange.getRequestHeaders().getFirst("Stripe-Signature"));
        assertThat(event.apiVersion()).contains(version);
        translated
            .getOrDefault(version, Map.of())
            .put(event.id(), events.translate(event.payload()));
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
      });
      simulator.createWebhookEndpoint(
          "http://127.0.0.1:" + server.getAddress().getPort() + path,
          Optional.of(secret),
          Optional.of(version));
    }
    server.start();
    try {
      Subscription trialing = paidSubscription(14);
      assertThat(trialing.status()).isEqualTo(SubscriptionStatus.TRIALING);
      simulator.advanceTo(trialing.currentPeriodEnd().plus(Duration.ofDays(40)));
      termsChange(trialing);
      gateway.subscriptions().cancelNow(trialing.id(), Optional.empty(), "k9");
      moneyGoesBack();
      promotionsAndTaxIds(trialing.customerId());
      assertThat(simulator.idle(Duration.ofSeconds(30))).isTrue();
    } finally {
      server.stop(0);
    }

    Map<String, Translation> newest = translated.getOrDefault("2026-07-29.dahlia", Map.of());
    assertThat(facts(newest))
        .contains(
            "subscription.opened",
            "subscription.trial_converted",
            "subscription.plan_changed",
            "subscription.quantity_changed",
            "subscription.cancellation_scheduled",
            "subscription.cancellation_revoked",
            "subscription.collection_paused",
            "subscription.collection_resumed",
            "payment.succeeded");
    Map<ObjectRef, Observation> last = new HashMap<>();
    assertThat(newest.values()).noneMatch(EventSource.Malformed.class::isInstance);
    newest.values().stream()
        .filter(Observed.class::isInstance)
        .flatMap(translation -> ((Observed) translation).observations().stream())
        .forEach(seen -> {
          assertThat(seen.content()).isNotInstanceOf(Observation.Unreadable.class);
          last.merge(seen.object(), seen, (a, b) -> a.asOf().isAfter(b.asOf()) ? a : b);
        });
    assertThat(last.keySet())
        .extracting(ObjectRef::kind)
        .contains(
            ObjectKind.CUSTOMER,
            ObjectKind.SUBSCRIPTION,
            ObjectKind.INVOICE,
            ObjectKind.CHECKOUT_SESSION,
            ObjectKind.PAYMENT_METHOD,
            ObjectKind.PAYMENT_INTENT,
            ObjectKind.SETUP_INTENT,
            ObjectKind.INVOICE_PAYMENT,
            ObjectKind.REFUND,
            ObjectKind.COUPON,
            ObjectKind.PROMOTION_CODE,
            ObjectKind.TAX_ID);
    for (String version : VERSIONS) {
      // Some kinds of event are younger than the oldest version.
      Map<String, Translation> handled = new HashMap<>(newest);
      handled.keySet().retainAll(translated.getOrDefault(version, Map.of()).keySet());
      assertThat(translated.get(version)).as(version).isEqualTo(handled);
      assertThat(newest).as(version).allSatisfy((id, translation) -> {
        if (translation instanceof Observed observed && !youngerThanSomeVersion(observed)) {
          assertThat(handled).containsKey(id);
        }
      });
    }
    last.forEach((ref, seen) -> {
      if (seen.state().filter(ProviderObject::terminal).isPresent()) {
        assertThat(gateway.reads().read(ref, seen.subject()).state()).isEqualTo(seen.state());
      }
    });
  }

  private void termsChange(Subscription subscription) {
    String path = "/v1/subscriptions/" + subscription.id();
    String product = created("/v1/products", Map.of("name", "Gold"));
    String price = created(
        "/v1/prices",
        Map.of(
            "product",
            product,
            "unit_amount",
            "4900",
            "currency",
            subscription.mainItem().currency(),
            "recurring",
            Map.of("interval", "month")));
    String item = subscription.mainItem().id();
    created(path, Map.of("items", List.of(Map.of("id", item, "price", price, "quantity", "2"))));
    created(path, Map.of("cancel_at_period_end", "true"));
    created(path, Map.of("cancel_at_period_end", "false"));
    created(path, Map.of("pause_collection", Map.of("behavior", "void")));
    created(path, Map.of("pause_collection", ""));
  }

  private static List<String> facts(Map<String, Translation> translations) {
    return translations.values().stream()
        .filter(Observed.class::isInstance)
        .flatMap(translation -> ((Observed) translation).observations().stream())
        .flatMap(seen -> seen.facts().stream())
        .map(Fact::type)
        .distinct()
        .toList();
  }

  private void moneyGoesBack() {
    String payment = happened().stream()
        .filter(event -> event.get("type").getAsString().equals("payment_intent.succeeded"))
        .map(event -> event.getAsJsonObject("data").getAsJsonObject("object"))
        .map(intent -> intent.get("id").getAsString())
        .findFirst()
        .orElseThrow();
    created("/v1/refunds", Map.of("payment_intent", payment, "amount", "100"));
    simulator.failRefund(created("/v1/refunds", Map.of("payment_intent", payment)));
  }

  private void promotionsAndTaxIds(String customer) {
    created("/v1/coupons", Map.of("id", "SPRING", "percent_off", "12.5"));
    created(
        "/v1/promotion_codes",
        Map.of("promotion", Map.of("type", "coupon", "coupon", "SPRING"), "code", "Spring25"));
    created(
        "/v1/customers/" + customer + "/tax_ids", Map.of("type", "eu_vat", "value", "DE123456789"));
  }

  private static boolean youngerThanSomeVersion(Observed observed) {
    return observed.observations().get(0).object().kind() == ObjectKind.INVOICE_PAYMENT;
  }
}
