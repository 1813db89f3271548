package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.EntitlementCandidate;
import com.tatame.billing.entitlement.EntitlementCandidate.OfDefaultPlan;
import com.tatame.billing.entitlement.EntitlementCandidate.OfGrant;
import com.tatame.billing.entitlement.EntitlementCandidate.OfSubscription;
import com.tatame.billing.entitlement.EntitlementCandidate.Verdict;
import com.tatame.billing.entitlement.Evidence;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Why an account may, or may not: which candidate decided, its evidence, and what was counted. */
class ExplanationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final BillingWorld world =
      BillingWorld.builder().catalog(catalog()).startAt(START).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void withoutASubscriptionTheDefaultPlanDecides() {
    Explanation export = explain("export");

    assertThat(export.decision()).isEqualTo(check("export"));
    assertThat(export.grounds())
        .containsExactly(new OfDefaultPlan("free", Verdict.DECIDES, "Nothing gives another plan."));
    assertThat(export.counting()).isEmpty();
    assertThat(export.summary())
        .isEqualTo("As of 2026-01-01T00:00:00Z, the account user_ada may not use export."
            + " The default plan The free plan holds. Nothing gives another plan."
            + " The plan does not include it."
            + " The next plan that gives more is The basic plan.");
  }

  @Test
  void decidingSubscriptionIsNamedWithItsEvidence() {
    world.advance(Duration.ofHours(3));
    ada.buys("pro", Shopper.PAYS);
    Subscription pro = ada.newest();

    OfSubscription ground = decisive(explain("export"));

    assertThat(ground.subscriptionId()).isEqualTo(pro.id());
    assertThat(ground.tier()).contains("pro");
    assertThat(ground.particulars().orElseThrow().priceId())
        .isEqualTo(pro.mainItem().priceId());
    assertThat(ground.why())
        .isEqualTo("It is in its trial until " + pro.trialEnd().orElseThrow() + ".");
    Evidence evidence = ground.evidence().orElseThrow();
    assertThat(evidence.asOf()).isEqualTo(START.plus(Duration.ofHours(3)));
    assertThat(evidence.recordedAt()).isEqualTo(START.plus(Duration.ofHours(3)));
    assertThat(evidence.from()).isEqualTo(Observation.Source.SNAPSHOT);
    assertThat(world
            .billing()
            .webhooks()
            .event(evidence.eventId().orElseThrow())
            .event()
            .type())
        .startsWith("customer.subscription.");
    assertThat(explain("export").summary())
        .contains("by the subscription " + pro.id(), evidence.eventId().orElseThrow());
  }

  @Test
  void anEventThatChangesNothingOfItIsNoNewEvidence() {
    ada.buys("pro", Shopper.PAYS);
    Evidence first = decisive(explain("export")).evidence().orElseThrow();

    world.advance(Duration.ofDays(2));
    ada.saves("pm_card_visa");

    assertThat(decisive(explain("export")).evidence()).contains(first);
  }

  @Test
  void itsEndIsForetold() {
    ada.buys("basic", Shopper.PAYS);
    Subscription basic = ada.newest();
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), basic.id(), Cancellation.PERIOD_END, Optional.empty());
    world.settle();

    assertThat(decisive(explain("export")).why())
        .endsWith("It is set to end at " + basic.currentPeriodEnd() + ".");
  }

  @Test
  void aFailedPaymentKeepsWhatItGivesUntilTheGraceIsOver() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    world.advance(Duration.ofDays(15));

    OfSubscription graced = decisive(explain("export"));
    Instant until = graced.graceUntil().orElseThrow();
    assertThat(graced.why())
        .isEqualTo("Its payment failed; it keeps what it gives until " + until + ".");

    world.advance(Duration.between(world.engine().now(), until));
    Explanation after = explain("export");

    assertThat(after.decision().allowed()).isFalse();
    assertThat(verdicts(after)).containsExactly(Verdict.GRACE_OVER, Verdict.DECIDES);
    assertThat(after.summary())
        .contains("does not decide: its payment failed, and what it gave ended at " + until);
  }

  @Test
  void whatEndedIsSaidToHaveEnded() {
    ada.buys("basic", Shopper.PAYS);
    String id = ada.newest().id();
    world.billing().subscriptions().cancel(ada.account(), id, Cancellation.NOW, Optional.empty());
    world.settle();

    Explanation after = explain("export");

    assertThat(verdicts(after)).containsExactly(Verdict.DECIDES, Verdict.GIVES_NOTHING);
    assertThat(((OfSubscription) after.grounds().get(1)).why())
        .isEqualTo("It ended at " + START + ".");
  }

  @Test
  void whatIsCountedIsShownWithItsWindow() {
    world
        .billing()
        .entitlements()
        .consume(
            ada.account(),
            new Use("quiz", 2, Optional.of(new Money(10_00, "usd")), Optional.empty()));
    world
        .billing()
        .entitlements()
        .consume(
            ada.account(),
            new Use("quiz", 1, Optional.of(new Money(10_00, "usd")), Optional.empty()));

    Explanation quiz = explain("quiz");

    Explanation.Counting counting = quiz.counting().orElseThrow();
    assertThat(counting.window()).contains(MONTH);
    assertThat(counting.period())
        .isEqualTo(new Period(START, Instant.parse("2026-02-01T00:00:00Z")));
    assertThat(counting.used().included()).isEqualTo(2);
    assertThat(counting.used().overage()).isEqualTo(1);
    assertThat(quiz.summary())
        .contains("The plan includes 2 each month (UTC); 2 are used from 2026-01-01T00:00:00Z until"
            + " 2026-02-01T00:00:00Z, and 0 are left. Beyond them 2 more are left at 20 % off; 1"
            + " were taken so.");
  }

  @Test
  void whatWasGivenIsNamedWhetherItDecidesOrNot() {
    Instant end = START.plus(Duration.ofDays(9));
    Grant pro = give(new GrantContent.Tier("pro"), Optional.empty(), end);
    Grant basic = give(new GrantContent.Tier("basic"), Optional.empty(), end.plusSeconds(1));
    Grant later =
        give(new GrantContent.Tier("pro"), Optional.of(START.plusSeconds(60)), end.plusSeconds(2));

    Explanation explanation = explain("export");

    assertThat(verdicts(explanation))
        .containsExactly(Verdict.DECIDES, Verdict.OUTRANKED, Verdict.NOT_BEGUN, Verdict.OUTRANKED);
    assertThat(explanation.grounds().stream().limit(3).map(each -> ((OfGrant) each).grantId()))
        .containsExactly(pro.id(), basic.id(), later.id());
    assertThat(explanation.plan().tier()).isEqualTo("pro");
    assertThat(explanation.summary())
        .contains("holds, by the grant " + pro.id() + ". It was given until " + end + ".");
  }

  @Test
  void unitsAndFlagsThatWereGivenAreToldBesideThePlan() {
    Instant end = START.plus(Duration.ofDays(9));
    Grant flag = give(new GrantContent.Flag("sharing"), Optional.empty(), end);
    Grant units = give(new GrantContent.Units("quiz", 4), Optional.empty(), end);

    assertThat(explain("sharing").summary())
        .endsWith("The plan does not include it. The grant " + flag.id() + " gives it until " + end
            + ".");
    assertThat(explain("quiz").summary())
        .contains(
            "and 2 are left. The grant " + units.id() + " has 4 more left until " + end + ".");
  }

  private Grant give(GrantContent gift, Optional<Instant> start, Instant end) {
    return world
        .billing()
        .grants()
        .give(
            new NewGrant(
                ada.account(), gift, "for nothing", start, Optional.of(end), Optional.empty()),
            "user_admin")
        .grant();
  }

  @Test
  void aFeatureThatNobodySellsIsNotFound() {
    assertThatThrownBy(() -> explain("nothing")).isInstanceOf(NotFound.class);
  }

  private Explanation explain(String feature) {
    Explanation explanation = world.billing().entitlements().explain(ada.account(), feature);
    assertThat(explanation.decision()).isEqualTo(check(feature));
    assertThat(verdicts(explanation)).containsOnlyOnce(Verdict.DECIDES);
    return explanation;
  }

  private Decision check(String feature) {
    return world.billing().entitlements().check(ada.account(), feature);
  }

  private static OfSubscription decisive(Explanation explanation) {
    return explanation.grounds().stream()
        .filter(ground -> ground.verdict() == Verdict.DECIDES)
        .map(OfSubscription.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static List<Verdict> verdicts(Explanation explanation) {
    return explanation.grounds().stream().map(EntitlementCandidate::verdict).toList();
  }

  private static final Window MONTH = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);

  private static Catalog catalog() {
    Feature.Counter quiz = new Feature.Counter(
        2,
        MONTH,
        Optional.empty(),
        Optional.of(new Overage(20, Optional.of(3L), Overage.Beyond.REFUSED)));
    Catalog shop = ACatalog.freeBasicAndPro();
    List<Plan> plans = new ArrayList<>();
    for (Plan plan : shop.plans()) {
      Map<String, Feature> features = new HashMap<>(plan.features());
      features.put("quiz", quiz);
      plans.add(plan.with(features));
    }
    return new Catalog(plans, "free", shop.grace());
  }
}
