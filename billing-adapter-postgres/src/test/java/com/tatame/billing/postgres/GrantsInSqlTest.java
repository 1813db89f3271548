package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Grants are the same to those who write SQL as to the library. */
class GrantsInSqlTest {
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);
  private static final Window MONTH = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);
  private static final Catalog CATALOG = new Catalog(
      List.of(
          plan("free", 0, Map.of("export", new Feature.Counter(3, MONTH))),
          plan("basic", 1, Map.of("export", new Feature.Counter(10, MONTH))),
          plan("pro", 2, Map.of("export", new Feature.Unlimited(MONTH)))),
      "free",
      Catalog.DEFAULT_GRACE);
  private static final Random RANDOM = new Random(1);
  private static final Entitlements ENTITLEMENTS =
      new Entitlements(STORE.usage(), CATALOG, InstantSource.system(), RANDOM);
  private static final Grants GRANTS = new Grants(
      STORE.grants(),
      new CatalogInForce(CATALOG),
      new Clocks(InstantSource.system(), InstantSource.system()),
      RANDOM);

  @BeforeAll
  static void publish() {
    STORE.catalogs().publish(CATALOG, Instant.EPOCH, AnAuditEntry.any());
  }

  @AfterAll
  static void close() {
    STORE.close();
  }

  @Test
  void theBestPlanThatIsGivenDecidesAsLongAsItHolds() {
    assertThat(tier("user_tier")).containsExactly("free");
    gives("user_tier", new GrantContent.Tier("basic"), Optional.empty());
    Grant pro = gives("user_tier", new GrantContent.Tier("pro"), Optional.of(soon()));
    gives("user_tier", new GrantContent.Tier("basic"), Optional.of(soon()));

    assertThat(tier("user_tier")).containsExactly("pro");
    assertThat(query("select get_user_subscription('user_tier') #>> '{grant,id}'"))
        .containsExactly(pro.id());
    GRANTS.revoke(pro.id(), "user_admin", Optional.empty());
    assertThat(tier("user_tier")).containsExactly("basic");
    assertThat(ENTITLEMENTS.of(new AccountId("user_tier")).tier()).isEqualTo("basic");
  }

  @Test
  void whatIsTrackedIsDrawnAsTheLibraryDrawsIt() {
    AccountId account = new AccountId("user_units");
    Grant endless = gives("user_units", new GrantContent.Units("export", 4), Optional.empty());
    Grant soon = gives("user_units", new GrantContent.Units("export", 2), Optional.of(soon()));

    assertThat(query("select track_usage('user_units', 'export', 3) ->> 'remaining'"))
        .containsExactly("6");
    assertThat(left(soon)).isZero();
    assertThat(ENTITLEMENTS.check(account, "export").allowance().orElseThrow())
        .satisfies(allowance -> {
          assertThat(allowance.used()).isEqualTo(1);
          assertThat(allowance.remaining()).contains(6L);
        });
    assertThat(query("select amount || ' ' || quota || ' ' || remaining || ' ' || granted"
            + " from current_usage where user_id = 'user_units' and usage_type = 'export'"))
        .containsExactly("3 3 6 2");

    ConsumeResult used =
        ENTITLEMENTS.consume(account, new Use("export", 4, Optional.empty(), Optional.of("k")));
    Consumption consumption = ((ConsumeResult.Granted) used).consumption().orElseThrow();
    assertThat(consumption.ofGrants()).isEqualTo(Map.of(endless.id(), 2L));
    assertThat(query("select track_usage('user_units', 'export', 5) ->> 'remaining'"))
        .containsExactly("0");
    assertThat(query("select excess from usage_breaches where user_id = 'user_units'"))
        .containsExactly("3");
    assertThat(left(endless)).isZero();
    ENTITLEMENTS.release(account, "export", consumption.id());
    assertThat(left(endless)).isEqualTo(2);
  }

  @Test
  void ofAThousandCallersAsManyAreGrantedAsAreIncludedAndGiven() throws Exception {
    AccountId account = new AccountId("user_many");
    gives("user_many", new GrantContent.Units("export", 200), Optional.of(soon()));
    gives("user_many", new GrantContent.Units("export", 97), Optional.empty());
    ExecutorService threads = Executors.newFixedThreadPool(50);
    List<Future<Boolean>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      answers.add(threads.submit(() ->
          ENTITLEMENTS.consume(account, Use.one("export", key)) instanceof ConsumeResult.Granted));
    }
    int granted = 0;
    for (Future<Boolean> answer : answers) {
      granted += answer.get() ? 1 : 0;
    }
    threads.shutdown();

    assertThat(granted).isEqualTo(300);
    assertThat(query(
            "select amount || ' ' || granted from usage_tracking" + " where user_id = 'user_many'"))
        .containsExactly("300 297");
    assertThat(query("select sum(units - used) from grants where user_id = 'user_many'"))
        .containsExactly("0");
  }

  private static Grant gives(String account, GrantContent gift, Optional<Instant> end) {
    return GRANTS
        .give(
            new NewGrant(
                new AccountId(account), gift, "why", Optional.empty(), end, Optional.empty()),
            "user_admin")
        .grant();
  }

  // Sooner than any month ends, but for the last minute of one.
  private static Instant soon() {
    return Instant.now().plus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.MICROS);
  }

  private static long left(Grant grant) {
    return GRANTS.get(grant.id()).left();
  }

  private static List<String> tier(String account) {
    return query("select get_user_subscription('" + account + "') ->> 'tier'");
  }

  private static List<String> query(String sql) {
    return TestDatabase.query(CONFIG, sql);
  }

  private static Plan plan(String tier, int rank, Map<String, Feature> features) {
    return new Plan(tier, tier, "", "plan", rank, false, 0, Map.of(), features);
  }
}
