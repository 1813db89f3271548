package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.http.RunningServer.Reply;
import java.time.Instant;
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
    SERVER.post(path + "/update", "user_stale", "{\"quantity\":2,\"policy\":\"none\"}");

    Reply stale = SERVER.post(
        path + "/update", "user_stale", "{\"quoteId\":\"" + quote.at("/quoteId") + "\"}");

    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.code()).isEqualTo("quote_stale");
    assertThat(SERVER.get(path, "user_stale").json().at("/quantity").asInt()).isEqualTo(2);
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
  void collectionIsPausedAndTakenUpAgain() {
    String path = path("user_pause", "basic");

    Reply paused = SERVER.post(
        path + "/pause",
        "user_pause",
        "{\"behavior\":\"keep_as_draft\",\"resumesAt\":\"2099-01-01T00:00:00Z\"}");
    assertThat(paused.at("/collectionPaused/behavior")).isEqualTo("keep_as_draft");
    assertThat(paused.at("/collectionPaused/resumesAt")).isEqualTo("2099-01-01T00:00:00Z");
    assertThat(SERVER.get("/api/v1/entitlements", "user_pause").at("/tier")).isEqualTo("basic");

    Reply unpaused = SERVER.post(path + "/unpause", "user_pause", null);
    assertThat(unpaused.json().get("collectionPaused").isNull()).isTrue();
  }

  @Test
  void whatIsMissingOrWrongIsNamed() {
    String path = path("user_wrong", "basic");

    assertThat(field(SERVER.post(path + "/quote", "user_wrong", "{\"tier\":\"pro\"}")))
        .isEqualTo("policy");
    assertThat(field(SERVER.post(path + "/quote", "user_wrong", "{\"policy\":\"none\"}")))
        .isEqualTo("tier");
    assertThat(field(
            SERVER.post(path + "/quote", "user_wrong", "{\"tier\":\"gold\",\"policy\":\"none\"}")))
        .isEqualTo("tier");
    assertThat(field(SERVER.post(
            path + "/quote", "user_wrong", "{\"interval\":\"daily\",\"policy\":\"none\"}")))
        .isEqualTo("interval");
    assertThat(field(
            SERVER.post(path + "/quote", "user_wrong", "{\"quantity\":0,\"policy\":\"none\"}")))
        .isEqualTo("quantity");
    assertThat(field(
            SERVER.post(path + "/update", "user_wrong", "{\"quoteId\":\"qt_1\",\"quantity\":2}")))
        .isEqualTo("quoteId");
    assertThat(field(SERVER.post(path + "/pause", "user_wrong", "{\"behavior\":\"stop\"}")))
        .isEqualTo("behavior");
    assertThat(field(SERVER.post(
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
