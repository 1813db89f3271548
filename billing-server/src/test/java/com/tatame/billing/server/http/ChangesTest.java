package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Quoting and making changes of a subscription, and pausing its payments. */
final class ChangesTest {
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String path(String user, String tier) {
    return "/api/v1/subscriptions/" + SERVER.subscribe(user, tier);
  }

  @Test
  void aChangeIsQuotedAndThenMadeAsQuoted() {
    String path = path("user_quote", "basic");

    Reply quote =
        SERVER.post(path + "/quote", "user_quote", "{\"tier\":\"pro\",\"policy\":\"prorate\"}");

    assertThat(quote.status()).isEqualTo(200);
    assertThat(quote.at("/quoteId")).startsWith("qt_");
    assertThat(Instant.parse(quote.at("/expiresAt"))).isAfter(Instant.now());
    assertThat(quote.at("/dueNow/currency")).isEqualTo("usd");
    assertThat(quote.json().at("/dueNow/amount").asLong()).isBetween(1490L, 1510L);
    assertThat(quote.json().at("/nextInvoice/amount").asLong()).isEqualTo(2499);
    assertThat(quote.json().at("/lines")).hasSize(2);
    assertThat(quote.at("/lines/0/proration")).isEqualTo("true");
    assertThat(quote.at("/lines/0/description")).startsWith("Unused time on Basic");

    String asQuoted = "{\"quoteId\":\"" + quote.at("/quoteId") + "\"}";
    Reply changed = SERVER.send("PATCH", path, "user_quote", asQuoted);
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.at("/tier")).isEqualTo("pro");
    assertThat(changed.json().get("paymentAction").isNull()).isTrue();
    assertThat(SERVER.post(path + "/update", "user_quote", asQuoted).at("/tier"))
        .isEqualTo("pro");
    assertThat(SERVER
            .post(path + "/quote", "user_other", "{\"tier\":\"pro\",\"policy\":\"prorate\"}")
            .status())
        .isEqualTo(404);
  }

  @Test
  void aQuoteThatNoLongerHoldsIsAConflictOfItsOwn() {
    String path = path("user_stale", "basic");
    Reply quote =
        SERVER.post(path + "/quote", "user_stale", "{\"tier\":\"pro\",\"policy\":\"prorate\"}");
    SERVER.post(path + "/update", "user_stale", "{\"quantity\":2,\"policy\":\"prorate\"}");

    Reply stale = SERVER.post(
        path + "/update", "user_stale", "{\"quoteId\":\"" + quote.at("/quoteId") + "\"}");

    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.code()).isEqualTo("quote_stale");
    assertThat(SERVER.get(path, "user_stale").json().at("/quantity").asInt()).isEqualTo(2);
  }

  @Test
  void usersDoNotChangeWithoutBeingCharged() {
    String path = path("user_uncharged", "basic");
    String wanted = "{\"tier\":\"pro\",\"policy\":\"none\"}";

    for (String route : List.of("/quote", "/update")) {
      Reply refused = SERVER.post(path + route, "user_uncharged", wanted);
      assertThat(refused.status()).as(route).isEqualTo(403);
      assertThat(refused.at("/detail")).contains("prorate or at_renewal");
    }
    assertThat(SERVER.get(path, "user_uncharged").at("/tier")).isEqualTo("basic");
    assertThat(SERVER
            .post(
                path + "/update",
                null,
                wanted,
                "Authorization",
                "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
                "X-Account-Id",
                "user_uncharged")
            .at("/tier"))
        .isEqualTo("pro");
  }

  @Test
  void aChangeAtRenewalIsShownAsScheduled() {
    String path = path("user_later", "basic");

    Reply scheduled = SERVER.post(
        path + "/update",
        "user_later",
        "{\"tier\":\"pro\",\"interval\":\"yearly\",\"policy\":\"at_renewal\"}");

    assertThat(scheduled.status()).as(scheduled.body()).isEqualTo(200);
    assertThat(scheduled.at("/tier")).isEqualTo("basic");
    assertThat(scheduled.at("/scheduledChange/tier")).isEqualTo("pro");
    assertThat(scheduled.at("/scheduledChange/interval")).isEqualTo("yearly");
    assertThat(scheduled.at("/scheduledChange/at")).isEqualTo(scheduled.at("/currentPeriodEnd"));
    assertThat(SERVER.get(path, "user_later").at("/scheduledChange/tier")).isEqualTo("pro");
    assertThat(SERVER.get("/api/v1/subscriptions", "user_later").at("/data/0/scheduledChange/tier"))
        .isEqualTo("pro");
  }

  @Test
  void changeBackToWhatIsSoldNowReleasesTheScheduledChange() {
    String path = path("user_back", "basic");
    for (String planned : List.of(
        "{\"tier\":\"pro\",\"policy\":\"at_renewal\"}",
        "{\"interval\":\"yearly\",\"policy\":\"at_renewal\"}",
        "{\"quantity\":3,\"policy\":\"at_renewal\"}")) {
      for (String back : List.of(
          "{\"tier\":\"basic\",\"interval\":\"monthly\",\"policy\":\"at_renewal\"}",
          "{\"interval\":\"monthly\",\"policy\":\"at_renewal\"}",
          "{\"quantity\":1,\"policy\":\"at_renewal\"}")) {
        Reply scheduled = SERVER.post(path + "/update", "user_back", planned);
        assertThat(scheduled.json().at("/scheduledChange").isObject())
            .as(planned)
            .isTrue();

        Reply quote = SERVER.post(path + "/quote", "user_back", back);
        assertThat(quote.at("/dueNow/amount")).isEqualTo("0");
        assertThat(quote.at("/nextInvoice/amount")).as(planned).isEqualTo("999");
        Reply released = SERVER.post(path + "/update", "user_back", back);

        assertThat(released.status()).as(released.body()).isEqualTo(200);
        assertThat(released.json().at("/scheduledChange").isNull())
            .as(released.body())
            .isTrue();
        assertThat(SERVER.get(path, "user_back").json().at("/scheduledChange").isNull())
            .isTrue();
      }
    }
  }

  @Test
  void quotedChangeBackReleasesTheScheduledChange() {
    String path = path("user_back_quoted", "basic");
    SERVER.post(
        path + "/update", "user_back_quoted", "{\"tier\":\"pro\",\"policy\":\"at_renewal\"}");
    Reply quote = SERVER.post(
        path + "/quote", "user_back_quoted", "{\"tier\":\"basic\",\"policy\":\"at_renewal\"}");

    Reply released = SERVER.post(
        path + "/update", "user_back_quoted", "{\"quoteId\":\"" + quote.at("/quoteId") + "\"}");

    assertThat(released.status()).as(released.body()).isEqualTo(200);
    assertThat(released.json().at("/scheduledChange").isNull())
        .as(released.body())
        .isTrue();
  }

  @Test
  void collectionIsPausedAndTakenUpAgain() {
    String path = path("user_pause", "basic");

    Reply paused = byKey(
        path + "/pause",
        "user_pause",
        "{\"behavior\":\"keep_as_draft\",\"resumesAt\":\"2099-01-01T00:00:00Z\"}");
    assertThat(paused.at("/collectionPaused/behavior")).isEqualTo("keep_as_draft");
    assertThat(paused.at("/collectionPaused/resumesAt")).isEqualTo("2099-01-01T00:00:00Z");
    assertThat(SERVER.get("/api/v1/entitlements", "user_pause").at("/tier")).isEqualTo("basic");

    assertThat(SERVER.post(path + "/unpause", "user_pause", null).code()).isEqualTo("forbidden");
    Reply unpaused = byKey(path + "/unpause", "user_pause", null);
    assertThat(unpaused.json().get("collectionPaused").isNull()).isTrue();
  }

  @Test
  void usersDoNotPauseTheirOwnPayments() {
    String path = path("user_free_rider", "basic");

    Reply refused = SERVER.post(path + "/pause", "user_free_rider", "{\"behavior\":\"void\"}");

    assertThat(refused.code()).isEqualTo("forbidden");
    assertThat(refused.at("/detail")).contains("API key").contains("cancel");
    assertThat(
            SERVER.get(path, "user_free_rider").json().get("collectionPaused").isNull())
        .isTrue();
  }

  /** The backend of the account's application. */
  private static Reply byKey(String path, String account, @Nullable String body) {
    return SERVER.post(
        path,
        null,
        body,
        "Authorization",
        "Bearer " + SERVER.apiKey(Scope.ACCOUNT),
        "X-Account-Id",
        account);
  }

  @Test
  void whatIsMissingOrWrongIsNamed() {
    String path = path("user_wrong", "basic");

    assertThat(field(SERVER.post(path + "/quote", "user_wrong", "{\"tier\":\"pro\"}")))
        .isEqualTo("policy");
    assertThat(field(SERVER.post(path + "/quote", "user_wrong", "{\"policy\":\"prorate\"}")))
        .isEqualTo("tier");
    assertThat(field(SERVER.post(
            path + "/quote", "user_wrong", "{\"tier\":\"gold\",\"policy\":\"prorate\"}")))
        .isEqualTo("tier");
    assertThat(field(SERVER.post(
            path + "/quote", "user_wrong", "{\"interval\":\"daily\",\"policy\":\"prorate\"}")))
        .isEqualTo("interval");
    assertThat(field(
            SERVER.post(path + "/quote", "user_wrong", "{\"quantity\":0,\"policy\":\"prorate\"}")))
        .isEqualTo("quantity");
    assertThat(field(
            SERVER.post(path + "/update", "user_wrong", "{\"quoteId\":\"qt_1\",\"quantity\":2}")))
        .isEqualTo("quoteId");
    assertThat(field(SERVER.post(path + "/pause", "user_wrong", "{\"behavior\":\"stop\"}")))
        .isEqualTo("behavior");
    assertThat(field(byKey(
            path + "/pause",
            "user_wrong",
            "{\"behavior\":\"void\",\"resumesAt\":\"2001-01-01T00:00:00Z\"}")))
        .isEqualTo("resumesAt");
    assertThat(SERVER
            .post(path + "/update", "user_wrong", "{\"quoteId\":\"qt_none\"}")
            .code())
        .isEqualTo("not_found");
  }

  private static String field(Reply refused) {
    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    return refused.at("/errors/0/field");
  }
}
