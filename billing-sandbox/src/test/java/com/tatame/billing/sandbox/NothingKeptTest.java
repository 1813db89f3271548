package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.Contract.Operation;
import com.tatame.billing.testkit.SimulatorControl;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Secrets are stored nowhere, and yet the answer to a repeated request contains them
 * again. A rule over the route table: every POST is called with an Idempotency-Key, then all that the
 * store holds is searched for every secret that any answer contained.
 */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class NothingKeptTest {
  /** Fields of answers that open something. */
  private static final Set<String> SECRETS =
      Set.of("clientSecret", "url", "hostedUrl", "pdfUrl", "key", "token", "secret");

  /** In JSON, and in JSON that is a text of JSON. */
  private static final Pattern OPENS_SOMETHING =
      Pattern.compile("\\b(?:client_secret|secret|hosted_invoice_url|invoice_pdf|receipt_url"
          + "|hosted_verification_url|hosted_voucher_url|hosted_instructions_url)"
          + "\\\\*\"\\s*:\\s*\\\\*\"(?!\\*\\*\\*)|\\burl\\\\*\"\\s*:\\s*\\\\*\"https?:");

  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
  private static final String PAGE = "http://localhost:3000/";

  /** Signed by others, who have no keys. */
  private static final Set<String> SIGNED = Set.of("/webhooks/stripe", "/stripe/webhook");

  /** By the name of the body's schema; the others take an empty object, or refuse it. */
  private static final Map<String, String> BODIES = Map.ofEntries(
      Map.entry("CancelRequest", "{\"when\":\"period_end\"}"),
      Map.entry("NewPortalVisit", "{\"returnUrl\":\"" + PAGE + "\"}"),
      Map.entry("NewQuote", "{\"quantity\":2,\"policy\":\"at_renewal\"}"),
      Map.entry("SubscriptionUpdate", "{\"quantity\":2,\"policy\":\"at_renewal\"}"),
      Map.entry("PauseRequest", "{\"behavior\":\"void\"}"),
      Map.entry("NewPaymentIntent", "{\"item\":\"seminar-recording\"}"),
      Map.entry("NewApiKey", "{\"name\":\"rule\",\"scopes\":[\"account\"]}"),
      Map.entry(
          "NewCheckout",
          "{\"item\":\"seminar-recording\",\"successUrl\":\"" + PAGE + "\",\"cancelUrl\":\"" + PAGE
              + "\"}"));

  private final LocalServer world;
  private final ApiClient anonymous;
  private final Buyer buyer;
  private final Map<String, String> ids = new TreeMap<>();

  NothingKeptTest(Worlds worlds) {
    world = worlds.world();
    anonymous = ApiClient.of(world);
    buyer = new Buyer(world);
    // A customer who can't be charged at the renewal has something to do, and a page to do it on.
    ids.put("subscriptions", buyer.subscribe("basic", "monthly", Buyer.FAILS_AT_RENEWAL));
    world.advance("P32D");
    ids.put("invoices", buyer.api().get("/api/v1/invoices").at("/data/0/id"));
    new SimulatorControl(world.stripe())
        .replaceCard(
            buyer.api().get("/api/v1/customer").at("/customerId"),
            "pm_card_authenticationRequired");
    Reply opened = buyer.buys("seminar-recording");
    ids.put("checkout", opened.at("/sessionId"));
    ids.put("webhooks", "evt_none");
  }

  @Test
  void everyReplayOpensAgainWhatIsKeptNowhere() {
    Map<String, String> shownSecrets = new LinkedHashMap<>();
    Set<String> opened = new TreeSet<>();
    for (Operation operation : anonymous.contract().operations()) {
      if (operation.method().equals("POST") && !SIGNED.contains(route(operation))) {
        String path = PARAMETER.matcher(operation.path()).replaceAll(id(operation));
        String key = UUID.randomUUID().toString();
        Reply first = call(operation, path, key);
        Reply again = call(operation, path, key);
        secrets(first).forEach((pointer, secret) -> {
          shownSecrets.put(secret, operation.path() + " " + pointer);
          opened.add(pointer.substring(pointer.lastIndexOf('/') + 1));
        });
        assertThat(again.status()).as(operation.path()).isEqualTo(first.status());
        if (!secrets(first).isEmpty()) {
          assertThat(again.header("Idempotent-Replayed")).as(path).contains("true");
        }
        reopened(operation, first, again)
            .forEach(secret -> shownSecrets.put(secret, operation.path()));
      }
    }

    world.settle();
    assertThat(opened)
        .containsExactlyInAnyOrder("clientSecret", "hostedUrl", "key", "pdfUrl", "token", "url");
    List<String> kept = world.everythingKept();
    assertThat(kept).hasSizeGreaterThan(50);
    shownSecrets.forEach(
        (secret, where) -> assertThat(kept).as(where).noneMatch(text -> text.contains(secret)));
  }

  @Test
  void keyOfAnAnonymousSessionGivesTheSameSession() {
    String key = UUID.randomUUID().toString();
    Reply first = begin(key);

    Reply again = begin(key);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).contains("true");
    assertThat(begin(UUID.randomUUID().toString()).at("/token")).isNotEqualTo(first.at("/token"));
    HttpRequest.Builder purchases = HttpRequest.newBuilder(
            URI.create(world.url() + "/api/v1/purchases"))
        .header("Authorization", "Anonymous " + again.at("/token"));
    assertThat(ApiClient.send(purchases).statusCode()).isEqualTo(200);
    assertThat(world.everythingKept())
        .noneMatch(text -> text.contains(first.at("/token")))
        .noneMatch(text -> text.contains(key));
  }

  @Test
  void whatIsShownOfAPayloadHasNoSecrets() {
    String session = buyer.buys("seminar-recording").at("/sessionId");
    buyer.api().post("/api/v1/payment-methods", "{}");
    world.settle();
    ApiClient root = anonymous.as(world.token("user_root"));
    int secrets = 0;
    for (JsonNode event : root.get("/api/v1/webhooks/events?limit=100").json().path("data")) {
      String shown =
          root.get("/api/v1/webhooks/events/" + event.path("id").asText()).at("/payload");
      assertThat(shown).doesNotContainPattern("\"client_secret\"\\s*:\\s*\"[^*]");
      assertThat(shown).doesNotContainPattern("\"hosted_invoice_url\"\\s*:\\s*\"[^*]");
      assertThat(shown).doesNotContainPattern("\"url\"\\s*:\\s*\"http");
      assertThat(Json.read(shown).path("id").asText())
          .isEqualTo(event.path("id").asText());
      secrets += shown.contains("\"***\"") ? 1 : 0;
    }
    assertThat(secrets).as("payloads that had some, such as that of " + session).isPositive();
  }

  @Test
  void noViewShowsWhatOpensSomething() {
    buyer.buys("seminar-recording");
    buyer.api().post("/api/v1/payment-methods", "{}");
    world.settle();
    List<String> shown = world.everythingInViews();
    assumeFalse(shown.isEmpty(), "only databases have views");

    assertThat(shown)
        .hasSizeGreaterThan(20)
        .noneMatch(row -> OPENS_SOMETHING.matcher(row).find())
        .anyMatch(row -> row.contains("***"));
    Database database = world.backing().database();
    String eventsWithSecrets = "webhook_events e where e.raw_data ~ '\"client_secret\"\\s*:\\s*\"'";
    assertThat(database.count(eventsWithSecrets)).as("kept byte for byte").isPositive();
    ApiClient root = anonymous.as(world.token("user_root"));
    for (String id : database.query("select stripe_event_id from " + eventsWithSecrets)) {
      assertThat(database.query(
              "select raw_data from stripe_webhook_events where stripe_event_id = '" + id + "'"))
          .as("masked as by the route")
          .containsExactly(root.get("/api/v1/webhooks/events/" + id).at("/payload"));
    }
  }

  private Reply begin(String key) {
    return anonymous.post("/api/v1/anonymous-sessions", "{}", "Idempotency-Key", key);
  }

  private Reply call(Operation operation, String path, String key) {
    ApiClient api = switch (operation.access()) {
      case "signed_in" -> buyer.api();
      case "administrator" -> anonymous.as(world.token("user_root"));
      default -> anonymous;
    };
    return api.post(path, BODIES.getOrDefault(schemaName(operation), "{}"), "Idempotency-Key", key);
  }

  /** The secrets of the replay, which have to open the same as the first answer's. */
  private static List<String> reopened(Operation operation, Reply first, Reply again) {
    Map<String, String> before = secrets(first);
    Map<String, String> after = secrets(again);
    before.forEach((pointer, secret) -> {
      String where = operation.path() + " " + pointer;
      if (route(operation).equals("/api-keys") && pointer.equals("/key")) {
        assertThat(again.at("/note")).as(where).contains("shown once");
      } else if (route(operation).equals("/portal")) {
        // Another visit, by an address of its own.
        assertThat(ApiClient.send(HttpRequest.newBuilder(URI.create(after.get(pointer))))
                .statusCode())
            .as(where)
            .isEqualTo(200);
      } else {
        assertThat(after.get(pointer)).as(where).isEqualTo(secret);
      }
    });
    return List.copyOf(after.values());
  }

  private static Map<String, String> secrets(Reply reply) {
    Map<String, String> found = new TreeMap<>();
    collect("", reply.json(), found);
    reply
        .header("Location")
        .filter(location -> location.startsWith("http"))
        .ifPresent(location -> found.put("Location/url", location));
    return found;
  }

  private static void collect(String pointer, JsonNode node, Map<String, String> found) {
    node.properties().forEach(entry -> {
      String name = pointer + "/" + entry.getKey();
      if (SECRETS.contains(entry.getKey()) && entry.getValue().isTextual()) {
        found.put(name, entry.getValue().asText());
      }
      collect(name, entry.getValue(), found);
    });
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(pointer + "/" + i, node.get(i), found);
    }
  }

  private String id(Operation operation) {
    return ids.entrySet().stream()
        .filter(entry -> route(operation).startsWith("/" + entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("video_reviews");
  }

  private static String route(Operation operation) {
    return operation.path().replaceFirst("^(/api/v1|/api)?(/stripe)?", "");
  }

  private static String schemaName(Operation operation) {
    Matcher reference = Pattern.compile("schemas/(\\w+)")
        .matcher(operation.description().path("requestBody").toString());
    return reference.find() ? reference.group(1) : "none";
  }
}
