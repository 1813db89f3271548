package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.RecordedUsage;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What administrators give to accounts: from the instant to the instant, and on record for good. */
class GrantsTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final String ADMIN = "user_admin";
  private static final GrantContent PRO = new GrantContent.Tier("pro");

  private final BillingWorld world = BillingWorld.builder().catalog(catalog()).build();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPlanIsHadUntilTheGrantEndsToTheInstant() {
    Instant end = now().plus(Duration.ofDays(3));
    Grant grant = gives(newGrant(PRO).until(end));

    assertThat(report().tier()).isEqualTo("pro");
    assertThat(report().grant()).contains(grant);
    assertThat(report().source()).isEmpty();
    assertThat(allowed("sharing")).isTrue();

    world.advance(Duration.ofDays(3).minusSeconds(1));
    assertThat(allowed("sharing")).isTrue();
    world.advance(Duration.ofSeconds(1));
    assertThat(allowed("sharing")).isFalse();
    assertThat(report().tier()).isEqualTo("free");
    assertThat(report().grant()).isEmpty();
    assertThat(world.billing().grants().get(grant.id())).isEqualTo(grant);
  }

  @Test
  void whatIsRememberedEndsAtTheInstantToo() {
    gives(newGrant(PRO).until(now().plusSeconds(60)));
    assertThat(allowed("sharing")).isTrue();

    // By the billing clock alone: the cache expires by the other one.
    world.provider().advance(Duration.ofSeconds(59));
    assertThat(allowed("sharing")).isTrue();
    world.provider().advance(Duration.ofSeconds(1));

    assertThat(allowed("sharing")).isFalse();
  }

  @Test
  void whatBeginsLaterGivesNothingBefore() {
    Instant start = now().plusSeconds(60);
    gives(new NewGrant(
        ADA, PRO, "from next week", Optional.of(start), Optional.empty(), Optional.empty()));

    assertThat(report().tier()).isEqualTo("free");
    world.advance(Duration.ofSeconds(60));
    assertThat(report().tier()).isEqualTo("pro");
  }

  @Test
  void aGrantNeverHidesABetterSubscriptionNorASubscriptionABetterGrant() {
    Shopper ada = Shopper.named("ada", world);
    ada.buys("basic", Shopper.PAYS);
    gives(newGrant(new GrantContent.Tier("free")));
    assertThat(report().tier()).isEqualTo("basic");
    assertThat(report().source()).isPresent();
    gives(newGrant(new GrantContent.Tier("basic")));
    assertThat(report().grant()).as("as good as the subscription").isEmpty();

    Instant end = now().plus(Duration.ofDays(2));
    gives(newGrant(PRO).until(end));
    assertThat(report().tier()).isEqualTo("pro");
    world.advance(Duration.ofDays(2));
    assertThat(report().tier()).isEqualTo("basic");
    assertThat(report().source()).isPresent();
  }

  @Test
  void revokedGrantsGiveNothingFromThatInstantAndStayOnRecord() {
    Grant plan = gives(newGrant(PRO));
    Grant units = gives(newGrant(new GrantContent.Units("quiz", 5)));
    assertThat(use(5)).isInstanceOf(ConsumeResult.Granted.class);

    Grant revoked = world.billing().grants().revoke(plan.id(), ADMIN, Optional.of("wrong account"));
    world.billing().grants().revoke(units.id(), ADMIN, Optional.empty());
    assertThat(revoked.revoked())
        .contains(new Grant.Revocation(now(), ADMIN, Optional.of("wrong account")));
    assertThat(report().tier()).isEqualTo("free");
    assertThat(quizzes().used()).as("what was used stays used").isEqualTo(2);
    assertThat(quizzes().remaining()).contains(0L);
    assertThat(use(1)).isInstanceOf(ConsumeResult.Denied.class);

    world.advance(Duration.ofDays(1));
    assertThat(world.billing().grants().revoke(plan.id(), "user_other", Optional.empty()))
        .isEqualTo(revoked);
    assertThat(world.billing().grants().list(Optional.of(ADA), Optional.empty(), 10))
        .extracting(Grant::id)
        .containsExactly(units.id(), plan.id());
  }

  @Test
  void includedUnitsComeBeforeGrantsThatOutliveTheWindowAndAfterThoseThatDoNot() {
    Grant endless = gives(newGrant(new GrantContent.Units("quiz", 4)));
    Grant soon =
        gives(newGrant(new GrantContent.Units("quiz", 1)).until(now().plus(Duration.ofDays(1))));
    Grant years =
        gives(newGrant(new GrantContent.Units("quiz", 1)).until(now().plus(Duration.ofDays(400))));

    assertThat(quizzes().remaining()).contains(8L);
    assertThat(check("quiz").grants())
        .containsExactly(left(soon, 1), left(years, 1), left(endless, 4));
    assertThat(drawn(1)).isEqualTo(Map.of(soon.id(), 1L));
    assertThat(drawn(2)).as("included").isEmpty();
    assertThat(quizzes().used()).isEqualTo(2);
    assertThat(drawn(3)).isEqualTo(Map.of(years.id(), 1L, endless.id(), 2L));
    assertThat(check("quiz").grants()).containsExactly(left(endless, 2));
    assertThat(quizzes().remaining()).contains(2L);
    assertThat(use(3)).isInstanceOf(ConsumeResult.Denied.class);
    assertThat(drawn(2)).isEqualTo(Map.of(endless.id(), 2L));
    assertThat(check("quiz").allowed()).isFalse();
  }

  @Test
  void unitsThatAreGivenBackAreInTheirGrantAgainAndGoneIfItHasEnded() {
    Grant soon =
        gives(newGrant(new GrantContent.Units("quiz", 3)).until(now().plus(Duration.ofDays(1))));
    Grant endless = gives(newGrant(new GrantContent.Units("quiz", 1)));
    String first = consumption(use(2));
    String second = consumption(use(1));

    world.billing().entitlements().release(ADA, "quiz", first);
    assertThat(check("quiz").grants()).containsExactly(left(soon, 2), left(endless, 1));
    world.advance(Duration.ofDays(1));
    world.billing().entitlements().release(ADA, "quiz", second);
    world.billing().entitlements().release(ADA, "quiz", second);

    assertThat(world.billing().grants().get(soon.id()).left()).isEqualTo(3);
    assertThat(quizzes().remaining()).contains(3L);
    assertThat(check("quiz").grants()).containsExactly(left(endless, 1));
  }

  @Test
  void whatIsReportedLateIsDrawnFromWhatHeldThen() {
    Grant grant =
        gives(newGrant(new GrantContent.Units("quiz", 3)).until(now().plus(Duration.ofHours(1))));
    world.advance(Duration.ofHours(2));
    assertThat(check("quiz").grants()).as("it has ended").isEmpty();

    RecordedUsage late = world
        .billing()
        .entitlements()
        .record(
            ADA,
            new UsageReport(
                "quiz",
                2,
                Optional.empty(),
                Optional.of(now().minus(Duration.ofMinutes(90))),
                Map.of()));

    assertThat(late.consumption().ofGrants()).isEqualTo(Map.of(grant.id(), 2L));
    assertThat(quizzes().used()).isZero();
  }

  @Test
  void aFlagIsOnForWhoWasGivenIt() {
    Grant grant = gives(newGrant(new GrantContent.Flag("sharing")));

    assertThat(allowed("sharing")).isTrue();
    assertThat(check("sharing").grants())
        .containsExactly(new Decision.GrantLeft(grant.id(), Optional.empty(), Optional.empty()));
    assertThat(report().tier()).isEqualTo("free");
    assertThat(world
            .billing()
            .entitlements()
            .check(new AccountId("user_eve"), "sharing")
            .allowed())
        .isFalse();
    world.billing().grants().revoke(grant.id(), ADMIN, Optional.empty());
    assertThat(allowed("sharing")).isFalse();
  }

  @Test
  void whatAnotherNodeGivesIsSeenWithinASecondAndWhatThisOneGivesAtOnce() {
    assertThat(allowed("sharing")).isFalse();
    try (Billing other = world.program(world.store(), world.gateway())) {
      Grant grant = other.grants().give(newGrant(PRO), ADMIN).grant();
      assertThat(allowed("sharing")).isFalse();
      world.wallClock().advance(Duration.ofSeconds(1));
      assertThat(allowed("sharing")).isTrue();
      world.billing().grants().revoke(grant.id(), ADMIN, Optional.empty());
      assertThat(allowed("sharing")).isFalse();
    }
  }

  @Test
  void underOneKeyOneGrantIsGivenHoweverLateItIsRepeated() {
    NewGrant newGrant = NewGrant.of(ADA, new GrantContent.Units("quiz", 5), "sorry", "ticket-7")
        .until(now().plusSeconds(60));
    Grant grant = gives(newGrant);
    world.advance(Duration.ofHours(1));

    assertThat(world.billing().grants().give(newGrant, "user_other").grant()).isEqualTo(grant);
    assertThat(world.billing().grants().give(newGrant, "user_other").again()).isTrue();
    assertThatThrownBy(() -> world
            .billing()
            .grants()
            .give(NewGrant.of(ADA, new GrantContent.Units("quiz", 6), "sorry", "ticket-7"), ADMIN))
        .isInstanceOf(Conflict.class);
    assertThat(world.billing().grants().list(Optional.of(ADA), Optional.empty(), 10))
        .hasSize(1);
  }

  @Test
  void whatCannotBeGivenIsRefusedByName() {
    refused("tier", newGrant(new GrantContent.Tier("gold")));
    refused("feature", newGrant(new GrantContent.Units("export", 1)));
    refused("feature", newGrant(new GrantContent.Flag("quiz")));
    refused("feature", newGrant(new GrantContent.Flag("nothing")));
    refused("expiresAt", newGrant(PRO).until(now()));
    refused(
        "startsAt",
        new NewGrant(
            ADA,
            PRO,
            "why",
            Optional.of(now().minusSeconds(1)),
            Optional.empty(),
            Optional.empty()));
    assertThatThrownBy(() -> newGrant(new GrantContent.Units("quiz", 0)))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            e -> assertThat(e.errors())
                .extracting(ValidationFailed.FieldError::field)
                .containsExactly("units"));
    assertThatThrownBy(() -> world.billing().grants().revoke("gr_none", ADMIN, Optional.empty()))
        .isInstanceOf(NotFound.class);
    assertThat(world.billing().grants().list(Optional.of(ADA), Optional.empty(), 10))
        .isEmpty();
  }

  private void refused(String field, NewGrant newGrant) {
    assertThatThrownBy(() -> world.billing().grants().give(newGrant, ADMIN))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            e -> assertThat(e.errors())
                .extracting(ValidationFailed.FieldError::field)
                .containsExactly(field));
  }

  private static NewGrant newGrant(GrantContent gift) {
    return new NewGrant(
        ADA, gift, "to make up for it", Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Grant gives(NewGrant newGrant) {
    Grant grant = world.billing().grants().give(newGrant, ADMIN).grant();
    assertThat(grant.givenBy()).isEqualTo(ADMIN);
    assertThat(grant.givenAt()).isEqualTo(now());
    return grant;
  }

  private ConsumeResult use(long amount) {
    return world
        .billing()
        .entitlements()
        .consume(ADA, new Use("quiz", amount, Optional.empty(), Optional.empty()));
  }

  private static String consumption(ConsumeResult used) {
    return ((ConsumeResult.Granted) used).consumption().orElseThrow().id();
  }

  private Map<String, Long> drawn(long amount) {
    return ((ConsumeResult.Granted) use(amount)).consumption().orElseThrow().ofGrants();
  }

  private static Decision.GrantLeft left(Grant grant, long units) {
    return new Decision.GrantLeft(grant.id(), Optional.of(units), grant.expiresAt());
  }

  private Decision.Allowance quizzes() {
    return check("quiz").allowance().orElseThrow();
  }

  private Decision check(String feature) {
    return world.billing().entitlements().check(ADA, feature);
  }

  private boolean allowed(String feature) {
    return check(feature).allowed();
  }

  private EntitlementReport report() {
    return world.billing().entitlements().of(ADA);
  }

  private Instant now() {
    return world.engine().now();
  }

  /** Two quizzes a month for everybody, beside what the shop sells. */
  private static Catalog catalog() {
    Catalog shop = ACatalog.withoutTrials();
    Window month = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);
    List<Plan> plans = shop.plans().stream()
        .map(plan -> {
          Map<String, Feature> features = new HashMap<>(plan.features());
          features.put("quiz", new Feature.Counter(2, month));
          return plan.with(features);
        })
        .toList();
    return new Catalog(plans, "free", Catalog.DEFAULT_GRACE);
  }
}
