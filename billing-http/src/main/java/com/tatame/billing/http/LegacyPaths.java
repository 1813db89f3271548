package com.tatame.billing.http;

import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.reply;

import com.tatame.billing.http.CheckoutHandlers.CreateSubscription;
import com.tatame.billing.http.CheckoutHandlers.ShortCheckoutAnswer;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The paths of the applications that came before this contract, each for a canonical route. */
final class LegacyPaths {
  private static final String ROOT = "/api/v1";
  private static final String USAGE = ROOT + "/usage";
  private static final String CHAT_HISTORY = "/api/chat/history";

  /** Tags of which every route is also found below {@code /stripe}. */
  private static final Set<String> BELOW_STRIPE =
      Set.of("Payment methods", "Portal", "Coupons", "Invoices");

  private LegacyPaths() {}

  static List<Route> of(List<Route> canonical) {
    List<Route> all = new ArrayList<>(listed(canonical));
    for (Route route : canonical) {
      if (BELOW_STRIPE.contains(route.description().tag())
          || route.path().equals(ROOT + "/subscriptions/{id}/update")) {
        belowStripe(route).forEach(path -> all.add(route.alias(path)));
      }
    }
    UsageHandlers.routes().stream()
        .filter(route -> route.path().startsWith(USAGE))
        .forEach(route -> all.addAll(usage(route)));
    return all;
  }

  private static Stream<String> belowStripe(Route route) {
    String path = "/stripe" + route.path().substring(ROOT.length());
    return Stream.of(path, ROOT + path);
  }

  private static List<Route> usage(Route route) {
    String rest = route.path().substring(USAGE.length());
    List<Route> aliases = new ArrayList<>();
    for (String root : List.of("/stripe", "/api/v1/stripe")) {
      aliases.add(route.alias(root + "/usage" + rest.replace('/', '-')));
      if (route.method().equals("POST")) {
        aliases.add(route.alias(root + "/usage-records"));
      }
    }
    return aliases;
  }

  /** Old path, then the method and path that it stands for. */
  private static final List<List<String>> LISTED = List.of(
      List.of("/stripe/products", "GET", "/api/v1/products"),
      List.of("/stripe/prices", "GET", "/api/v1/prices"),
      List.of("/stripe/customer", "POST", "/api/v1/customer"),
      List.of("/stripe/checkout", "POST", "/api/v1/checkout"),
      List.of("/stripe/refunds", "POST", "/api/v1/refunds"),
      List.of("/stripe/refunds", "GET", "/api/v1/refunds"),
      List.of("/stripe/payment-intents", "POST", "/api/v1/payment-intents"),
      List.of("/stripe/payment-intents/{id}", "GET", "/api/v1/payment-intents/{id}"),
      List.of("/api/v1/stripe/refunds", "POST", "/api/v1/refunds"),
      List.of("/api/v1/stripe/refunds", "GET", "/api/v1/refunds"),
      List.of("/api/v1/stripe/payment-intents", "POST", "/api/v1/payment-intents"),
      List.of("/api/v1/stripe/payment-intents/{id}", "GET", "/api/v1/payment-intents/{id}"),
      List.of("/stripe/subscriptions", "GET", "/api/v1/subscriptions"),
      List.of("/stripe/subscriptions/{id}/cancel", "POST", "/api/v1/subscriptions/{id}/cancel"),
      List.of("/api/v1/stripe/products", "GET", "/api/v1/products"),
      List.of("/api/v1/stripe/prices", "GET", "/api/v1/prices"),
      List.of("/api/v1/stripe/customer", "POST", "/api/v1/customer"),
      List.of("/api/v1/stripe/checkout", "POST", "/api/v1/checkout"),
      List.of("/api/v1/stripe/subscriptions", "GET", "/api/v1/subscriptions"),
      List.of(
          "/api/v1/stripe/subscriptions/{id}/cancel", "POST", "/api/v1/subscriptions/{id}/cancel"),
      List.of("/api/stripe/create-checkout-session", "POST", "/api/v1/checkout"),
      List.of("/api/subscription/create", "POST", "/api/v1/checkout"),
      List.of("/api/stripe/webhook", "POST", "/webhooks/stripe"),
      List.of("/api/webhooks/stripe", "POST", "/webhooks/stripe"),
      List.of("/webhooks/status", "GET", "/api/v1/webhooks/status"),
      List.of("/webhooks/events", "GET", "/api/v1/webhooks/events"),
      List.of("/webhooks/replay/{id}", "POST", "/api/v1/webhooks/replay/{id}"),
      List.of("/api/user/entitlements", "GET", "/api/v1/entitlements"),
      List.of("/api/chat/save", "POST", ConversationHandlers.SAVE),
      List.of(CHAT_HISTORY, "GET", ConversationHandlers.HISTORY),
      List.of(CHAT_HISTORY, "DELETE", ConversationHandlers.CONVERSATION));

  private static List<Route> listed(List<Route> canonical) {
    return LISTED.stream()
        .map(alias -> canonical.stream()
            .filter(route -> route.method().equals(alias.get(1)))
            .filter(route -> route.path().equals(alias.get(2)))
            .findFirst()
            .map(route -> alias(alias.get(0), route))
            .orElseThrow())
        .toList();
  }

  private static final List<Route.Reply> SHORT = List.of(
      reply(200, ShortCheckoutAnswer.class, "An equal one is open already."),
      reply(201, ShortCheckoutAnswer.class, "It is new."));

  private static Route alias(String path, Route route) {
    return switch (path) {
      case "/api/stripe/create-checkout-session" ->
        route.alias(
            path,
            to -> to.get(CheckoutHandlers.class)::openShort,
            to -> to.get(CheckoutHandlers.class)::openAgain,
            SHORT);
      case "/api/subscription/create" ->
        route
            .alias(
                path,
                to -> to.get(CheckoutHandlers.class)::openOnlyPlan,
                to -> to.get(CheckoutHandlers.class)::openAgain,
                SHORT)
            .taking(CreateSubscription.class);
      case "/stripe/subscriptions", "/api/v1/stripe/subscriptions" ->
        route.alias(
            path,
            to -> to.get(SubscriptionHandlers.class)::listLive,
            List.of(pageOf(SubscriptionAnswer.class, "Those that are live; newest first.")));
      case CHAT_HISTORY ->
        route.method().equals("GET")
            ? route.alias(path)
            : route
                .alias(
                    path,
                    to -> to.get(ConversationHandlers.class)::removeNamed,
                    route.description().replies())
                .asking(List.of(ConversationHandlers.NAMED));
      default -> route.alias(path);
    };
  }
}
