package com.tatame.billing.http;

import static com.tatame.billing.http.Access.ADMINISTRATOR;
import static com.tatame.billing.http.Access.METRICS;
import static com.tatame.billing.http.Access.PUBLIC;
import static com.tatame.billing.http.Access.SIGNED_IN;
import static com.tatame.billing.http.Effect.BILLING;
import static com.tatame.billing.http.Effect.NONE;
import static com.tatame.billing.http.ProblemCode.ALREADY_OWNED;
import static com.tatame.billing.http.ProblemCode.CONFLICT;
import static com.tatame.billing.http.ProblemCode.NOT_FOUND;
import static com.tatame.billing.http.ProblemCode.PAYMENT_DECLINED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_REJECTED;
import static com.tatame.billing.http.ProblemCode.PROVIDER_UNAVAILABLE;
import static com.tatame.billing.http.ProblemCode.RATE_LIMITED;
import static com.tatame.billing.http.ProblemCode.SUBSCRIPTION_EXISTS;
import static com.tatame.billing.http.Route.Parameter.flag;
import static com.tatame.billing.http.Route.Parameter.query;
import static com.tatame.billing.http.Route.Reply.none;
import static com.tatame.billing.http.Route.Reply.pageOf;
import static com.tatame.billing.http.Route.Reply.plain;
import static com.tatame.billing.http.Route.Reply.reply;
import static com.tatame.billing.http.Route.delete;
import static com.tatame.billing.http.Route.get;
import static com.tatame.billing.http.Route.post;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.http.ApiKeyHandlers.ApiKeyAnswer;
import com.tatame.billing.http.ApiKeyHandlers.CreatedApiKeyAnswer;
import com.tatame.billing.http.ApiKeyHandlers.NewApiKey;
import com.tatame.billing.http.BillingEventHandlers.BillingEventAnswer;
import com.tatame.billing.http.CheckoutHandlers.CheckoutAnswer;
import com.tatame.billing.http.CheckoutHandlers.ConfirmationAnswer;
import com.tatame.billing.http.CheckoutHandlers.NewCheckout;
import com.tatame.billing.http.CheckoutHandlers.ShortCheckoutAnswer;
import com.tatame.billing.http.CommandHandlers.CommandAnswer;
import com.tatame.billing.http.CommandHandlers.ResolveCommand;
import com.tatame.billing.http.CustomerHandlers.CustomerAnswer;
import com.tatame.billing.http.CustomerHandlers.NewCustomer;
import com.tatame.billing.http.DocumentHandlers.ConfigAnswer;
import com.tatame.billing.http.DriftHandlers.DriftAnswer;
import com.tatame.billing.http.HealthHandlers.HealthAnswer;
import com.tatame.billing.http.HealthHandlers.LivenessAnswer;
import com.tatame.billing.http.InboxHandlers.EventAnswer;
import com.tatame.billing.http.InboxHandlers.EventDetailAnswer;
import com.tatame.billing.http.InboxHandlers.ReplayAnswer;
import com.tatame.billing.http.InboxHandlers.ReplayMany;
import com.tatame.billing.http.InboxHandlers.ReplayOne;
import com.tatame.billing.http.InboxHandlers.StatusAnswer;
import com.tatame.billing.http.ProductHandlers.ItemsAnswer;
import com.tatame.billing.http.ProductHandlers.PlansAnswer;
import com.tatame.billing.http.ProductHandlers.PriceAnswer;
import com.tatame.billing.http.ProductHandlers.ProductAnswer;
import com.tatame.billing.http.SubscriptionHandlers.CancelRequest;
import com.tatame.billing.http.SubscriptionHandlers.SubscriptionAnswer;
import com.tatame.billing.http.WebhookHandlers.ReceiptAnswer;
import java.util.ArrayList;
import java.util.List;

/** Every URL of the product: the server is wired from it, and its description generated. */
final class RouteTable {
  private RouteTable() {}

  /** The canonical routes, then their other names. */
  static List<Route> all() {
    List<Route> all = new ArrayList<>(canonical());
    all.addAll(UsageRoutes.canonical());
    all.addAll(GrantRoutes.canonical());
    all.addAll(MeteringRoutes.canonical());
    all.addAll(PurchaseRoutes.canonical());
    all.addAll(MoneyRoutes.canonical());
    all.addAll(ChangeRoutes.canonical());
    all.addAll(DuplicateRoutes.canonical());
    all.addAll(aliases(all));
    all.addAll(MoneyRoutes.aliases());
    all.addAll(ChangeRoutes.aliases());
    all.addAll(UsageRoutes.aliases());
    return List.copyOf(all);
  }

  private static List<Route> canonical() {
    return List.of(
        get("/health", PUBLIC)
            .is("Server", "The server and what it depends on")
            .answers(
                reply(200, HealthAnswer.class, "It serves."),
                reply(503, HealthAnswer.class, "It is down."))
            .by(to -> to.health()::health),
        get("/health/live", PUBLIC)
            .is("Server", "Whether the process runs")
            .answers(reply(200, LivenessAnswer.class, "It runs."))
            .by(to -> to.health()::live),
        get("/health/ready", PUBLIC)
            .is("Server", "Whether to send requests here")
            .answers(
                reply(200, LivenessAnswer.class, "Send them."),
                reply(503, LivenessAnswer.class, "Send them elsewhere."))
            .by(to -> to.health()::ready),
        get("/metrics", METRICS)
            .is("Server", "Metrics for Prometheus")
            .answers(plain(DocumentHandlers.METRICS, "The Prometheus text format."))
            .by(to -> to.documents()::metrics),
        get("/openapi.json", PUBLIC)
            .is("Server", "This description")
            .answers(plain(Answer.JSON, "An OpenAPI 3.1 document."))
            .by(to -> to.documents()::description),
        get("/docs", PUBLIC)
            .is("Server", "This description as a page")
            .answers(plain(DocumentHandlers.HTML, "The page."))
            .by(to -> to.documents()::page),
        get("/docs/files/{file}", PUBLIC)
            .is("Server", "What the page is made of")
            .answers(plain("*/*", "Its script or its style."))
            .by(to -> to.documents()::pageFile),
        post("/webhooks/stripe", PUBLIC, NONE)
            .is("Webhooks", "Take in an event from the payment provider")
            .with(new Route.Parameter(
                "Stripe-Signature", "header", "As Stripe signs.", Route.Parameter.Type.TEXT))
            .fromProvider()
            .takesRaw()
            .answers(reply(200, ReceiptAnswer.class, "It is stored."))
            .byLater(to -> to.webhooks()::receive),
        get("/api/v1/plans", PUBLIC)
            .is("Catalog", "The plans as they are sold")
            .answers(reply(200, PlansAnswer.class, "In the catalog's order."))
            .by(to -> to.products()::plans),
        get("/api/v1/items", PUBLIC)
            .is("Catalog", "What is bought once")
            .answers(reply(200, ItemsAnswer.class, "In the catalog's order, at list prices."))
            .by(to -> to.products()::items),
        get("/api/v1/config", PUBLIC)
            .is("Catalog", "What a page needs to know")
            .answers(reply(200, ConfigAnswer.class, "The public configuration."))
            .by(to -> to.documents()::config),
        get("/api/v1/products", SIGNED_IN)
            .is("Catalog", "The payment provider's products with their prices")
            .with(
                flag("active", "Only these; all if missing."),
                query("product", "Only the one with this id."))
            .paged()
            .answers(pageOf(ProductAnswer.class, "By id."))
            .by(to -> to.products()::products),
        get("/api/v1/prices", SIGNED_IN)
            .is("Catalog", "The payment provider's prices")
            .with(
                flag("active", "Only these; all if missing."),
                query("product", "Only those of this product."))
            .paged()
            .answers(pageOf(PriceAnswer.class, "By id."))
            .by(to -> to.products()::prices),
        post(CustomerHandlers.PATH, SIGNED_IN, BILLING)
            .is("Customer", "Create the caller's customer, or read it")
            .takes(NewCustomer.class)
            .answers(
                reply(200, CustomerAnswer.class, "It was there."),
                reply(201, CustomerAnswer.class, "It is new."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .by(to -> to.customers()::ensure),
        get(CustomerHandlers.PATH, SIGNED_IN)
            .is("Customer", "Read the caller's customer")
            .answers(reply(200, CustomerAnswer.class, "The customer."))
            .refuses(NOT_FOUND)
            .by(to -> to.customers()::read),
        post("/api/v1/checkout", SIGNED_IN, BILLING)
            .orAnonymous()
            .is("Checkout", "Open a checkout for a subscription or an item")
            .takes(NewCheckout.class)
            .answers(
                reply(200, CheckoutAnswer.class, "An equal one is open already."),
                reply(201, CheckoutAnswer.class, "It is new, or bought for nothing."))
            .refuses(
                PAYMENT_DECLINED,
                CONFLICT,
                SUBSCRIPTION_EXISTS,
                ALREADY_OWNED,
                PROVIDER_REJECTED,
                RATE_LIMITED,
                PROVIDER_UNAVAILABLE)
            .reopens(to -> to.checkouts()::openAgain)
            .by(to -> to.checkouts()::open),
        post("/api/v1/checkout/{sessionId}/confirm", SIGNED_IN, NONE)
            .orAnonymous()
            .is("Checkout", "How a checkout ended; waits a few seconds for it")
            .answers(
                reply(200, ConfirmationAnswer.class, "It has ended."),
                reply(202, ConfirmationAnswer.class, "Not yet known; ask again."))
            .refuses(PROVIDER_UNAVAILABLE)
            .reopens(to -> to.checkouts()::confirmAgain)
            .by(to -> to.checkouts()::confirm),
        get("/api/v1/subscriptions", SIGNED_IN)
            .is("Subscriptions", "The caller's subscriptions")
            .with(query("status", "Only those with this status."))
            .paged()
            .answers(pageOf(SubscriptionAnswer.class, "Newest first."))
            .by(to -> to.subscriptions()::list),
        get("/api/v1/subscriptions/{id}", SIGNED_IN)
            .is("Subscriptions", "One of the caller's subscriptions")
            .answers(reply(200, SubscriptionAnswer.class, "The subscription."))
            .by(to -> to.subscriptions()::read),
        post("/api/v1/subscriptions/{id}/cancel", SIGNED_IN, BILLING)
            .is("Subscriptions", "End a subscription, now or with its period")
            .takes(CancelRequest.class)
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.subscriptions()::readAgain)
            .by(to -> to.subscriptions()::cancel),
        post("/api/v1/subscriptions/{id}/resume", SIGNED_IN, BILLING)
            .is("Subscriptions", "Take back a cancellation, or end a pause")
            .answers(reply(200, SubscriptionAnswer.class, "As it is now."))
            .refuses(PAYMENT_DECLINED, CONFLICT, PROVIDER_REJECTED, PROVIDER_UNAVAILABLE)
            .reopens(to -> to.subscriptions()::readAgain)
            .by(to -> to.subscriptions()::resume),
        get("/api/v1/billing-events", SIGNED_IN)
            .is("Subscriptions", "What moved the caller's money or changed its subscriptions")
            .with(
                query("subscription", "Only what happened to this subscription."),
                query("type", "Only this, such as invoice.paid."),
                query("from", "Only what happened at this time or later."),
                query("to", "Only what happened before this time."))
            .paged()
            .answers(pageOf(BillingEventAnswer.class, "Newest first."))
            .by(to -> to.billingEvents()::list),
        get("/api/v1/webhooks/status", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "The inbox at a glance")
            .answers(reply(200, StatusAnswer.class, "As of now."))
            .by(to -> to.inbox()::status),
        get("/api/v1/webhooks/events", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "The stored events")
            .with(
                query("status", "Only those that stand there."),
                query("type", "Only those of this type."),
                query("account", "Only those of this account's customer."),
                query("lane", "Only those of this customer or object."),
                query("from", "Only those received at this time or later."),
                query("to", "Only those received before this time."))
            .paged()
            .answers(pageOf(EventAnswer.class, "Newest first."))
            .by(to -> to.inbox()::events),
        get("/api/v1/webhooks/events/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "A stored event with its payload and its history")
            .answers(reply(200, EventDetailAnswer.class, "The event."))
            .by(to -> to.inbox()::event),
        post("/api/v1/webhooks/replay/{id}", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Process an event once more")
            .takes(ReplayOne.class)
            .answers(reply(200, ReplayAnswer.class, "It waits to be processed."))
            .by(to -> to.inbox()::replayOne),
        post("/api/v1/webhooks/replay", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Process dead letters, or the events of a time, once more")
            .takes(ReplayMany.class)
            .answers(reply(200, ReplayAnswer.class, "They wait to be processed."))
            .by(to -> to.inbox()::replayMany),
        get("/api/v1/webhooks/drift", ADMINISTRATOR)
            .orKeyWith(Scope.WEBHOOKS_READ)
            .is("Webhooks", "Where what is stored was found to differ from the provider")
            .with(flag("open", "Only what is not repaired."))
            .paged()
            .answers(pageOf(DriftAnswer.class, "Newest first."))
            .by(to -> to.drift()::list),
        post("/api/v1/webhooks/drift/{id}/repair", ADMINISTRATOR, NONE)
            .orKeyWith(Scope.WEBHOOKS_WRITE)
            .is("Webhooks", "Take over what the provider holds of the customer")
            .answers(reply(200, DriftAnswer.class, "It is repaired, or was before."))
            .refuses(CONFLICT)
            .by(to -> to.drift()::repair),
        get(CommandHandlers.PATH, ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Commands", "What was sent to the payment provider")
            .with(
                query("state", "Only those in this state, such as needs_operator."),
                query("account", "Only those of this account."))
            .paged()
            .answers(pageOf(CommandAnswer.class, "Newest first."))
            .by(to -> to.commands()::list),
        get(CommandHandlers.PATH + "/{id}", ADMINISTRATOR)
            .orKeyWith(Scope.COMMANDS_READ)
            .is("Commands", "One command")
            .answers(reply(200, CommandAnswer.class, "The command."))
            .by(to -> to.commands()::read),
        post(CommandHandlers.PATH + "/{id}/resolve", ADMINISTRATOR, BILLING)
            .orKeyWith(Scope.COMMANDS_WRITE)
            .is("Commands", "Decide about a command that could not be found out")
            .takes(ResolveCommand.class)
            .answers(reply(200, CommandAnswer.class, "As it is now."))
            .refuses(CONFLICT, PROVIDER_UNAVAILABLE)
            .by(to -> to.commands()::resolve),
        get(ApiKeyHandlers.PATH, ADMINISTRATOR)
            .is("API keys", "All keys, revoked and expired ones included")
            .paged()
            .answers(pageOf(ApiKeyAnswer.class, "Newest first."))
            .by(to -> to.apiKeys()::list),
        post(ApiKeyHandlers.PATH, ADMINISTRATOR, NONE)
            .is("API keys", "Make a key for another program")
            .takes(NewApiKey.class)
            .answers(
                reply(201, CreatedApiKeyAnswer.class, "It is made, and the key told this once."))
            .by(to -> to.apiKeys()::create),
        get(ApiKeyHandlers.PATH + "/{id}", ADMINISTRATOR)
            .is("API keys", "One key")
            .answers(reply(200, ApiKeyAnswer.class, "What is known of it, which is not the key."))
            .by(to -> to.apiKeys()::read),
        delete(ApiKeyHandlers.PATH + "/{id}", ADMINISTRATOR, NONE)
            .is("API keys", "Revoke a key, on all nodes within 5 seconds")
            .answers(none("It is revoked, or was before."))
            .by(to -> to.apiKeys()::revoke));
  }

  /** Old path, then the method and path that it stands for. */
  private static final List<List<String>> ALIASES = List.of(
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
      List.of("/api/user/entitlements", "GET", "/api/v1/entitlements"));

  private static List<Route> aliases(List<Route> canonical) {
    return ALIASES.stream()
        .map(alias -> canonical.stream()
            .filter(route -> route.method().equals(alias.get(1)))
            .filter(route -> route.path().equals(alias.get(2)))
            .findFirst()
            .map(route -> alias(alias.get(0), route))
            .orElseThrow())
        .toList();
  }

  private static Route alias(String path, Route route) {
    return switch (path) {
      case "/api/stripe/create-checkout-session", "/api/subscription/create" ->
        route.alias(
            path,
            to -> to.checkouts()::openShort,
            to -> to.checkouts()::openAgain,
            List.of(
                reply(200, ShortCheckoutAnswer.class, "An equal one is open already."),
                reply(201, ShortCheckoutAnswer.class, "It is new.")));
      case "/stripe/subscriptions", "/api/v1/stripe/subscriptions" ->
        route.alias(
            path,
            to -> to.subscriptions()::listLive,
            List.of(pageOf(SubscriptionAnswer.class, "Those that are live; newest first.")));
      default -> route.alias(path);
    };
  }
}
