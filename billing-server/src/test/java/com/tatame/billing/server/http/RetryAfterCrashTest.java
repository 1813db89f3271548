package com.tatame.billing.server.http;

import static com.tatame.billing.server.http.TwoServers.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.audit.AuditRecord;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.MailContent;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.server.http.Description.Operation;
import com.tatame.billing.server.http.TwoServers.Call;
import com.tatame.billing.server.http.TwoServers.Reply;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever changes something is killed at every step between taking the request and answering it, and
 * sent again with the same key as client libraries do: it takes effect once, and its caller gets the
 * answer within ten seconds. On every route of the table: one that nobody has sorted here fails.
 */
final class RetryAfterCrashTest {
  private static final String PAYS = "4242424242424242";
  private static final String FAILS_AT_RENEWAL = "4000000000000341";
  private static final String SUBSCRIPTIONS = "/api/v1/subscriptions/";
  private static final String WHOLE = "user_whole";
  private static final int MAX_STEPS = 20;
  private static final String NEW_VISITOR = "AnonymousSessionStore.add";
  private static final String METERED = "../examples/metered/catalog.yaml";
  private static final String CONVERSATIONS = "src/test/resources/conversations.yaml";
  private static final String RESOLVE_REPORT = "POST /api/v1/usage/reports/{id}/resolve";
  private static final String ITEM = "\"item\":\"seminar-recording\"";

  private static final String REPEATED_REPORT =
      "has no key: the service repeats it, and a report changes nothing a second time";

  /** What needs no case. */
  private static final Map<String, String> EXEMPT = Map.ofEntries(
      Map.entry(
          "POST /webhooks/stripe",
          "has no key: the provider repeats it, and an event counts once by its id"),
      Map.entry("POST /webhooks/sendgrid", REPEATED_REPORT),
      Map.entry("POST /webhooks/postmark", REPEATED_REPORT),
      Map.entry("POST /mail/unsubscribe/{token}", "has no key: what is switched off stays so"),
      Map.entry("POST /api/v1/tax/preview", "changes nothing"),
      Map.entry(
          "POST /api/v1/webhooks/replay/{id}", "an event that is processed again changes nothing"),
      Map.entry("POST /api/v1/webhooks/replay", "an event that is processed again changes nothing"),
      Map.entry("POST /api/v1/webhooks/drift/{id}/repair", "what is repaired is answered the same"),
      Map.entry(
          "POST /api/v1/duplicates/{id}/cancel",
          "goes on from the state that is stored; killed at every step in the testkit's CrashTest"),
      Map.entry(
          "POST /api/v1/repeated-trials/{id}/end",
          "goes on from the state that is stored; killed at every step in the testkit's CrashTest"),
      Map.entry(
          "DELETE /api/v1/chat/history/{id}",
          "an object that is gone is not found, also by a retry: it says the same as to a stranger"),
      Map.entry(
          "DELETE /api/v1/check-ins/{id}",
          "an object that is gone is not found, also by a retry: it says the same as to a stranger"));

  private static final String PRIVATE = "is what a person says, which no other person reads";

  private static final String USAGE = "is usage, which has a history of its own";

  /** What leaves no row in the audit log; everything else leaves one. */
  private static final Map<String, String> NOT_AUDITED = Map.ofEntries(
      Map.entry("POST /api/v1/checkout/{sessionId}/confirm", "reads what became of a checkout"),
      Map.entry("POST /api/v1/subscriptions/{id}/quote", "calculates"),
      Map.entry("POST /api/v1/coupons/validate", "looks up"),
      Map.entry(
          "POST /api/v1/portal",
          "opens a page of the provider; what is changed there comes as events"),
      Map.entry(
          "POST /api/v1/anonymous-sessions",
          "begins an account of its own, of nobody who is known"),
      Map.entry("POST /api/v1/entitlements/{feature}/consume", USAGE),
      Map.entry("POST /api/v1/entitlements/{feature}/release", USAGE),
      Map.entry("PUT /api/v1/entitlements/{feature}", USAGE),
      Map.entry("POST /api/v1/usage", USAGE),
      Map.entry("POST /api/v1/chat/save", PRIVATE),
      Map.entry("PATCH /api/v1/chat/history/{id}", PRIVATE),
      Map.entry("POST /api/v1/check-ins", PRIVATE));

  /** What a user asks for, once all is there that it needs. */
  private interface Mutation {
    Call of(TwoServers servers, String user);
  }

  private static final Map<String, Mutation> MUTATIONS = mutations();

  private static Map<String, Mutation> mutations() {
    Map<String, Mutation> mutations = new TreeMap<>();
    mutations.put("POST /api/v1/customer", (servers, user) -> post(user, "/api/v1/customer", "{}"));
    mutations.put("PATCH /api/v1/customer", (servers, user) -> {
      servers.done(post(user, "/api/v1/customer", "{}"));
      return Call.of(
          user, "PATCH", "/api/v1/customer", "{\"name\":\"Ada\",\"address\":{\"country\":\"DE\"}}");
    });
    mutations.put(
        "POST /api/v1/checkout",
        (servers, user) -> post(
            user,
            "/api/v1/checkout",
            servers.checkout("\"tier\":\"basic\",\"interval\":\"monthly\"")));
    mutations.put("POST /api/v1/checkout/{sessionId}/confirm", (servers, user) -> {
      String session = servers.pays(user, "\"tier\":\"basic\",\"interval\":\"monthly\"", PAYS);
      return post(user, "/api/v1/checkout/" + session + "/confirm", null);
    });
    mutations.put(
        "POST /api/v1/subscriptions/{id}/cancel",
        (servers, user) -> post(
            user,
            SUBSCRIPTIONS + servers.subscribes(user, PAYS) + "/cancel",
            "{\"when\":\"now\"}"));
    mutations.put("POST /api/v1/subscriptions/{id}/resume", (servers, user) -> {
      String id = servers.subscribes(user, PAYS);
      servers.done(post(user, SUBSCRIPTIONS + id + "/cancel", "{\"when\":\"period_end\"}"));
      return post(user, SUBSCRIPTIONS + id + "/resume", null);
    });
    mutations.put(
        "POST /api/v1/subscriptions/{id}/quote",
        (servers, user) ->
            post(user, SUBSCRIPTIONS + servers.subscribes(user, PAYS) + "/quote", change()));
    mutations.put(
        "POST /api/v1/subscriptions/{id}/update",
        (servers, user) ->
            post(user, SUBSCRIPTIONS + servers.subscribes(user, PAYS) + "/update", change()));
    mutations.put(
        "PATCH /api/v1/subscriptions/{id}",
        (servers, user) ->
            Call.of(user, "PATCH", SUBSCRIPTIONS + servers.subscribes(user, PAYS), change()));
    mutations.put(
        "POST /api/v1/subscriptions/{id}/pause",
        (servers, user) -> servers.byProgram(
            user,
            "POST",
            SUBSCRIPTIONS + servers.subscribes(user, PAYS) + "/pause",
            "{\"behavior\":\"void\"}"));
    mutations.put("POST /api/v1/subscriptions/{id}/unpause", (servers, user) -> {
      String id = servers.subscribes(user, PAYS);
      servers.done(servers.byProgram(
          user, "POST", SUBSCRIPTIONS + id + "/pause", "{\"behavior\":\"void\"}"));
      return servers.byProgram(user, "POST", SUBSCRIPTIONS + id + "/unpause", null);
    });
    mutations.putAll(privateThings());
    mutations.putAll(wishesAboutMoney());
    mutations.putAll(wishesOfOperators());
    mutations.putAll(wishesAboutUse());
    mutations.putAll(wishesAboutEvents());
    mutations.putAll(wishesAboutMails());
    return mutations;
  }

  private static Map<String, Mutation> privateThings() {
    String save = "/api/v1/chat/save";
    String said = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    return Map.of(
        "POST /api/v1/chat/save",
        (servers, user) -> post(user, save, said),
        "PATCH /api/v1/chat/history/{id}",
        (servers, user) -> Call.of(
            user,
            "PATCH",
            "/api/v1/chat/history/" + servers.done(post(user, save, said)).at("/conversationId"),
            "{\"title\":\"Greeting\",\"archived\":true}"),
        "POST /api/v1/check-ins",
        (servers, user) -> post(user, "/api/v1/check-ins", "{\"kind\":\"mood\",\"score\":7}"));
  }

  private static Map<String, Mutation> wishesAboutMoney() {
    Map<String, Mutation> mutations = new TreeMap<>();
    mutations.put(
        "POST /api/v1/payment-methods",
        (servers, user) -> post(user, "/api/v1/payment-methods", null));
    mutations.put("DELETE /api/v1/payment-methods/{id}", (servers, user) -> {
      String id = servers.subscribes(user, PAYS);
      servers.done(post(user, SUBSCRIPTIONS + id + "/cancel", "{\"when\":\"now\"}"));
      servers.world.settle();
      return Call.of(user, "DELETE", "/api/v1/payment-methods/" + card(servers, user), null);
    });
    mutations.put("POST /api/v1/payment-methods/{id}/default", (servers, user) -> {
      servers.subscribes(user, PAYS);
      return post(user, "/api/v1/payment-methods/" + card(servers, user) + "/default", null);
    });
    mutations.put("POST /api/v1/portal", (servers, user) -> {
      servers.done(post(user, "/api/v1/customer", "{}"));
      return post(user, "/api/v1/portal", "{\"returnUrl\":\"" + RunningServer.OUR_PAGE + "/\"}");
    });
    mutations.put(
        "POST /api/v1/tax-ids",
        (servers, user) ->
            post(user, "/api/v1/tax-ids", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}"));
    mutations.put("DELETE /api/v1/tax-ids/{id}", (servers, user) -> {
      Reply noted = servers.done(
          post(user, "/api/v1/tax-ids", "{\"type\":\"eu_vat\",\"value\":\"DE123456789\"}"));
      return Call.of(user, "DELETE", "/api/v1/tax-ids/" + noted.at("/id"), null);
    });
    mutations.put(
        "POST /api/v1/coupons/validate",
        (servers, user) -> post(user, "/api/v1/coupons/validate", "{\"code\":\"NONE\"}"));
    mutations.put("POST /api/v1/coupons/apply", (servers, user) -> {
      servers.subscribes(user, PAYS);
      String code = "ONCE" + user.replaceAll("\\W", "");
      // Once it is redeemed, it can't be used any more.
      servers.payer().createCode("coupon-" + code, "25", code, Optional.of(1));
      servers.world.settle();
      return post(user, "/api/v1/coupons/apply", "{\"code\":\"" + code + "\"}");
    });
    mutations.put("POST /api/v1/invoices/{id}/pay", (servers, user) -> {
      if (user.equals(WHOLE)) {
        owe(servers);
      }
      String owed =
          servers.world.store().invoices().list(new AccountId(user), Optional.empty(), 10).stream()
              .filter(invoice -> invoice.amountPaid() == 0 && invoice.total() > 0)
              .findFirst()
              .orElseThrow()
              .id();
      return post(user, "/api/v1/invoices/" + owed + "/pay", null);
    });
    mutations.put(
        "POST /api/v1/payment-intents",
        (servers, user) -> post(user, "/api/v1/payment-intents", "{" + ITEM + "}"));
    mutations.put("POST /api/v1/refunds", (servers, user) -> {
      servers.pays(user, ITEM, PAYS);
      String purchase =
          servers.done(Call.of(user, "GET", "/api/v1/purchases", null)).at("/data/0/id");
      return post(
          ROOT,
          "/api/v1/refunds",
          "{\"purchaseId\":\"" + purchase + "\",\"amount\":500,\"reason\":\"duplicate\"}");
    });
    mutations.put(
        "POST /api/v1/anonymous-sessions",
        (servers, user) -> new Call("POST", "/api/v1/anonymous-sessions", null, Map.of()));
    mutations.put("POST /api/v1/anonymous-sessions/claim", (servers, user) -> {
      String token = servers
          .done(new Call("POST", "/api/v1/anonymous-sessions", null, Map.of()))
          .at("/token");
      return post(user, "/api/v1/anonymous-sessions/claim", "{\"token\":\"" + token + "\"}");
    });
    return mutations;
  }

  private static Map<String, Mutation> wishesOfOperators() {
    Map<String, Mutation> mutations = new TreeMap<>();
    mutations.put(
        "POST /api/v1/api-keys",
        (servers, user) ->
            post(ROOT, "/api/v1/api-keys", "{\"name\":\"" + user + "\",\"scopes\":[\"refunds\"]}"));
    mutations.put("DELETE /api/v1/api-keys/{id}", (servers, user) -> {
      Reply made = servers.done(
          post(ROOT, "/api/v1/api-keys", "{\"name\":\"" + user + "\",\"scopes\":[\"refunds\"]}"));
      return Call.of(ROOT, "DELETE", "/api/v1/api-keys/" + made.at("/id"), null);
    });
    mutations.put("POST /api/v1/commands/{id}/resolve", (servers, user) -> {
      Command undecided = undecided(servers, user);
      return post(
          ROOT,
          "/api/v1/commands/" + undecided.id().value() + "/resolve",
          "{\"outcome\":\"not_executed\",\"reason\":\"not in the request log\"}");
    });
    String grant = "\"feature\":\"video_reviews\",\"units\":3,\"reason\":\"an outage\"}";
    mutations.put(
        "POST /api/v1/grants",
        (servers, user) ->
            post(ROOT, "/api/v1/grants", "{\"accountId\":\"" + user + "\"," + grant));
    mutations.put("DELETE /api/v1/grants/{id}", (servers, user) -> {
      Reply given =
          servers.done(post(ROOT, "/api/v1/grants", "{\"accountId\":\"" + user + "\"," + grant));
      return Call.of(ROOT, "DELETE", "/api/v1/grants/" + given.at("/id"), null);
    });
    String discount = "\",\"percentOff\":25,\"duration\":\"forever\",\"reason\":\"an outage\"}";
    mutations.put("POST /api/v1/discounts", (servers, user) -> {
      servers.subscribes(user, PAYS);
      return post(ROOT, "/api/v1/discounts", "{\"accountId\":\"" + user + discount);
    });
    mutations.put("DELETE /api/v1/discounts/{id}", (servers, user) -> {
      servers.subscribes(user, PAYS);
      Reply given =
          servers.done(post(ROOT, "/api/v1/discounts", "{\"accountId\":\"" + user + discount));
      return Call.of(ROOT, "DELETE", "/api/v1/discounts/" + given.at("/id"), null);
    });
    return mutations;
  }

  private static Map<String, Mutation> wishesAboutEvents() {
    Map<String, Mutation> mutations = new TreeMap<>();
    String path = "/api/v1/event-endpoints";
    mutations.put("POST /api/v1/event-endpoints", (servers, user) -> newEndpoint(user));
    mutations.put(
        "PATCH /api/v1/event-endpoints/{id}",
        (servers, user) ->
            Call.of(ROOT, "PATCH", path + "/" + endpoint(servers, user), "{\"active\":false}"));
    mutations.put(
        "DELETE /api/v1/event-endpoints/{id}",
        (servers, user) -> Call.of(ROOT, "DELETE", path + "/" + endpoint(servers, user), null));
    mutations.put(
        "POST /api/v1/event-endpoints/{id}/roll-secret",
        (servers, user) -> post(ROOT, path + "/" + endpoint(servers, user) + "/roll-secret", null));
    mutations.put(
        "POST /api/v1/event-endpoints/{id}/replay",
        (servers, user) -> post(
            ROOT,
            path + "/" + endpoint(servers, user) + "/replay",
            "{\"after\":\"2100-01-01T00:00:00Z\"}"));
    mutations.put(
        "DELETE /api/v1/subscribers/{name}",
        (servers, user) ->
            Call.of(ROOT, "DELETE", "/api/v1/subscribers/" + parked(servers, user), null));
    String parked = "/parked/";
    mutations.put(
        "POST /api/v1/subscribers/{name}/parked/{accountId}/retry",
        (servers, user) -> post(
            ROOT, "/api/v1/subscribers/" + parked(servers, user) + parked + user + "/retry", null));
    mutations.put(
        "POST /api/v1/subscribers/{name}/parked/{accountId}/skip",
        (servers, user) -> post(
            ROOT,
            "/api/v1/subscribers/" + parked(servers, user) + parked + user + "/skip",
            "{\"sequence\":1}"));
    return mutations;
  }

  private static Map<String, Mutation> wishesAboutMails() {
    Map<String, Mutation> mutations = new TreeMap<>();
    mutations.put(
        "POST /api/v1/emails/{id}/resend",
        (servers, user) -> post(
            ROOT,
            "/api/v1/emails/" + bouncedMail(servers, user) + "/resend",
            "{\"reason\":\"asked for it\"}"));
    mutations.put(
        "DELETE /api/v1/email-suppressions/{id}",
        (servers, user) -> Call.of(
            ROOT, "DELETE", "/api/v1/email-suppressions/" + bouncedMail(servers, user), null));
    mutations.put(
        "PUT /api/v1/mail-preferences",
        (servers, user) -> Call.of(user, "PUT", "/api/v1/mail-preferences", "{\"locale\":\"de\"}"));
    return mutations;
  }

  /** A mail whose address is suppressed since. */
  private static String bouncedMail(TwoServers servers, String user) {
    MailStore mails = servers.world.store().mails();
    Instant now = servers.world.wallClock().instant();
    String id = "mail_of_" + user;
    mails.plan(List.of(new PlannedMail(
        id,
        MailTemplate.WELCOME,
        user,
        new AccountId(user),
        user,
        user + ":created",
        new MailContent(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty()),
        now,
        now,
        now,
        0,
        Optional.empty())));
    mails.claim(id, 100, now, now, Duration.ofMinutes(1));
    mails.begin(id, id, user + "@example.com", now);
    mails.report(List.of(new DeliveryReport(
        id,
        Optional.of(id),
        Optional.empty(),
        user,
        DeliveryReport.Kind.HARD_BOUNCED,
        Optional.empty(),
        now)));
    return id;
  }

  private static Call newEndpoint(String user) {
    return post(
        ROOT,
        "/api/v1/event-endpoints",
        "{\"url\":\"https://crm.example.com\",\"description\":\"" + user + "\"}");
  }

  private static String endpoint(TwoServers servers, String user) {
    return servers.done(newEndpoint(user)).at("/endpoint/id");
  }

  /** A subscriber that has not taken the account's first entry, and is blocked there. */
  private static String parked(TwoServers servers, String user) {
    SubscriberStore subscribers = servers.world.store().subscribers();
    Instant now = servers.world.wallClock().instant();
    String name = subscriber(user);
    subscribers.add(name, SubscriberStore.Kind.HANDLER, now);
    servers.done(post(user, "/api/v1/customer", "{}"));
    servers.world.settle();
    subscribers.claim(user, Map.of(name, 1), 1, 5, now, Duration.ofMinutes(1));
    subscribers.end(
        user,
        List.of(new SubscriberStore.Ended(
            name,
            new AccountId(user),
            0,
            0,
            Optional.of(new SubscriberStore.Failure("refused", true, now, true, now)))),
        List.of(),
        now);
    return name;
  }

  private static String subscriber(String user) {
    return "subscriber_of_" + user;
  }

  private static Map<String, Mutation> wishesAboutUse() {
    Map<String, Mutation> mutations = new TreeMap<>();
    String feature = "/api/v1/entitlements/video_reviews";
    mutations.put(
        "POST /api/v1/entitlements/{feature}/consume",
        (servers, user) -> post(user, feature + "/consume", "{}"));
    mutations.put("POST /api/v1/entitlements/{feature}/release", (servers, user) -> {
      Reply used = servers.done(post(user, feature + "/consume", "{}"));
      return servers.byProgram(
          user,
          "POST",
          feature + "/release",
          "{\"consumptionId\":\"" + used.at("/consumptionId") + "\"}");
    });
    mutations.put(
        "PUT /api/v1/entitlements/{feature}",
        (servers, user) -> servers.byProgram(
            user, "PUT", "/api/v1/entitlements/video_storage", "{\"value\":250}"));
    mutations.put(
        "POST /api/v1/usage",
        (servers, user) ->
            servers.byProgram(user, "POST", "/api/v1/usage", "{\"type\":\"video_reviews\"}"));
    mutations.put(
        RESOLVE_REPORT,
        (servers, user) -> post(
            ROOT,
            "/api/v1/usage/reports/" + givenUp(servers, user) + "/resolve",
            "{\"sent\":true}"));
    return mutations;
  }

  // A month takes long, so that all who are needed let it pass together.
  private static void owe(TwoServers servers) {
    List<String> users = new ArrayList<>(List.of(WHOLE));
    for (int step = 0; step < MAX_STEPS; step++) {
      users.add("user_" + step);
    }
    users.forEach(user -> servers.subscribes(user, FAILS_AT_RENEWAL));
    servers.world.advance(Duration.ofDays(32));
    for (String user : users) {
      servers.payer().replaceCard(servers.customer(user), "pm_card_visa");
      // It is only collected on request any more.
      servers.done(post(
          user, SUBSCRIPTIONS + servers.subscription(user).id() + "/cancel", "{\"when\":\"now\"}"));
    }
    servers.world.settle();
  }

  private static String change() {
    return "{\"tier\":\"pro\",\"interval\":\"monthly\",\"policy\":\"prorate\"}";
  }

  private static Call post(String user, String path, @Nullable String body) {
    return Call.of(user, "POST", path, body);
  }

  private static String card(TwoServers servers, String user) {
    return servers.done(Call.of(user, "GET", "/api/v1/payment-methods", null)).at("/data/0/id");
  }

  /** Use that the provider has refused; returns the report's id. */
  private static String givenUp(TwoServers servers, String user) {
    servers.pays(user, "\"tier\":\"api\",\"interval\":\"monthly\"", PAYS);
    servers.done(post(user, "/api/v1/entitlements/calls/consume", "{}"));
    servers
        .world
        .engine()
        .fail(
            Fault.refusing(
                "POST /v1/billing/meter_events",
                400,
                new Fault.Refusal(
                    "invalid_request_error", Optional.of("archived_meter"), Optional.empty())),
            1);
    servers.world.billing().metering().send();
    Filter dead = new Filter(Optional.of(State.DEAD), Optional.of(new AccountId(user)));
    return servers
        .world
        .store()
        .meterReports()
        .list(dead, Optional.empty(), 1)
        .get(0)
        .id();
  }

  private static Command undecided(TwoServers servers, String user) {
    Instant now = servers.world.wallClock().instant();
    var journal = servers.world.store().commands();
    Command command = journal.open(
        Command.planned(
            new CommandId("cmd_of_" + user),
            new AccountId(user),
            CommandKind.CANCEL_SUBSCRIPTION,
            "sub_1",
            Map.of("when", "now"),
            now),
        AnAuditEntry.any());
    journal.begin(command.id(), "lease", now, Duration.ofMinutes(1));
    journal.end(
        command.id(),
        "lease",
        CommandState.NEEDS_OPERATOR,
        Optional.empty(),
        Optional.of("it may have been"),
        now);
    return command;
  }

  @Test
  void everyRouteThatChangesSomethingIsSortedHere() throws IOException {
    Set<String> changing = new Description(new ObjectMapper().readTree(BillingRoutes.describe("1")))
        .operations().stream()
            .filter(operation -> !operation.deprecated() && !operation.method().equals("GET"))
            .map(Operation::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> sorted = new TreeSet<>(MUTATIONS.keySet());
    sorted.addAll(EXEMPT.keySet());

    assertThat(sorted).isEqualTo(changing);
  }

  static Stream<String> routes() {
    return MUTATIONS.keySet().stream();
  }

  /**
   * What came of a request.
   *
   * @param repeatable whether it is answered the same once more
   */
  private record Outcome(
      int status, String state, boolean repeatable, List<String> atProvider, List<String> here) {}

  @ParameterizedTest
  @MethodSource("routes")
  void aRetryAfterACrashAtAnyStepGetsTheAnswerOfTheOneEffect(String route) {
    Mutation mutation = Objects.requireNonNull(MUTATIONS.get(route), () -> "no story for " + route);
    Map<String, Outcome> wrong = new LinkedHashMap<>();
    List<String> deaths = new ArrayList<>();
    String catalog = route.equals(RESOLVE_REPORT)
        ? METERED
        : route.contains("/chat/") ? CONVERSATIONS : RunningServer.CATALOG;
    try (TwoServers servers = new TwoServers(catalog)) {
      Attempt whole = new Attempt(servers, mutation, WHOLE);
      Reply answer = servers.undisturbed(whole.call);
      Outcome expected = whole.outcome(answer);
      assertThat(expected.status()).as(answer.body()).isBetween(200, 299);
      assertThat(whole.audited()).as("rows of the audit log").satisfies(rows -> {
        assertThat(rows.isEmpty()).isEqualTo(NOT_AUDITED.containsKey(route));
        assertThat(rows).allSatisfy(row -> assertThat(row.actor().value()).matches(whole.actor()));
      });
      for (int step = 0; step < MAX_STEPS; step++) {
        Attempt attempt = new Attempt(servers, mutation, "user_" + step);
        Optional<String> died = servers.dies(step, attempt.call);
        if (died.isEmpty()) {
          break;
        }
        deaths.add(died.get());
        Outcome outcome = attempt.outcome(servers.retry(attempt.call));
        if (!outcome.equals(expected)) {
          wrong.put(step + ", died before " + died.get(), outcome);
        }
      }
      assertThat(wrong).as("instead of " + expected).isEmpty();
    }
    assertThat(deaths).as("steps at which it died").isNotEmpty().hasSizeLessThan(MAX_STEPS);
  }

  /** One user's request, and what it changes. */
  private static final class Attempt {
    final Call call;
    private final TwoServers servers;
    private final String user;
    private final int events;
    private final int sessions;
    private final int visitors;

    Attempt(TwoServers servers, Mutation mutation, String user) {
      this.servers = servers;
      this.user = user;
      call = mutation
          .of(servers, user)
          .with("Idempotency-Key", "key of " + user)
          .with("X-Request-ID", requestId());
      servers.world.settle();
      events = servers.happened();
      sessions = servers.sessions();
      visitors = servers.done(NEW_VISITOR);
    }

    Outcome outcome(Reply reply) {
      servers.world.settle();
      boolean answered = reply.status() / 100 == 2 && !reply.body().isEmpty();
      return new Outcome(
          reply.status(),
          answered ? reply.at("/status") : reply.body(),
          servers.send(call).body().equals(reply.body()),
          servers.since(events, sessions),
          here());
    }

    private String requestId() {
      return "request-of-" + user;
    }

    /** As which the audit log knows the caller. */
    String actor() {
      if (call.headers().containsKey("X-Account-Id")) {
        return "api_key:bk_[0-9a-f]{16}";
      }
      String token = call.headers().getOrDefault("Authorization", "");
      String claims = new String(
          Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]), StandardCharsets.UTF_8);
      return claims.contains("\"" + ROOT + "\"") ? "administrator:" + ROOT : "user:" + user;
    }

    /** What the audit log has of the request, the oldest first. */
    List<AuditEntry> audited() {
      List<AuditEntry> rows = new ArrayList<>();
      for (AuditRecord stored :
          servers.world.store().audit().list(AuditFilter.ALL, OptionalLong.empty(), 100)) {
        if (stored.entry().requestId().equals(Optional.of(requestId()))) {
          rows.add(0, stored.entry());
        }
      }
      // A key that was made by an attempt that died is revoked by the next one.
      Set<String> gone = rows.stream()
          .filter(row -> row.action().equals("revoke_api_key"))
          .map(AuditEntry::target)
          .collect(Collectors.toSet());
      rows.removeIf(row -> gone.contains(row.target())
          && rows.stream().anyMatch(made -> made.action().equals("create_api_key")));
      return rows;
    }

    private List<String> here() {
      var store = servers.world.store();
      AccountId account = new AccountId(user);
      List<String> here = new ArrayList<>();
      here.add("live keys: "
          + store.apiKeys().list(Optional.empty(), 100).stream()
              .filter(key -> key.name().equals(user))
              .map(ApiKey::revokedAt)
              .filter(Optional::isEmpty)
              .count());
      here.add("audited: " + audited().stream().map(AuditEntry::action).toList());
      here.add("visitors: " + (servers.done(NEW_VISITOR) - visitors));
      here.add("grants: "
          + store.grants().list(Optional.of(account), Optional.empty(), 100).size());
      here.add("used: "
          + servers.world.billing().entitlements().of(account).features().values().stream()
              .flatMap(decision -> decision.allowance().stream())
              .map(Decision.Allowance::used)
              .toList());
      here.add("endpoints: "
          + store.eventEndpoints().list().stream()
              .filter(endpoint -> endpoint.description().equals(Optional.of(user)))
              .map(endpoint -> endpoint.active() + " " + endpoint.previous().isPresent())
              .toList());
      here.add("said: "
          + Stream.of(true, false)
              .flatMap(
                  archived -> store
                      .conversations()
                      .list(Owner.of(account), archived, Optional.empty(), 100)
                      .stream())
              .map(one ->
                  one.title() + " " + one.messages() + " " + one.archivedAt().isPresent())
              .toList());
      here.add("noted: "
          + store
              .checkIns()
              .list(Owner.of(account), CheckInFilter.ALL, Optional.empty(), 100)
              .size());
      here.add(
          "parked: " + store.subscribers().parked(subscriber(user), account).isPresent());
      here.add("reports: "
          + store
              .meterReports()
              .list(new Filter(Optional.empty(), Optional.of(account)), Optional.empty(), 100)
              .stream()
              .map(report -> report.state() + " " + report.units())
              .toList());
      return here;
    }
  }
}
