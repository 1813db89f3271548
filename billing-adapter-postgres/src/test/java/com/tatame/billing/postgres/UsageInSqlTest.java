package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.testkit.GoldenWindows;
import com.tatame.billing.testkit.GoldenWindows.Golden;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counting by SQL of one's own gives what counting by the library gives. */
class UsageInSqlTest {
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);
  private static final Window MONTH = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);
  private static final Catalog CATALOG = new Catalog(
      List.of(
          plan(
              "free",
              Map.of(
                  "pain_entry", new Feature.Counter(3, MONTH),
                  "storage", new Feature.Gauge(100),
                  "many", new Feature.Counter(1_000, MONTH).withThresholds(List.of(80)),
                  "shared_reports", new Feature.Flag(false))),
          plan(
              "pro",
              Map.of(
                  "pain_entry",
                  new Feature.Unlimited(MONTH),
                  "export",
                  new Feature.Counter(5, MONTH)))),
      "free",
      Catalog.DEFAULT_GRACE);
  private static final Entitlements ENTITLEMENTS =
      new Entitlements(STORE.usage(), CATALOG, InstantSource.system(), new Random(1));

  @BeforeAll
  static void publish() {
    STORE.catalogs().publish(CATALOG, Instant.EPOCH, AnAuditEntry.any());
  }

  @AfterAll
  static void close() {
    STORE.close();
  }

  static List<Golden> windows() {
    return GoldenWindows.all();
  }

  @ParameterizedTest
  @MethodSource("windows")
  void aWindowIsWhatTheTableSays(Golden golden) {
    String zone = golden.window().zone().equals(ZoneOffset.UTC)
        ? "UTC"
        : golden.window().zone().getId();
    String asked = "{\"kind\":\"" + golden.window().kind().code() + "\",\"zone\":\"" + zone
        + "\",\"at\":\"" + golden.at() + "\",\"cycle\":"
        + golden.cycle().map(UsageInSqlTest::json).orElse("null") + "}";

    assertThat(query("select (w ->> 'period_start')::timestamptz = '"
            + golden.expected().start() + "' and (w ->> 'period_end')::timestamptz = '"
            + golden.expected().end() + "' from (select window_at_v1('" + asked + "') as w) x"))
        .as(query("select window_at_v1('" + asked + "')").get(0))
        .containsExactly("t");
  }

  private static String json(Cycle cycle) {
    return "{\"anchor\":\"" + cycle.anchor() + "\",\"months\":" + cycle.months()
        + ",\"current\":{\"start\":\"" + cycle.current().start() + "\",\"end\":\""
        + cycle.current().end() + "\"}}";
  }

  @Test
  void theQueriesThatPainTrackerBringsRunAsTheyAre() {
    query("select track_usage('user_test', 'pain_entry', 2)");

    assertThat(query("SELECT * FROM subscriptions WHERE user_id = 'user_test'")).isEmpty();
    assertThat(query("SELECT * FROM usage_tracking WHERE user_id = 'user_test'"))
        .hasSize(1);
    assertThat(query("SELECT * FROM billing_events ORDER BY occurred_at DESC LIMIT 10"))
        .isEmpty();
    assertThat(query("SELECT * FROM current_usage WHERE user_id = 'user_test'")).hasSize(3);
    assertThat(query("SELECT get_user_subscription('user_test') ->> 'tier'"))
        .containsExactly("free");
    assertThat(query("SELECT u ->> 'usage_type' || ' ' || (u ->> 'amount') FROM"
            + " jsonb_array_elements(get_user_subscription('user_test') -> 'usage') u"))
        .containsExactly("many 0", "pain_entry 2", "storage 0");
  }

  @Test
  void everyQuotaHasARowUsedOrNot() {
    TestDatabase.run(
        CONFIG,
        "insert into users (id, issuer, subject) values ('user_fresh', 'issuer', 'user_fresh')");
    String rows = "select usage_type || ' ' || amount || ' of ' || quota || ', ' || remaining"
        + " || ' left in ' || tier from current_usage where user_id = 'user_fresh' order by 1";

    assertThat(query(rows))
        .containsExactly(
            "many 0 of 1000, 1000 left in free",
            "pain_entry 0 of 3, 3 left in free",
            "storage 0 of 100, 100 left in free");
    query("select track_usage('user_fresh', 'pain_entry', 1)");
    assertThat(query(rows)).contains("pain_entry 1 of 3, 2 left in free").hasSize(3);
    assertThat(query("select count(*) from current_usage where user_id = 'user_fresh'"
            + " and (period_start > now() or period_end <= now())"))
        .containsExactly("0");
  }

  @Test
  void aTypeMayBeWrittenAsAnEnumerationWritesIt() {
    query("select track_usage('user_prisma', 'PAIN_ENTRY', 1)");
    query("select track_usage('user_prisma', 'pain_entry', 1)");

    assertThat(query("select usage_type || ' ' || amount from usage_tracking"
            + " where user_id = 'user_prisma'"))
        .containsExactly("pain_entry 2");
    assertThatThrownBy(() -> query("select track_usage('user_prisma', 'PAIN_ENTRIES', 1)"))
        .hasMessageContaining("PAIN_ENTRIES");
  }

  @Test
  void whatIsTrackedInSqlIsWhatTheLibraryCounts() {
    AccountId account = new AccountId("user_both");
    query("select track_usage('user_both', 'pain_entry', 1, '{\"device\": \"phone\"}')");
    assertThat(
            ENTITLEMENTS.check(account, "pain_entry").allowance().orElseThrow().used())
        .isEqualTo(1);
    ENTITLEMENTS.consume(account, Use.one("pain_entry", "k"));

    assertThat(query("select amount || ' of ' || quota || ', ' || remaining || ' left'"
            + " from current_usage where user_id = 'user_both' and usage_type = 'pain_entry'"))
        .containsExactly("2 of 3, 1 left");
    assertThat(query("select metadata ->> 'device' from consumptions where user_id = 'user_both'"
            + " and metadata is not null"))
        .containsExactly("phone");
  }

  @Test
  void trackingNeverRefusesAndCountsWhatGoesBeyond() {
    query("select track_usage('user_over', 'pain_entry', 2)");
    assertThat(query("select track_usage('user_over', 'pain_entry', 4) ->> 'remaining'"))
        .containsExactly("0");

    assertThat(ENTITLEMENTS.consume(new AccountId("user_over"), Use.one("pain_entry", "k")))
        .isInstanceOf(ConsumeResult.Denied.class);
    assertThat(query("select denials || ' ' || denied || ' ' || excess from usage_breaches"
            + " where user_id = 'user_over' and usage_type = 'pain_entry' and tier = 'free'"))
        .containsExactly("1 1 3");
    assertThat(query("select amount || ' ' || remaining from current_usage"
            + " where user_id = 'user_over' and usage_type = 'pain_entry'"))
        .containsExactly("6 0");
  }

  @Test
  void whatIsTrackedInSqlCrossesThresholds() {
    query("select track_usage('user_near', 'many', 799)");
    query("select track_usage('user_near', 'many', 1)");
    query("select track_usage('user_near', 'many', 1)");

    assertThat(query("select event_type || ' ' || (details ->> 'used') || ' ' || seq"
            + " from billing_events where account_id = 'user_near'"))
        .containsExactly("limit.threshold_crossed 800 1");
  }

  @Test
  void whatNobodyCountsIsRefused() {
    for (String wrong : List.of("'nothing', 1", "'shared_reports', 1", "'pain_entry', 0")) {
      assertThatThrownBy(() -> query("select track_usage('user_wrong', " + wrong + ")"))
          .as(wrong)
          .hasStackTraceContaining("ERROR");
    }
    assertThat(query("select * from usage_tracking where user_id = 'user_wrong'"))
        .isEmpty();
  }

  @Test
  void aCatalogThatIsPublishedAgainReplacesTheOneBefore() {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      store.catalogs().publish(CATALOG, Instant.EPOCH, AnAuditEntry.any());
      store
          .catalogs()
          .publish(
              new Catalog(
                  List.of(plan("basic", Map.of("pain_entry", new Feature.Counter(7, MONTH)))),
                  "basic",
                  Catalog.DEFAULT_GRACE),
              Instant.EPOCH,
              AnAuditEntry.any());
    }

    assertThat(TestDatabase.query(
            config, "select tier || ' ' || feature || ' ' || usage_limit from catalog_features"))
        .containsExactly("basic pain_entry 7");
    assertThat(TestDatabase.query(
            config, "select track_usage('user_1', 'pain_entry', 1) ->> 'remaining'"))
        .containsExactly("6");
  }

  @Test
  void ofSixtyFourThreadsThatRepeatThemselvesAsManyAreGrantedAsThereAreUnits() throws Exception {
    AccountId account = new AccountId("user_many");
    ExecutorService threads = Executors.newFixedThreadPool(64);
    List<Future<Integer>> granted = new ArrayList<>();
    for (int t = 0; t < 64; t++) {
      int thread = t;
      granted.add(threads.submit(() -> {
        int own = 0;
        for (int i = 0; i < 20; i++) {
          Use use = Use.one("many", thread + "-" + i);
          if (ENTITLEMENTS.consume(account, use) instanceof ConsumeResult.Granted first) {
            own++;
            ConsumeResult.Granted again =
                (ConsumeResult.Granted) ENTITLEMENTS.consume(account, use);
            assertThat(again.consumption()).isEqualTo(first.consumption());
          }
        }
        return own;
      }));
    }
    int sum = 0;
    for (Future<Integer> each : granted) {
      sum += each.get();
    }
    threads.shutdown();

    assertThat(sum).isEqualTo(1_000);
    assertThat(query("select amount from usage_tracking where user_id = 'user_many'"))
        .containsExactly("1000");
  }

  private static List<String> query(String sql) {
    return TestDatabase.query(CONFIG, sql);
  }

  private static Plan plan(String tier, Map<String, Feature> features) {
    return new Plan(tier, tier, "", "plan", 0, false, 0, Map.of(), features);
  }
}
