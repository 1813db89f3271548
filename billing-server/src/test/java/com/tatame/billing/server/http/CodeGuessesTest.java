package com.tatame.billing.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.server.http.RunningServer.Reply;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promotion codes can't be found by trying. */
final class CodeGuessesTest {
  private static final String VALIDATE = "/api/v1/coupons/validate";
  private static final int LIMIT = 10;

  private static volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private static final RunningServer SERVER =
      new RunningServer(Map.of(), parts -> parts.wallClock(() -> now));

  @BeforeAll
  static void makeCodes() {
    create("/v1/coupons", Map.of("id", "SPRING", "percent_off", "20", "duration", "once"));
    code("SPRING", "SPRING", Map.of());
    code("SPRING", "DEAR", Map.of("minimum_amount", "99999999", "minimum_amount_currency", "usd"));
    code("SPRING", "EURO", Map.of("minimum_amount", "1", "minimum_amount_currency", "eur"));
    create(
        "/v1/coupons",
        Map.of("id", "OFF", "amount_off", "100", "currency", "eur", "duration", "once"));
    code("OFF", "OFF", Map.of());
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Test
  void codeThatNoPlanReachesIsNotValid() {
    Reply dear = validate("user_dear", "DEAR");
    assertThat(dear.at("/valid")).isEqualTo("false");
    assertThat(dear.at("/reason")).isEqualTo("minimum_amount");
    assertThat(dear.at("/message")).contains("too small");
    for (String code : List.of("EURO", "OFF")) {
      Reply euro = validate("user_dear", code);
      assertThat(euro.at("/valid")).as(code).isEqualTo("false");
      assertThat(euro.at("/reason")).isEqualTo("other_currency");
    }
    assertThat(validate("user_dear", "SPRING").at("/valid")).isEqualTo("true");
    assertThat(SERVER
            .post(
                VALIDATE,
                "user_dear",
                "{\"code\":\"DEAR\",\"tier\":\"basic\",\"interval\":\"monthly\","
                    + "\"quantity\":1000000}")
            .at("/valid"))
        .isEqualTo("true");
  }

  @Test
  void wrongGuessesAreLimitedByTheMinuteAndRightOnesAreNot() {
    for (int i = 0; i < 3 * LIMIT; i++) {
      assertThat(validate("user_minute", "SPRING").at("/valid")).isEqualTo("true");
    }
    guessWrong("user_minute");

    now = now.plusSeconds(20);
    Reply refused = validate("user_minute", "SPRING");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.code()).isEqualTo("rate_limited");
    assertThat(refused.header("Retry-After")).isEqualTo("40");
    assertThat(validate("user_other", "WRONG").status()).isEqualTo(200);
    now = now.plusSeconds(40);
    assertThat(validate("user_minute", "SPRING").status()).isEqualTo(200);
  }

  @Test
  void guessesAtTheSameTimeAreLimitedToo() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(20);
    List<Future<Integer>> guesses = IntStream.range(0, 5 * LIMIT)
        .mapToObj(
            i -> callers.submit(() -> validate("user_at_once", "WRONG" + i).status()))
        .toList();
    int tried = 0;
    for (Future<Integer> guess : guesses) {
      tried += guess.get() == 200 ? 1 : 0;
    }
    callers.shutdown();

    assertThat(tried).isEqualTo(LIMIT);
  }

  /** The routes that take a code, as the rules of the route table list them. */
  @ParameterizedTest
  @CsvSource({
    VALIDATE + ", code, user_validates",
    "/api/v1/coupons/apply, code, user_applies",
    "/api/v1/checkout, promotionCode, user_checks_out"
  })
  void everyRouteThatTakesACodeIsLimited(String path, String field, String user) {
    if (path.endsWith("/apply")) {
      SERVER.subscribe(user, "basic");
    }
    guessWrong(user);
    ObjectNode body = JsonNodeFactory.instance.objectNode().put(field, "SPRING");
    if (field.equals("promotionCode")) {
      body.put("tier", "basic").put("interval", "monthly");
      body.put("successUrl", RunningServer.OUR_PAGE).put("cancelUrl", RunningServer.OUR_PAGE);
    }

    Reply refused = SERVER.post(path, user, body.toString());

    assertThat(refused.status()).as(refused.body()).isEqualTo(429);
    now = now.plus(Duration.ofMinutes(1));
  }

  @Test
  void guessesOfEveryRouteCountTogether() {
    SERVER.subscribe("user_together", "basic");
    for (int i = 0; i < LIMIT / 2; i++) {
      assertThat(SERVER
              .post("/api/v1/coupons/apply", "user_together", "{\"code\":\"WRONG\"}")
              .status())
          .isEqualTo(400);
      assertThat(validate("user_together", "WRONG").status()).isEqualTo(200);
    }

    assertThat(validate("user_together", "WRONG").status()).isEqualTo(429);
  }

  private static void guessWrong(String user) {
    for (int i = 0; i < LIMIT; i++) {
      assertThat(validate(user, "WRONG" + i).at("/reason")).isEqualTo("unknown");
    }
  }

  private static Reply validate(String user, String code) {
    return SERVER.post(VALIDATE, user, "{\"code\":\"" + code + "\"}");
  }

  private static void code(String coupon, String code, Map<String, Object> restrictions) {
    create(
        "/v1/promotion_codes",
        Map.of(
            "promotion",
            Map.of("type", "coupon", "coupon", coupon),
            "code",
            code,
            "restrictions",
            restrictions));
  }

  private static void create(String path, Map<String, Object> parameters) {
    ApiResponse answer = SERVER.stripe.call(Request.of("POST", path, parameters));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }
}
