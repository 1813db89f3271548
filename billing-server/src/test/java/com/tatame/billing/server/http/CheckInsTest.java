package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.server.http.RunningServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What users note of themselves, and what they see of it. */
final class CheckInsTest {
  private static final String PATH = "/api/v1/check-ins";
  private static final RunningServer SERVER = new RunningServer();

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void aCheckInIsNotedReadAndDeleted() {
    Reply noted = add("user_notes", """
        {"kind": "mood", "occurredAt": "2026-03-01T08:00:00Z", "score": 7.50, "note": "well",
         "answers": {"Slept?": true, "hours": 7.5, "symptoms": ["tired", 2]}}""");

    assertThat(noted.status()).as(noted.body()).isEqualTo(201);
    String path = PATH + "/" + noted.at("/id");
    assertThat(noted.header("Location")).isEqualTo(path);
    Reply read = SERVER.get(path, "user_notes");
    assertThat(read.body()).isEqualTo(noted.body());
    assertThat(read.at("/score")).isEqualTo("7.5");
    assertThat(read.json().at("/answers/Slept?").asBoolean()).isTrue();
    assertThat(read.json().at("/answers/hours").isNumber()).isTrue();
    assertThat(read.json().at("/answers/symptoms")).hasSize(2);
    assertThat(read.at("/occurredAt")).isEqualTo("2026-03-01T08:00:00Z");

    assertThat(SERVER.get(path, "user_other").status()).isEqualTo(404);
    assertThat(SERVER.send("DELETE", path, "user_other", null).status()).isEqualTo(404);
    assertThat(SERVER.send("DELETE", path, "user_notes", null).status()).isEqualTo(204);
    assertThat(SERVER.get(path, "user_notes").status()).isEqualTo(404);
  }

  @Test
  void theyAreListedByKindAndTime() {
    add("user_lists", of("mood", "2026-03-01T08:00:00Z", 1));
    add("user_lists", of("pain", "2026-03-02T08:00:00Z", 2));
    add("user_lists", of("mood", "2026-03-03T08:00:00Z", 3));

    assertThat(SERVER.get(PATH, "user_lists").json().path("data")).hasSize(3);
    Reply moods = SERVER.get(PATH + "?kind=mood", "user_lists");
    assertThat(moods.json().path("data")).hasSize(2);
    assertThat(moods.at("/data/0/score")).isEqualTo("3");
    Reply first = SERVER.get(
        PATH + "?kind=mood&to=2026-03-03T08:00:00Z&from=2026-03-01T08:00:00Z", "user_lists");
    assertThat(first.json().path("data")).hasSize(1);
    Reply page = SERVER.get(PATH + "?limit=2", "user_lists");
    assertThat(SERVER
            .get(PATH + "?limit=2&cursor=" + page.at("/nextCursor"), "user_lists")
            .at("/data/0/score"))
        .isEqualTo("1");
    Reply latest = SERVER.get(PATH + "/latest", "user_lists");
    assertThat(latest.at("/data/0/kind")).isEqualTo("mood");
    assertThat(latest.at("/data/0/score")).isEqualTo("3");
    assertThat(latest.at("/data/1/kind")).isEqualTo("pain");
  }

  @Test
  void aSeriesIsThereForAChart() {
    add("user_charts", of("mood", "2026-03-01T23:30:00Z", 4));
    add("user_charts", of("mood", "2026-03-03T08:00:00Z", 7));
    add("user_charts", of("pain", "2026-03-03T08:00:00Z", 9));

    Reply utc = SERVER.get(PATH + "/series?kind=mood", "user_charts");
    assertThat(utc.at("/data/0/start")).isEqualTo("2026-02-23");
    assertThat(utc.at("/data/1/start")).isEqualTo("2026-03-02");
    Reply berlin = SERVER.get(PATH + "/series?kind=mood&timeZone=Europe/Berlin", "user_charts");
    assertThat(berlin.json().path("data")).hasSize(1);
    assertThat(berlin.at("/data/0/count")).isEqualTo("2");
    assertThat(berlin.at("/data/0/average")).isEqualTo("5.5");
    assertThat(berlin.at("/data/0/maximum")).isEqualTo("7");
    assertThat(SERVER.get(PATH + "/series?kind=mood&per=month", "user_charts").at("/data/0/start"))
        .isEqualTo("2026-03-01");
    assertQuery("/series", "kind");
    assertQuery("/series?kind=mood&per=day", "per");
    assertQuery("/series?kind=mood&timeZone=Nowhere/None", "timeZone");
    assertQuery("/series?kind=mood&timeZone=%2B02:00", "timeZone");
    assertQuery("?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to");
  }

  private static void assertQuery(String query, String field) {
    Reply refused = SERVER.get(PATH + query, "user_charts");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).isEqualTo(field);
  }

  @Test
  void aKeyNotesOnce() {
    String body = "{\"kind\":\"mood\",\"note\":\"a\"}";
    Reply first = SERVER.post(PATH, "user_keys", body, "Idempotency-Key", "k");
    Reply again = SERVER.post(PATH, "user_keys", body, "Idempotency-Key", "k");

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(SERVER
            .post(PATH, "user_keys", "{\"kind\":\"pain\"}", "Idempotency-Key", "k")
            .code())
        .isEqualTo("idempotency_key_reused");
    assertThat(SERVER.get(PATH, "user_keys").json().path("data")).hasSize(1);
    assertThat(SERVER.post(PATH, "user_keys_2", body, "Idempotency-Key", "k").at("/id"))
        .isNotEqualTo(first.at("/id"));
  }

  @Test
  void whatCantBeNotedIsRefusedByItsField() {
    assertField("{}", "kind");
    assertField("{\"kind\":\"Mood!\"}", "kind");
    assertField("{\"kind\":\"mood\",\"occurredAt\":\"yesterday\"}", "occurredAt");
    assertField("{\"kind\":\"mood\",\"occurredAt\":\"2190-01-01T00:00:00Z\"}", "occurredAt");
    assertField("{\"kind\":\"mood\",\"score\":1.00001}", "score");
    assertField("{\"kind\":\"mood\",\"score\":10000000000}", "score");
    assertField("{\"kind\":\"mood\",\"score\":1e99999}", "score");
    assertField("{\"kind\":\"mood\",\"score\":\"7\"}", "score");
    assertField("{\"kind\":\"mood\",\"answers\":{\"a\":{\"b\":1}}}", "answers");
    assertField("{\"kind\":\"mood\",\"answers\":{\"a\":null}}", "answers.a");
    assertField("{\"kind\":\"mood\",\"answers\":{\"a\":1e999}}", "answers.a");
    assertField("{\"kind\":\"mood\",\"answers\":{\"a\":\"\\u0000\"}}", "answers.a");
    assertField("{\"kind\":\"mood\",\"note\":\"" + "a".repeat(4001) + "\"}", "note");
  }

  private static void assertField(String body, String field) {
    Reply refused = add("user_wrong", body);
    assertThat(refused.status()).as(body + refused.body()).isEqualTo(400);
    assertThat(refused.at("/errors/0/field")).as(body).isEqualTo(field);
  }

  @Test
  void aBackendNotesForItsUsersAndAVisitorDoesNot() {
    String[] backend = {
      "Authorization", "Bearer " + SERVER.apiKey(Scope.CHAT), "X-Account-Id", "user_backed"
    };
    assertThat(SERVER.post(PATH, null, "{\"kind\":\"mood\"}", backend).status()).isEqualTo(201);
    assertThat(SERVER.get(PATH, "user_backed").json().path("data")).hasSize(1);
    String visitor = "Anonymous " + SERVER.billing().anonymousSessions().begin().token();
    assertThat(SERVER
            .post(PATH, null, "{\"kind\":\"mood\"}", "Authorization", visitor)
            .status())
        .isEqualTo(403);
  }

  private static Reply add(String user, String body) {
    return SERVER.post(PATH, user, body);
  }

  private static String of(String kind, String at, int score) {
    return "{\"kind\":\"" + kind + "\",\"occurredAt\":\"" + at + "\",\"score\":" + score + "}";
  }
}
