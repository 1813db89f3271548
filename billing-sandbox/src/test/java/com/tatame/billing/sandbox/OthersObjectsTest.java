package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.Contract.Operation;
import com.tatame.billing.simulator.engine.Request;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * A caller that names another account's objects finds nothing and changes nothing: on every route that
 * the server describes, with ids that exist. A route, a query parameter or a field that nobody has
 * sorted here fails the test.
 */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class OthersObjectsTest {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

  /** What a path is about, and whose id it takes. */
  private static final Map<String, String> PATHS = Map.of(
      "/checkout/{sessionId}", "session",
      "/subscriptions/{id}", "subscription",
      "/invoices/{id}", "invoice",
      "/payment-methods/{id}", "paymentMethod",
      "/tax-ids/{id}", "taxId",
      "/purchases/{id}", "purchase",
      "/payment-intents/{id}", "paymentIntent",
      "/chat/history/{id}", "conversation",
      "/check-ins/{id}", "checkIn");

  /** Paths whose parameter names what is the same for all accounts. */
  private static final Set<String> COMMON = Set.of(
      "/entitlements/{feature}",
      "/entitlements/{feature}/consume",
      "/entitlements/{feature}/release",
      "/purchases/owned/{item}",
      "/docs/files/{file}");

  /** Stands in a path for whatever the catalog calls a feature. */
  private static final String FEATURE = "video_reviews";

  /** Fields and query parameters that name something of an account's, and what of it. */
  private static final Map<String, String> NAMES = Map.of(
      "subscriptionId", "subscription",
      "subscription", "subscription",
      "quoteId", "quote",
      "consumptionId", "consumption",
      "conversationId", "conversation",
      "event", "event",
      "command", "command");

  /** Fields and query parameters that name nothing that has an owner. */
  private static final Set<String> HARMLESS = Set.of(
      "active",
      "address",
      "amount",
      "answers",
      "archived",
      "at",
      "behavior",
      "billingEmail",
      "cancelUrl",
      "categories",
      "code",
      "currency",
      "cursor",
      "email",
      "explain",
      "flow",
      "from",
      "idempotencyKey",
      "interval",
      "item",
      "itemPrice",
      "kind",
      "lastMessages",
      "limit",
      "locale",
      "maxTokens",
      "messages",
      "metadata",
      "name",
      "note",
      "occurredAt",
      "per",
      "policy",
      "priceId",
      "product",
      "promotionCode",
      "quantity",
      "reason",
      "resumesAt",
      "returnUrl",
      "score",
      "status",
      "successUrl",
      "tier",
      "timeZone",
      "title",
      "to",
      "token",
      "type",
      "value",
      "when");

  /** What says it all, and is sent alone. */
  private static final String WHOLE = "quoteId";

  /** Fields that name the account itself; anybody else's is forbidden. */
  private static final Set<String> ACCOUNTS = Set.of("userId", "accountId");

  /** Bodies that only an id is wrong about. */
  static final Map<String, String> BODIES = Map.ofEntries(
      Map.entry("CancelRequest", "{\"when\":\"now\"}"),
      Map.entry(
          "NewPortalVisit",
          "{\"returnUrl\":\"http://localhost:3000/\",\"flow\":\"subscription_cancel\"}"),
      Map.entry("CodeToApply", "{\"code\":\"SPRING\"}"),
      Map.entry("NewQuote", "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}"),
      Map.entry(
          "SubscriptionUpdate",
          "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}"),
      Map.entry("PauseRequest", "{\"behavior\":\"void\"}"),
      Map.entry("NewPaymentIntent", "{\"amount\":100,\"currency\":\"usd\"}"),
      Map.entry(
          "NewCheckout",
          "{\"tier\":\"basic\",\"interval\":\"monthly\",\"successUrl\":\"http://localhost:3000/\","
              + "\"cancelUrl\":\"http://localhost:3000/\"}"),
      Map.entry("SaveMessages", "{\"messages\":[{\"role\":\"assistant\",\"content\":\"mine\"}]}"),
      Map.entry("ConversationChange", "{\"title\":\"mine\"}"),
      Map.entry("CheckInRequest", "{\"kind\":\"mood\"}"));

  private final LocalServer world;
  private final ApiClient anonymous;
  private final List<Operation> operations;
  private final Buyer owner;
  private final Buyer stranger;
  private final Map<String, String> owned;
  private final Map<String, String> strangers;

  OthersObjectsTest(Worlds worlds) {
    world = worlds.world();
    anonymous = ApiClient.of(world);
    operations = anonymous.contract().operations().stream()
        .filter(operation -> operation.access().equals("signed_in"))
        .toList();
    owner = new Buyer(world);
    owned = everything(owner);
    // An account with as much, so that nothing needs to be made for it.
    stranger = new Buyer(world);
    strangers = everything(stranger);
    world.settle();
  }

  /** One of each, by what it is. */
  private Map<String, String> everything(Buyer buyer) {
    Reply opened = buyer.checkout("basic", "monthly");
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    String subscription = buyer.confirm(opened.at("/sessionId")).at("/subscription/id");
    world.settle();
    Map<String, String> all = new TreeMap<>();
    String path = "/api/v1/subscriptions/" + subscription;
    buyer.api().post(path + "/cancel", "{\"when\":\"period_end\"}");
    buyer.api().post(path + "/resume", "{}");
    world.settle();
    Reply scheduled =
        buyer.api().get("/api/v1/billing-events?type=subscription.cancellation_scheduled");
    all.put("event", scheduled.at("/data/0/providerEventId"));
    all.put("command", scheduled.at("/data/0/commandId"));
    all.put("session", opened.at("/sessionId"));
    all.put("subscription", subscription);
    all.put("invoice", buyer.api().get("/api/v1/invoices").at("/data/0/id"));
    all.put("paymentMethod", buyer.api().get("/api/v1/payment-methods").at("/data/0/id"));
    all.put(
        "taxId",
        buyer
            .api()
            .post("/api/v1/tax-ids", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}")
            .at("/id"));
    all.put(
        "quote",
        buyer
            .api()
            .post(
                "/api/v1/subscriptions/" + subscription + "/quote",
                "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}")
            .at("/quoteId"));
    // Before it is owned: then it can't be paid any more.
    all.put(
        "paymentIntent",
        buyer
            .api()
            .post("/api/v1/payment-intents", "{\"item\":\"seminar-recording\"}")
            .at("/id"));
    Reply item = buyer.buys("seminar-recording");
    Buyer.pay(item.at("/url"), Buyer.PAYS);
    all.put("purchase", buyer.confirm(item.at("/sessionId")).at("/purchase/id"));
    all.put(
        "consumption",
        buyer
            .api()
            .post("/api/v1/entitlements/" + FEATURE + "/consume", "{}")
            .at("/consumptionId"));
    all.put("conversation", conversation(buyer));
    all.put(
        "checkIn", buyer.api().post("/api/v1/check-ins", "{\"kind\":\"mood\"}").at("/id"));
    assertThat(all).doesNotContainValue("");
    return all;
  }

  // The catalog sells none, so only a program can begin one, with what isn't counted.
  private String conversation(Buyer buyer) {
    ApiClient root = anonymous.as(world.token("user_root"));
    String key = root.post("/api/v1/api-keys", "{\"name\":\"assistant\",\"scopes\":[\"chat\"]}")
        .at("/key");
    return anonymous
        .as(key)
        .call(
            "POST",
            "/api/v1/chat/save",
            BodyPublishers.ofString(
                "{\"messages\":[{\"role\":\"assistant\",\"content\":\"Hello\"}]}"),
            "X-Account-Id",
            buyer.user())
        .at("/conversationId");
  }

  @Test
  void everythingThatARouteTakesIsSorted() {
    Set<String> unsorted = new TreeSet<>();
    for (Operation operation : operations) {
      if (operation.hasId()
          && !COMMON.contains(route(operation))
          && owned(operation).isEmpty()) {
        unsorted.add(operation.path());
      }
      for (String name : named(operation)) {
        if (!NAMES.containsKey(name) && !HARMLESS.contains(name) && !ACCOUNTS.contains(name)) {
          unsorted.add(operation.method() + " " + operation.path() + ": " + name);
        }
      }
    }

    assertThat(unsorted).as("say here whose these are").isEmpty();
  }

  @Test
  void nothingOfAnotherAccountIsFoundOrChanged() {
    List<Operation> withIds =
        operations.stream().filter(operation -> !owned(operation).isEmpty()).toList();
    assertThat(withIds).hasSizeGreaterThan(10);
    String before = state();

    for (Operation operation : withIds) {
      String path = PARAMETER.matcher(operation.path()).replaceAll(owned(operation));
      Reply reply = call(stranger.api(), operation, path, body(operation));
      assertThat(reply.status()).as(operation.method() + " " + path).isEqualTo(404);
      assertThat(reply.code()).isEqualTo("not_found");
      assertThat(reply.body()).doesNotContain(owner.user());
    }

    assertThat(state()).isEqualTo(before);
  }

  @Test
  void nothingOfAnotherAccountIsTakenFromABodyOrAQuery() {
    int tried = 0;
    String before = state();

    for (Operation operation : operations) {
      for (String name : named(operation)) {
        if (ACCOUNTS.contains(name)) {
          ObjectNode body = (ObjectNode) Json.read(body(operation));
          body.put(name, owner.user());
          String path = operation.path().replace("{feature}", FEATURE);
          assertThat(call(stranger.api(), operation, path, body.toString()).status())
              .as(operation.path() + " " + name)
              .isEqualTo(403);
          tried++;
        } else if (NAMES.containsKey(name)) {
          String id = owned.get(NAMES.get(name));
          ObjectNode body = (ObjectNode) Json.read(name.equals(WHOLE) ? "{}" : body(operation));
          body.put(name, id);
          String path = PARAMETER
              .matcher(operation.path().replace("{feature}", FEATURE))
              .replaceAll(own(operation, strangers));
          Reply reply = call(
              stranger.api(),
              operation,
              queried(operation).contains(name) ? path + "?" + name + "=" + id : path,
              body.toString());
          if (operation.method().equals("GET")) {
            assertThat(reply.json().path("data"))
                .as(operation.path() + " " + name)
                .isEmpty();
          } else {
            assertThat(reply.status()).as(operation.path() + " " + name).isEqualTo(404);
          }
          tried++;
        }
      }
    }

    assertThat(tried).isGreaterThan(3);
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aHeaderMakesNobodyAnotherAccount() {
    String before = state();

    for (Operation operation : operations) {
      String[] asOwner = {"X-Account-Id", owner.user()};
      if (operation.method().equals("GET") && !operation.hasId()) {
        Reply reply = stranger.api().get(operation.path(), asOwner);
        assertThat(reply.body()).as(operation.path()).doesNotContain(owner.user());
        owned
            .values()
            .forEach(id -> assertThat(reply.body()).as(operation.path()).doesNotContain(id));
      } else if (!owned(operation).isEmpty()) {
        String path = PARAMETER.matcher(operation.path()).replaceAll(owned(operation));
        Reply reply = call(stranger.api(), operation, path, body(operation), asOwner);
        assertThat(reply.status()).as(path).isEqualTo(404);
      }
    }

    assertThat(state()).isEqualTo(before);
  }

  /** The id that belongs into the path; empty where there is none of an account's. */
  private String owned(Operation operation) {
    return own(operation, owned);
  }

  private static String own(Operation operation, Map<String, String> whose) {
    return PATHS.entrySet().stream()
        .filter(entry -> route(operation).startsWith(entry.getKey()))
        .map(entry -> whose.getOrDefault(entry.getValue(), ""))
        .findFirst()
        .orElse("");
  }

  private static String route(Operation operation) {
    return operation.path().replaceFirst("^(/api/v1)?(/stripe)?", "");
  }

  private static List<String> queried(Operation operation) {
    List<String> names = new ArrayList<>();
    operation.description().path("parameters").forEach(parameter -> {
      if (parameter.path("in").asText().equals("query")) {
        names.add(parameter.path("name").asText());
      }
    });
    return names;
  }

  private List<String> named(Operation operation) {
    List<String> names = queried(operation);
    schema(operation).path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode schema(Operation operation) {
    return anonymous.contract().schema(schemaName(operation));
  }

  private static String schemaName(Operation operation) {
    Matcher reference = Pattern.compile("schemas/(\\w+)")
        .matcher(operation.description().path("requestBody").toString());
    return reference.find() ? reference.group(1) : "none";
  }

  private static String body(Operation operation) {
    return BODIES.getOrDefault(schemaName(operation), "{}");
  }

  private static Reply call(
      ApiClient api, Operation operation, String path, String body, String... headers) {
    boolean takesBody = !operation.description().path("requestBody").isMissingNode();
    return operation.method().equals("POST") || takesBody
        ? api.call(operation.method(), path, BodyPublishers.ofString(body), headers)
        : api.call(operation.method(), path, BodyPublishers.noBody(), headers);
  }

  /** All that the owner has here and at the provider. */
  private String state() {
    world.settle();
    List<String> lines = new ArrayList<>();
    for (String path : List.of(
        "customer",
        "subscriptions",
        "invoices",
        "payment-methods",
        "tax-ids",
        "purchases",
        "chat/history",
        "check-ins",
        "entitlements")) {
      lines.add(owner.api().get("/api/v1/" + path).body());
      lines.add(stranger.api().get("/api/v1/" + path).body());
    }
    String customer = owner.api().get("/api/v1/customer").at("/customerId");
    for (String path : List.of("subscriptions", "invoices", "payment_methods", "setup_intents")) {
      lines.add(owner.atProvider("/v1/" + path, Map.of("customer", customer)).toString());
    }
    lines.add(owner.atProvider("/v1/customers/" + customer, Map.of()).toString());
    lines.add("events: " + world.stripe().events().size());
    lines.add("sessions: "
        + Json.read(world
                .stripe()
                .call(Request.of("GET", "/v1/checkout/sessions", Map.of("customer", customer)))
                .body())
            .path("data"));
    lines.addAll(world.rows());
    return String.join("\n", lines);
  }
}
