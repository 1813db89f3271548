package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts;
import com.tatame.billing.checkout.ItemRequest;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.entitlement.ConsumeResult;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.entitlement.Use;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rules of the three applications, over a year of their users, on every store.
 *
 * <p>In a build the stores that outlive a server see the first months of that year, with the months
 * that are shorter than the one before; {@code -Dbilling.months=12} shows them all of it.
 */
@ParameterizedClass
@EnumSource
final class ExampleRulesTest {
  enum Store {
    IN_MEMORY {
      @Override
      BillingStore open() {
        return new InMemoryBillingStore();
      }

      @Override
      int months() {
        return YEAR;
      }
    },
    ON_POSTGRESQL {
      @Override
      BillingStore open() {
        return Durable.ON_POSTGRESQL.open().open();
      }
    },
    ON_SUPABASE {
      @Override
      BillingStore open() {
        return Durable.ON_SUPABASE.open().open();
      }
    };

    private static final int YEAR = 12;

    abstract BillingStore open();

    int months() {
      return Integer.getInteger("billing.months", 4);
    }
  }

  private static final String PAYS = "4242424242424242";

  private final Store store;

  ExampleRulesTest(Store store) {
    this.store = store;
  }

  private BillingWorld world(String example, String start) {
    Catalog catalog =
        CatalogFile.read(Path.of("../examples/" + example + "/catalog.yaml"), Map.of());
    return BillingWorld.builder()
        .catalog(withItems(catalog))
        .startAt(Instant.parse(start))
        .store(store.open())
        .build();
  }

  // Prices at which the rules turn, which the example doesn't happen to have, and the same items
  // to be bought each month.
  private static Catalog withItems(Catalog catalog) {
    List<Item> items = new ArrayList<>(catalog.items());
    for (Item item : catalog.items()) {
      items.add(new Item(item.id() + "-again", item.name(), item.kind(), item.price(), true));
    }
    items.add(new Item("quiz-at-the-limit", "Just free", "quiz", new Money(50_00, "usd"), true));
    items.add(new Item("quiz-odd", "Odd", "quiz", new Money(15_03, "usd"), true));
    items.add(new Item("article-odd", "Odd", "article", new Money(1_05, "usd"), true));
    return new Catalog(
        catalog.plans(),
        items,
        catalog.defaultTier(),
        catalog.grace(),
        catalog.coupons(),
        catalog.policies());
  }

  @Test
  void myBeingsQuizzesReachEveryRuleWithoutBuyingOneTwice() {
    try (BillingWorld world = world("mybeing", "2026-01-31T10:00:00Z")) {
      User ada = new User(world, "ada");
      ada.subscribes("premium", BillingInterval.MONTHLY);

      assertThat(ada.buys("quiz-deep-profile")).as("above $50, so not free").isEqualTo("4800");
      assertThat(ada.buys("quiz-attachment")).isEqualTo("free");
      assertThat(ada.buys("quiz-love-language")).isEqualTo("free");
      assertThat(ada.buys("quiz-conflict-style")).as("20 % off").isEqualTo("1440");
      assertThat(ada.buys("quiz-energy")).as("20 % off").isEqualTo("720");
      assertThat(ada.buys("quiz-values")).as("the fourth further one").isEqualTo("2000");
      assertThat(ada.buys("quiz-at-work")).isEqualTo("2500");
      for (String owned : List.of("quiz-attachment", "quiz-energy", "quiz-at-work")) {
        assertThatThrownBy(() -> ada.buys(owned)).hasMessageContaining("owned already");
      }
    }
  }

  @Test
  void myBeingsMemberHasTwoQuizzesAndThreeArticlesInEachMonthOfTheMembership() {
    try (BillingWorld world = world("mybeing", "2026-01-31T10:00:00Z")) {
      User ada = new User(world, "ada");
      assertThat(ada.decision("quiz").allowed()).isFalse();
      ada.subscribes("premium", BillingInterval.MONTHLY);

      List<String> resets = List.of(
          "2026-02-28",
          "2026-03-31",
          "2026-04-30",
          "2026-05-31",
          "2026-06-30",
          "2026-07-31",
          "2026-08-31",
          "2026-09-30",
          "2026-10-31",
          "2026-11-30",
          "2026-12-31",
          "2027-01-31");
      for (String reset : resets.subList(0, store.months())) {
        Instant end = Instant.parse(reset + "T10:00:00Z");
        assertThat(ada.allowance("quiz").resetsAt()).contains(end);
        assertThat(ada.allowance("quiz").remaining()).contains(2L);
        aMonthOfQuizzes(ada);
        aMonthOfArticles(ada);
        world.advance(Duration.between(world.provider().now(), end.minusSeconds(1)));
        assertThat(ada.allowance("quiz").remaining()).contains(0L);
        world.advance(Duration.ofSeconds(1));
      }
    }
  }

  private static void aMonthOfQuizzes(User ada) {
    assertThat(ada.buys("quiz-deep-profile-again")).as("too dear to be free").isEqualTo("4800");
    assertThat(ada.buys("quiz-at-the-limit")).isEqualTo("free");
    assertThat(ada.buys("quiz-attachment-again")).isEqualTo("free");
    assertThat(ada.decision("quiz").allowed()).as("at a price").isTrue();

    CheckoutSession left = ada.opens("quiz-attachment-again");
    assertThat(ada.overageLeft("quiz")).as("held for the page").isEqualTo(1);
    ada.comesBackTooLateFor(left);
    assertThat(ada.overageLeft("quiz")).as("given back").isEqualTo(2);

    assertThat(ada.buys("quiz-odd")).as("half up").isEqualTo("1202");
    assertThat(ada.overageLeft("quiz")).isEqualTo(1);
    assertThat(ada.buys("quiz-attachment-again")).isEqualTo("1200");
    assertThat(ada.buys("quiz-attachment-again")).as("the fourth further one").isEqualTo("1500");
    assertThat(ada.overageLeft("quiz")).isZero();
  }

  private static void aMonthOfArticles(User ada) {
    for (int i = 0; i < 3; i++) {
      assertThat(ada.buys("article-sleep-again")).isEqualTo("free");
    }
    for (int i = 0; i < 2; i++) {
      assertThat(ada.buys("article-sleep-again")).as("349.3").isEqualTo("349");
      assertThat(ada.buys("article-odd")).as("73.5, half up").isEqualTo("74");
    }
    assertThat(ada.uses("article", 1)).as("without a price there is none").isFalse();
  }

  @Test
  void myBeingsChatIsFiveADayForEverybodyAndUnlimitedForMembers() {
    try (BillingWorld world = world("mybeing", "2026-03-10T22:00:00Z")) {
      User bob = new User(world, "bob");
      assertThat(bob.uses("ai_chat", 5)).isTrue();
      assertThat(bob.uses("ai_chat", 1)).isFalse();
      assertThat(bob.decision("ai_chat").upgrade().orElseThrow().tier()).isEqualTo("premium");
      world.advance(Duration.ofHours(2));
      assertThat(bob.uses("ai_chat", 5)).as("a new day").isTrue();

      bob.subscribes("premium", BillingInterval.MONTHLY);
      assertThat(bob.uses("ai_chat", 1_000)).isTrue();
      bob.cancels();
      assertThat(bob.uses("ai_chat", 1)).as("the day's use stays used").isFalse();
      world.advance(Duration.ofDays(1));
      assertThat(bob.uses("ai_chat", 5)).isTrue();
    }
  }

  @Test
  void painTrackersQuotasBeginAnewWithEachMonthOfTheCalendarAlsoForWhoPaysByTheYear() {
    try (BillingWorld world = world("pain-tracker", "2026-01-20T08:00:00Z")) {
      User eve = new User(world, "eve");
      assertThat(eve.uses("pain_entry", 50)).isTrue();
      assertThat(eve.uses("pain_entry", 1)).isFalse();

      eve.subscribes("basic", BillingInterval.YEARLY);
      assertThat(eve.allowance("pain_entry").remaining())
          .as("used units carry over")
          .contains(450L);
      for (int month = 2; month <= store.months(); month++) {
        Instant first = Instant.parse("2026-%02d-01T00:00:00Z".formatted(month));
        assertThat(eve.allowance("pain_entry").resetsAt()).contains(first);
        world.advance(Duration.between(world.provider().now(), first.minusSeconds(1)));
        assertThat(eve.uses("pain_entry", 500)).isEqualTo(month > 2);
        world.advance(Duration.ofSeconds(1));
        assertThat(eve.allowance("pain_entry").remaining()).contains(500L);
        assertThat(eve.uses("export", 10)).isTrue();
        assertThat(eve.uses("export", 1)).isFalse();
      }
    }
  }

  @Test
  void painTrackerRecordsWhatHappenedAndRefusesNothing() {
    try (BillingWorld world = world("pain-tracker", "2026-05-01T00:00:00Z")) {
      User dan = new User(world, "dan");
      Billing billing = world.billing();

      billing.entitlements().record(dan.account(), dan.report("mood_entry", 70));
      assertThat(dan.allowance("mood_entry").used()).isEqualTo(70);
      assertThat(dan.allowance("mood_entry").remaining()).contains(0L);
      assertThat(dan.uses("mood_entry", 1)).isFalse();

      billing.entitlements().set(dan.account(), "storage", 99);
      assertThat(dan.uses("storage", 1)).isTrue();
      assertThat(dan.uses("storage", 1)).isFalse();
      billing.entitlements().set(dan.account(), "storage", 40);
      assertThat(dan.allowance("storage").remaining()).contains(60L);
      world.advance(Duration.ofDays(40));
      assertThat(dan.allowance("storage").used()).as("a gauge knows no months").isEqualTo(40);
    }
  }

  @Test
  void painTrackersTrialsAreTheirPlansOwnAndAnUpgradeTakesAlongWhatWasUsed() {
    try (BillingWorld world = world("pain-tracker", "2026-06-03T12:00:00Z")) {
      User kim = new User(world, "kim");
      Subscription basic = kim.subscribes("basic", BillingInterval.MONTHLY);
      assertThat(basic.trialEnd()).contains(Instant.parse("2026-06-17T12:00:00Z"));
      assertThat(kim.uses("export", 10)).isTrue();
      assertThat(kim.decision("export").upgrade().orElseThrow().tier()).isEqualTo("pro");

      world
          .billing()
          .subscriptions()
          .change(
              kim.account(),
              basic.id(),
              new ChangeRequest(
                  Optional.of("pro"),
                  Optional.of(BillingInterval.MONTHLY),
                  Optional.empty(),
                  Optional.empty(),
                  ChangePolicy.PRORATE));
      world.settle();

      assertThat(kim.allowance("export").limit()).contains(100L);
      assertThat(kim.allowance("export").used()).isEqualTo(10);
      assertThat(kim.uses("pain_entry", 100_000)).isTrue();
      assertThat(kim.decision("shared_reports").allowed()).isTrue();
      kim.cancels();
      assertThat(kim.allowance("export").remaining())
          .as("never less than nothing")
          .contains(0L);
    }
  }

  @Test
  void tatamesReviewsAreCountedAndItsProsHaveNoLimit() {
    try (BillingWorld world = world("tatame", "2026-02-27T00:00:00Z")) {
      User lea = new User(world, "lea");
      assertThat(lea.uses("video_reviews", 2)).isTrue();
      assertThat(lea.uses("video_reviews", 1)).isFalse();
      assertThat(lea.decision("competition_planner").upgrade().orElseThrow().tier())
          .isEqualTo("pro");
      lea.subscribes("pro", BillingInterval.MONTHLY);
      assertThat(lea.uses("video_reviews", 500)).isTrue();
      assertThat(lea.decision("competition_planner").allowed()).isTrue();
    }
  }

  /** A user who subscribes and consumes. */
  private static final class User {
    private final BillingWorld world;
    private final AccountId account;

    User(BillingWorld world, String name) {
      this.world = world;
      this.account = new AccountId("user_" + name);
    }

    AccountId account() {
      return account;
    }

    Decision decision(String feature) {
      return world.billing().entitlements().check(account, feature);
    }

    Decision.Allowance allowance(String feature) {
      return decision(feature).allowance().orElseThrow();
    }

    boolean uses(String feature, long amount) {
      return world
              .billing()
              .entitlements()
              .consume(account, new Use(feature, amount, Optional.empty(), Optional.empty()))
          instanceof ConsumeResult.Granted;
    }

    /** What an item cost that was paid on its page, or {@code free}. */
    String buys(String item) {
      Checkouts.Sold sold = sells(item);
      if (sold.free().isPresent()) {
        assertThat(sold.free().get().amount().amount()).isZero();
        assertThat(sold.free().get().status()).isEqualTo(Purchase.Status.PAID);
        return "free";
      }
      String session = sold.session().orElseThrow().id();
      assertThat(world.provider().pay(session, PAYS)).isTrue();
      world.settle();
      Purchase bought =
          world.billing().checkouts().confirm(account, session).purchase().orElseThrow();
      assertThat(bought.status()).isEqualTo(Purchase.Status.PAID);
      return Long.toString(bought.amount().amount());
    }

    CheckoutSession opens(String item) {
      return sells(item).session().orElseThrow();
    }

    private Checkouts.Sold sells(String item) {
      return world
          .billing()
          .checkouts()
          .open(
              APrincipal.of(account),
              new ItemRequest(
                  item,
                  "https://shop.example.com/thanks",
                  "https://shop.example.com/items",
                  Optional.empty()));
    }

    void comesBackTooLateFor(CheckoutSession session) {
      world.advance(
          Duration.between(world.provider().now(), session.expiresAt()).plusMinutes(1));
      assertThat(world.provider().pay(session.id(), PAYS)).isFalse();
    }

    long overageLeft(String feature) {
      return allowance(feature).overage().orElseThrow().remaining().orElseThrow();
    }

    UsageReport report(String feature, long amount) {
      return new UsageReport(feature, amount, Optional.empty(), Optional.empty(), Map.of());
    }

    Subscription subscribes(String tier, BillingInterval interval) {
      String session = world
          .billing()
          .checkouts()
          .open(
              APrincipal.of(account),
              new CheckoutRequest(
                  Optional.of(tier),
                  Optional.of(interval),
                  Optional.empty(),
                  1,
                  "https://shop.example.com/thanks",
                  "https://shop.example.com/plans",
                  Optional.empty()))
          .session()
          .id();
      assertThat(world.provider().pay(session, PAYS)).isTrue();
      world.settle();
      return world
          .billing()
          .checkouts()
          .confirm(account, session)
          .subscription()
          .orElseThrow();
    }

    void cancels() {
      Subscription live = world
          .billing()
          .subscriptions()
          .list(account, Optional.empty(), Optional.empty(), 1)
          .get(0);
      world
          .billing()
          .subscriptions()
          .cancel(account, live.id(), Cancellation.NOW, Optional.empty());
      world.settle();
    }
  }
}
