package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.EntitlementCandidate.Verdict;
import com.tatame.billing.entitlement.EntitlementReport;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.entitlement.Explanation;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.Grants;
import com.tatame.billing.entitlement.NewGrant;
import com.tatame.billing.entitlement.PastEntitlements;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
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
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What was answered in the past is answered again, however much became known since. */
class PastEntitlementsTest {
  private static final int STORIES = 60;
  private static final int STEPS = 30;

  /** As of now it is what is answered now; as of any moment before, what was answered then. */
  @Test
  void eachAnswerThatWasGivenIsGivenAgain() {
    long seed = System.nanoTime();
    int answers = 0;
    int changes = 0;
    for (int i = 0; i < STORIES; i++) {
      Map<Instant, Map<AccountId, EntitlementReport>> given = run(seed + i);
      answers += given.size();
      changes += (int) given.values().stream()
          .flatMap(each -> each.values().stream())
          .map(EntitlementReport::source)
          .distinct()
          .count();
    }
    assertThat(answers).as("seed %d", seed).isGreaterThan(STORIES * 4);
    assertThat(changes).as("seed %d", seed).isGreaterThan(STORIES * 2);
  }

  private static Map<Instant, Map<AccountId, EntitlementReport>> run(long seed) {
    Random random = new Random(seed);
    Map<Instant, Map<AccountId, EntitlementReport>> given = new TreeMap<>();
    try (RandomStory story = new RandomStory(seed, catalog())) {
      for (int step = 0; step < STEPS; step++) {
        story.step();
        give(story, random);
        use(story, random);
        given.put(story.world().engine().now(), answers(story));
      }
      story.end();
      Instant end = story.world().engine().now();
      given.put(end, answers(story));
      Entitlements entitlements = story.world().billing().entitlements();
      given.forEach((at, then) -> then.forEach((account, report) -> {
        PastEntitlements past = entitlements.at(at);
        EntitlementReport again = past.of(account);
        if (again.unknown().isEmpty()) {
          assertThat(again)
              .as("seed %d at %s", seed, at)
              .usingRecursiveComparison()
              // How long the stream was is not known of the past.
              .ignoringFields("revision")
              .isEqualTo(report);
          report.features().forEach((name, decision) -> {
            Explanation explanation = past.explain(account, name);
            assertThat(explanation.decision()).as("seed %d at %s", seed, at).isEqualTo(decision);
            assertThat(explanation.grounds().stream().map(each -> each.verdict()))
                .as("seed %d at %s", seed, at)
                .containsOnlyOnce(Verdict.DECIDES);
          });
        } else {
          assertThat(again.tier()).as("seed %d at %s", seed, at).isEqualTo(report.tier());
        }
      }));
    }
    return given;
  }

  private static Map<AccountId, EntitlementReport> answers(RandomStory story) {
    Map<AccountId, EntitlementReport> answers = new HashMap<>();
    for (Shopper shopper : story.shoppers()) {
      answers.put(shopper.account(), story.world().billing().entitlements().of(shopper.account()));
    }
    return answers;
  }

  private static void give(RandomStory story, Random random) {
    AccountId account =
        story.shoppers().get(random.nextInt(story.shoppers().size())).account();
    Grants grants = story.world().billing().grants();
    if (random.nextInt(3) == 0) {
      List<GrantContent> gifts = List.of(
          new GrantContent.Tier("basic"),
          new GrantContent.Tier("pro"),
          new GrantContent.Units("quiz", 2),
          new GrantContent.Flag("sharing"));
      Instant now = story.world().engine().now();
      grants.give(
          new NewGrant(
              account,
              gifts.get(random.nextInt(gifts.size())),
              "why not",
              Optional.of(now.plusSeconds(random.nextInt(3) * 400_000L)),
              Optional.of(now.plusSeconds(1_000_000 + random.nextInt(2_000_000))),
              Optional.empty()),
          "user_admin");
    } else if (random.nextInt(5) == 0) {
      grants.list(Optional.of(account), Optional.empty(), 1).stream()
          .filter(grant -> grant.revoked().isEmpty())
          .forEach(grant -> grants.revoke(grant.id(), "user_admin", Optional.empty()));
    }
  }

  private static void use(RandomStory story, Random random) {
    Entitlements entitlements = story.world().billing().entitlements();
    AccountId account =
        story.shoppers().get(random.nextInt(story.shoppers().size())).account();
    ConsumeResult used = entitlements.consume(
        account,
        new Use(
            random.nextBoolean() ? "quiz" : "box",
            1,
            Optional.of(new Money(10_00, "usd")),
            Optional.empty()));
    if (used instanceof ConsumeResult.Granted granted && random.nextInt(3) == 0) {
      Consumption consumption = granted.consumption().orElseThrow();
      entitlements.release(account, consumption.feature(), consumption.id());
    }
    if (random.nextInt(4) == 0) {
      entitlements.set(account, "room", random.nextInt(9));
    }
  }

  @Test
  void whatIsLearntLateIsSaidToHaveBeenLearntLate() {
    try (BillingWorld world = BillingWorld.builder().catalog(catalog()).build()) {
      Shopper ada = Shopper.named("ada", world);
      Instant paidAt = world.engine().now().plus(Duration.ofHours(1));
      world.advance(Duration.ofHours(1));
      assertThat(world.provider().pay(ada.opens("pro").id(), Shopper.PAYS)).isTrue();
      // The events are on their way for five minutes.
      world.engine().advanceTo(paidAt.plus(Duration.ofMinutes(5)));
      assertThat(ada.may("export")).isFalse();
      world.settle();
      assertThat(ada.may("export")).isTrue();
      Instant learntAt = world.engine().now();

      PastEntitlements then = world.billing().entitlements().at(paidAt.plusSeconds(180));
      Explanation refusal = then.explain(ada.account(), "export");

      assertThat(refusal.decision().allowed()).isFalse();
      assertThat(refusal.plan().tier()).isEqualTo("free");
      Explanation.Hindsight hindsight = refusal.hindsight().orElseThrow();
      assertThat(hindsight.knownSince()).isEqualTo(learntAt);
      assertThat(hindsight.decision().allowed()).isTrue();
      assertThat(hindsight.plan().tier()).isEqualTo("pro");
      assertThat(refusal.summary())
          .contains("may not use export", "Not known then, but since " + learntAt)
          .endsWith("With that, export would have been allowed.");
      assertThat(world.billing().entitlements().at(learntAt).explain(ada.account(), "export"))
          .isEqualTo(world.billing().entitlements().explain(ada.account(), "export"));
    }
  }

  @Test
  void whatLiesAheadIsNotForetold() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      Instant ahead = world.engine().now().plusNanos(1_000);
      assertThatThrownBy(() -> world.billing().entitlements().at(ahead))
          .isInstanceOf(ValidationFailed.class)
          .hasMessageContaining("at");
    }
  }

  private static Catalog catalog() {
    Window month = new Window(Window.Kind.SUBSCRIPTION_MONTH, ZoneOffset.UTC);
    Catalog shop = ACatalog.freeBasicAndPro();
    List<Plan> plans = new ArrayList<>();
    for (Plan plan : shop.plans()) {
      Map<String, Feature> features = new HashMap<>(plan.features());
      features.put(
          "quiz",
          new Feature.Counter(
              1 + 2L * plan.rank(),
              month,
              Optional.empty(),
              Optional.of(new Overage(20, Optional.of(3L), Overage.Beyond.FULL_PRICE))));
      features.put("box", new Feature.Counter(6, new Window(Window.Kind.LIFETIME, ZoneOffset.UTC)));
      features.put("room", new Feature.Gauge(3L + plan.rank()));
      plans.add(plan.with(features));
    }
    return new Catalog(plans, "free", shop.grace());
  }
}
