package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.supabase.ScriptedApi.Asked;
import com.tatame.billing.supabase.ScriptedApi.Says;
import com.tatame.billing.testkit.RefusingPort;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RestFunctionsTest {
  private static final String SECRET = "sb_secret_0123456789";
  private static final Says DONE = Says.json(200, "[\"evt_1\"]");

  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final List<Duration> pauses = new ArrayList<>();
  private final HeldProbes probes = new HeldProbes();
  private final AtomicLong nanoTime = new AtomicLong();

  private RestFunctions functions(SupabaseConfig config) {
    return new RestFunctions(
        config,
        new Random(1),
        pause -> {
          pauses.add(pause);
          clock.advance(pause);
        },
        probes::pause,
        clock,
        new ReadOnlyCache(nanoTime::get));
  }

  private RestFunctions functions(ScriptedApi api) {
    return functions(SupabaseConfig.of(api.url(), SECRET));
  }

  @Test
  void aCallIsOnePostOfTheArgument() {
    try (ScriptedApi api = new ScriptedApi(Says.json(200, "null"))) {
      String answer = functions(api).call("find_price_v1", "{\"id\":\"price_1\"}");

      assertThat(answer).isEqualTo("null");
      assertThat(api.asked()).singleElement().satisfies(asked -> {
        assertThat(asked.path()).isEqualTo("/rest/v1/rpc/find_price_v1");
        assertThat(asked.body()).isEqualTo("{\"p\":{\"id\":\"price_1\"}}");
        assertThat(asked.headers().getFirst("apikey")).isEqualTo(SECRET);
        assertThat(asked.headers().getFirst("Content-Profile")).isEqualTo("billing");
        assertThat(asked.headers().getFirst("User-Agent")).startsWith("tatame-billing/");
        assertThat(asked.headers()).doesNotContainKey("Authorization");
      });
      assertThat(pauses).isEmpty();
    }
  }

  static Stream<Says> passing() {
    return Stream.of(
        Says.nothing(),
        Says.page(200),
        Says.page(502),
        Says.page(520),
        Says.page(522),
        Says.page(524),
        Says.json(429, "{}"),
        Says.json(503, "{\"code\":\"PGRST000\"}"),
        Says.json(503, "{\"code\":\"PGRST001\"}"),
        Says.json(503, "{\"code\":\"PGRST002\"}"),
        Says.json(504, "{\"code\":\"PGRST003\"}"),
        Says.json(500, "{\"code\":\"57014\"}"),
        Says.json(500, "{\"code\":\"40P01\"}"),
        Says.json(500, "{\"code\":\"55P03\"}"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatPassesIsAskedAgainWithTheSameWords(Says trouble) {
    try (ScriptedApi api = new ScriptedApi(trouble, trouble, DONE)) {
      String answer = functions(api).call("ingest_events_v1", "{\"events\":[]}");

      assertThat(answer).isEqualTo("[\"evt_1\"]");
      assertThat(api.asked()).hasSize(3);
      assertThat(api.asked().stream().map(Asked::body).distinct()).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("passing")
  void failureThatDoesNotPassIsGivenUpAfterTheRetryTime(Says trouble) {
    try (ScriptedApi api = new ScriptedApi(trouble)) {
      SupabaseConfig config =
          SupabaseConfig.of(api.url(), SECRET).withRetryTime(Duration.ofSeconds(10));

      RestFunctions functions = functions(config);
      assertThatThrownBy(() -> functions.call("claim_events_v1", "{}"))
          .isInstanceOfAny(StoreUnavailable.class, SqlFunctionFailed.class)
          .hasMessageNotContaining("ada@")
          .hasMessageNotContaining(SECRET);

      Duration waited = pauses.stream().reduce(Duration.ZERO, Duration::plus);
      assertThat(api.asked()).hasSize(pauses.size() + 1);
      assertThat(waited).isLessThanOrEqualTo(Duration.ofSeconds(10));
      if (functions.down()) {
        assertThat(api.asked()).as("refused connections").hasSize(5);
      } else {
        assertThat(waited).isGreaterThan(Duration.ofSeconds(8));
      }
    }
  }

  @Test
  void pausesGrowToAHighestOneAndDifferBetweenCallers() {
    try (ScriptedApi api = new ScriptedApi(Says.page(502))) {
      assertThatThrownBy(() -> functions(api).call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class);

      long most = 100;
      for (Duration pause : pauses) {
        assertThat(pause).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        most = Math.min(2 * most, 1600);
      }
      assertThat(pauses).hasSizeGreaterThan(10);
      assertThat(new Backoff(new Random(1)).after(4))
          .isNotEqualTo(new Backoff(new Random(2)).after(4));
    }
  }

  @Test
  void retriesEndAfterTheRetryTime() {
    try (ScriptedApi api = new ScriptedApi(Says.page(502))) {
      SupabaseConfig config =
          SupabaseConfig.of(api.url(), SECRET).withRetryTime(Duration.ofMillis(150));

      assertThatThrownBy(() -> functions(config).call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class);

      assertThat(api.asked()).hasSize(2);
    }
  }

  @Test
  void aCallWhoseAnswerMustBeKeptHasAnIdOfItsOwn() {
    try (ScriptedApi api = new ScriptedApi(DONE)) {
      RestFunctions functions = functions(api);
      functions.call("ingest_events_v1", "{\"events\":[1]}");
      functions.call("ingest_events_v1", "{\"events\":[1]}");

      assertThat(api.asked())
          .extracting(Asked::path)
          .containsExactly("/rest/v1/rpc/once_v1", "/rest/v1/rpc/once_v1");
      assertThat(api.asked().get(0).body())
          .matches("\\{\"p\":\\{\"request\":\"[0-9a-f-]{36}\",\"function\":\"ingest_events_v1\","
              + "\"argument\":\\{\"events\":\\[1]}}}");
      assertThat(api.asked().get(1).body()).isNotEqualTo(api.asked().get(0).body());
    }
  }

  @Test
  void whatIsRefusedIsNotAskedAgain() {
    try (ScriptedApi api = new ScriptedApi(Says.json(401, "{\"message\":\"Invalid API key\"}"))) {
      assertThatThrownBy(() -> functions(api).call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("SUPABASE_SERVICE_ROLE_KEY");

      assertThat(api.asked()).hasSize(1);
      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void refusedWriteDuringAMoveIsNotRetriedHere() {
    try (ScriptedApi api = new ScriptedApi(
        Says.json(503, "{\"code\":\"PT503\",\"message\":\"this store is frozen\"}"))) {
      assertThatThrownBy(() -> functions(api).call("consume_v1", "{}"))
          .isInstanceOfSatisfying(
              SqlFunctionFailed.class, e -> assertThat(e.sqlState()).contains("PT503"));

      assertThat(api.asked()).hasSize(1);
      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void refusedConnectionIsUnavailable() {
    try (RefusingPort port = RefusingPort.open()) {
      RestFunctions functions =
          functions(SupabaseConfig.of("http://localhost:" + port.number(), SECRET));

      assertThatThrownBy(() -> functions.call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessage("The project can't be reached.");
      assertThat(pauses).hasSize(4);
      assertThat(functions.down()).isTrue();
      functions.close();
    }
  }

  @Test
  void hostThatNobodyKnowsIsDown() {
    RestFunctions functions = functions(SupabaseConfig.of("https://nowhere.invalid", SECRET));

    assertThatThrownBy(() -> functions.call("ping_v1", "{}")).isInstanceOf(StoreUnavailable.class);

    assertThat(functions.down()).isTrue();
    functions.close();
  }

  static Stream<Says> outages() {
    return Stream.of(
        Says.json(503, "{\"code\":\"PGRST000\",\"details\":\"Connection refused\"}"),
        Says.json(503, "{\"code\":\"PGRST002\"}"),
        Says.page(521));
  }

  @ParameterizedTest
  @MethodSource("outages")
  void projectThatRefusesConnectionsIsDownUntilAProbeIsAnswered(Says outage) {
    try (ScriptedApi api = new ScriptedApi(outage, outage, outage, outage, outage, outage, DONE)) {
      RestFunctions functions = functions(api);
      assertThat(functions.down()).isFalse();

      assertThatThrownBy(() -> functions.call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class);
      assertThat(functions.down()).isTrue();
      assertThatThrownBy(() -> functions.call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("refuses connections");
      assertThat(api.asked()).as("at once").hasSize(5);

      probes.allowOne();
      await().atMost(Duration.ofMinutes(1)).until(() -> api.asked().size() == 6);
      assertThat(functions.down()).isTrue();
      probes.allowOne();
      await().atMost(Duration.ofMinutes(1)).until(() -> !functions.down());
      assertThat(api.asked())
          .extracting(Asked::path)
          .hasSize(7)
          .containsOnly("/rest/v1/rpc/ping_v1");
      assertThat(functions.call("ping_v1", "{}")).isEqualTo("[\"evt_1\"]");
    }
  }

  static Stream<Says> slowness() {
    return Stream.of(
        Says.nothing(),
        Says.page(502),
        Says.page(522),
        Says.json(503, "{\"code\":\"PGRST000\",\"details\":\"sorry, too many clients already\"}"),
        Says.json(503, "{\"code\":\"PGRST001\"}"),
        Says.json(504, "{\"code\":\"PGRST003\"}"),
        Says.json(500, "{\"code\":\"57014\"}"));
  }

  @ParameterizedTest
  @MethodSource("slowness")
  void slownessAndPoolsInUseAreNoOutage(Says trouble) {
    try (ScriptedApi api = new ScriptedApi(trouble)) {
      RestFunctions functions = functions(api);

      assertThatThrownBy(() -> functions.call("ping_v1", "{}"));

      assertThat(functions.down()).isFalse();
    }
  }

  @Test
  void probeThatIsRefusedForGoodIsAnsweredToo() {
    Says outage = Says.json(503, "{\"code\":\"PGRST002\"}");
    try (ScriptedApi api = new ScriptedApi(
        outage, outage, outage, outage, outage, Says.page(504), Says.json(401, "{}"))) {
      RestFunctions functions = functions(api);
      assertThatThrownBy(() -> functions.call("ping_v1", "{}"));

      probes.allowOne();
      await().atMost(Duration.ofMinutes(1)).until(() -> api.asked().size() == 6);
      assertThat(functions.down()).isTrue();
      probes.allowOne();
      await().atMost(Duration.ofMinutes(1)).until(() -> !functions.down());

      assertThatThrownBy(() -> functions.call("ping_v1", "{}"))
          .hasMessageContaining("SUPABASE_SERVICE_ROLE_KEY");
    }
  }

  @Test
  void storeThatCouldNotBeOpenedProbesNoMore() {
    try (ScriptedApi api = new ScriptedApi(Says.json(503, "{\"code\":\"PGRST002\"}"))) {
      SupabaseConfig config = SupabaseConfig.of(api.url(), SECRET);
      RestFunctions functions = functions(config);

      assertThatThrownBy(() -> SupabaseBillingStore.open(config, functions))
          .isInstanceOf(StoreUnavailable.class);

      probes.allowOne();
      await().atMost(Duration.ofMinutes(1)).until(() -> !functions.down());
      assertThat(api.asked()).hasSize(5);
    }
  }

  static Stream<Says> readOnly() {
    return Stream.of(
        Says.json(
            405,
            "{\"code\":\"25006\",\"message\":\"cannot execute DELETE in a read-only"
                + " transaction\"}"),
        Says.json(
            400,
            "{\"code\":\"0A000\",\"message\":\"cannot set transaction read-write mode"
                + " during recovery\"}"));
  }

  @ParameterizedTest
  @MethodSource("readOnly")
  void whetherItIsReadOnlyIsAskedOnceASecond(Says refusal) {
    try (ScriptedApi api = new ScriptedApi(refusal, Says.json(200, "null"))) {
      RestFunctions functions = functions(api);

      assertThat(functions.readOnly()).isTrue();
      assertThat(functions.readOnly()).isTrue();
      assertThat(api.asked()).hasSize(1);

      nanoTime.addAndGet(ReadOnlyCache.TTL.toNanos());
      assertThat(functions.readOnly()).isFalse();
    }
  }

  @Test
  void refusedWriteTellsThatItIsReadOnly() {
    try (ScriptedApi api =
        new ScriptedApi(Says.json(405, "{\"code\":\"25006\"}"), Says.json(200, "null"))) {
      RestFunctions functions = functions(api);

      assertThatThrownBy(() -> functions.call("consume_v1", "{}"))
          .isInstanceOf(SqlFunctionFailed.class);

      assertThat(functions.readOnly()).isTrue();
      assertThat(functions.down()).isFalse();
      assertThat(api.asked()).hasSize(1);
    }
  }

  @Test
  void anInterruptedCallEndsAndStaysInterrupted() {
    try (ScriptedApi api = new ScriptedApi(DONE)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> functions(api).call("ping_v1", "{}"))
          .isInstanceOf(StoreUnavailable.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aClosedStoreIsUnavailableAndMayBeClosedAgain() {
    try (ScriptedApi api = new ScriptedApi(Says.json(200, "true"))) {
      SupabaseBillingStore store = new SupabaseBillingStore(functions(api));
      store.ping();

      store.close();
      store.close();

      assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailable.class);
    }
  }

  @Test
  void whatTheProjectLacksIsNamed() {
    try (ScriptedApi api =
        new ScriptedApi(Says.json(200, "[\"function claim_events_v1\",\"table commands\"]"))) {
      SupabaseConfig config = SupabaseConfig.of(api.url(), SECRET);

      assertThatThrownBy(() -> SupabaseBillingStore.check(config, functions(config)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("function claim_events_v1, table commands")
          .hasMessageContaining("Run the migrations");
    }
  }
}
