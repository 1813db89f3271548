package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.DuplicatePolicy;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.Pause;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.duplicate.Duplicate.Settlement;
import com.tatame.billing.duplicate.Duplicate.Status;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.ProviderControl.Outage;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An account is left with one subscription of a family, and pays for one. */
class DuplicatesTest {
  private static final long PRICE = 5_00;

  @Test
  void twoSessionsThatWereBothPaidLeaveTheFirst() {
    try (BillingWorld world = world(1, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Shopper ada = Shopper.named("ada", world);
      String early = ada.opens("basic").id();
      String late = ada.sessionElsewhere("pro_monthly");
      world.provider().advance(Duration.ofSeconds(1));
      assertThat(world.provider().pay(late, Shopper.PAYS)).isTrue();
      world.provider().advance(Duration.ofSeconds(1));
      assertThat(world.provider().pay(early, Shopper.PAYS)).isTrue();

      handle(world);

      Duplicate handled =
          world.billing().duplicates().list(false, Optional.empty(), 2).get(0);
      assertThat(handled.status()).isEqualTo(Status.CANCELED);
      assertThat(handled.settlement()).contains(new Settlement(PRICE, PRICE, "usd"));
      assertThat(handled.handledBy()).contains("policy");
      assertThat(live(world)).containsExactly(handled.keptId());
      assertThat(ada.tier()).isEqualTo("pro");
      assertThat(Charges.of(world, ada.customerId()) - refunded(world)).isEqualTo(15_00);
      assertThat(world.billing().duplicates().open()).isZero();
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void oneThatAnotherProgramSoldIsEndedAndTellsWhy() {
    try (BillingWorld world = world(2, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      world.provider().advance(Duration.ofDays(3));
      String second = ada.buysElsewhere("basic_yearly");

      handle(world);

      assertThat(live(world)).containsExactly(first);
      assertThat(world.billing().subscriptions().get(ada.account(), second).cancelReason())
          .contains("one too many, beside " + first);
      assertThat(refunded(world)).isEqualTo(50_00);
      assertThat(SimulatorReads.all(world, "/v1/refunds", Map.of()))
          .extracting(refund -> refund.required("reason").asText())
          .containsExactly("duplicate");
      assertThat(SimulatorReads.all(world, "/v1/invoices", Map.of("subscription", second)))
          .as("nothing was prorated")
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ALERT", "KEEP_BOTH"})
  void nothingIsChangedAtTheProviderUnlessThePolicySaysSo(DuplicatePolicy policy) {
    try (BillingWorld world = world(3, policy)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(1));
      String second = ada.buysElsewhere("pro_monthly");

      handle(world);
      world.advance(Duration.ofDays(40));

      assertThat(live(world)).hasSize(2);
      assertThat(refunded(world)).isZero();
      assertThat(sent(world)).isEmpty();
      List<Duplicate> listed = world.billing().duplicates().list(true, Optional.empty(), 10);
      if (policy == DuplicatePolicy.KEEP_BOTH) {
        assertThat(listed).isEmpty();
      } else {
        assertThat(listed).singleElement().satisfies(alert -> {
          assertThat(alert.subscriptionId()).isEqualTo(second);
          assertThat(alert.status()).isEqualTo(Status.ALERTED);
          assertThat(alert.account()).isEqualTo(ada.account());
        });
        assertThat(world.billing().duplicates().open()).isEqualTo(1);
      }
    }
  }

  @Test
  void anOperatorDecidesAboutAnAlert() {
    try (BillingWorld world = world(4, DuplicatePolicy.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      world.provider().advance(Duration.ofSeconds(1));
      String second = ada.buysElsewhere("basic_monthly");
      handle(world);

      Duplicate canceled = world.billing().duplicates().cancel(second, "user_admin");

      assertThat(canceled.status()).isEqualTo(Status.CANCELED);
      assertThat(canceled.handledBy()).contains("user_admin");
      assertThat(live(world)).containsExactly(first);
      assertThat(refunded(world)).isEqualTo(PRICE);
      assertThat(world.billing().duplicates().cancel(second, "user_other")).isEqualTo(canceled);
      assertThat(refunded(world)).isEqualTo(PRICE);
      assertThatThrownBy(() -> world.billing().duplicates().cancel(first, "user_admin"))
          .isInstanceOf(NotFound.class);
    }
  }

  @Test
  void anAlertIsOverOnceOneOfTheTwoHasEnded() {
    try (BillingWorld world = world(5, DuplicatePolicy.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      world.provider().advance(Duration.ofSeconds(1));
      String second = ada.buysElsewhere("basic_monthly");
      handle(world);

      world
          .billing()
          .subscriptions()
          .cancel(ada.account(), first, Cancellation.NOW, Optional.empty());
      world.wallClock().advance(Duration.ofMinutes(6));
      handle(world);

      assertThat(world.billing().duplicates().open()).isZero();
      assertThat(world.billing().duplicates().list(false, Optional.empty(), 1))
          .extracting(Duplicate::status)
          .containsExactly(Status.OVER);
      assertThatThrownBy(() -> world.billing().duplicates().cancel(second, "user_admin"))
          .isInstanceOf(Conflict.class);
      assertThat(live(world)).containsExactly(second);
    }
  }

  @Test
  void nothingIsCanceledOnceTheProviderHoldsOneAlone() {
    try (BillingWorld world = world(6, DuplicatePolicy.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      world.provider().advance(Duration.ofSeconds(1));
      String second = ada.buysElsewhere("basic_monthly");
      handle(world);
      // It ends in the dashboard, and its event has not come yet.
      SimulatorReads.call(world, Request.of("DELETE", "/v1/subscriptions/" + first, Map.of()));

      assertThatThrownBy(() -> world.billing().duplicates().cancel(second, "user_admin"))
          .isInstanceOf(Conflict.class);

      assertThat(live(world)).containsExactly(second);
      assertThat(refunded(world)).isZero();
    }
  }

  @Test
  void anotherFamilyIsNoDuplicateAndOthersAreLeftAlone() {
    Catalog families = twoFamilies();
    try (BillingWorld world = BillingWorld.builder().seed(7).catalog(families).build()) {
      Shopper ada = Shopper.named("ada", world);
      Shopper bob = Shopper.named("bob", world);
      ada.buys("basic", Shopper.PAYS);
      ada.buys("pro", Shopper.PAYS);
      bob.buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(1));
      String extra = bob.buysElsewhere("basic_monthly");
      bob.buys("pro", Shopper.PAYS);

      handle(world);

      assertThat(live(world)).hasSize(4).doesNotContain(extra);
      assertThat(world.billing().duplicates().list(false, Optional.empty(), 10))
          .extracting(Duplicate::subscriptionId)
          .containsExactly(extra);
      assertThat(Charges.of(world, ada.customerId())).isEqualTo(20_00);
      assertThat(refunded(world)).isEqualTo(PRICE);
    }
  }

  @Test
  void ofTwoPairsEachLosesItsOwn() {
    try (BillingWorld world = world(8, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Set<String> kept = new HashSet<>();
      for (String name : List.of("ada", "bob")) {
        Shopper shopper = Shopper.named(name, world);
        kept.add(shopper.buys("basic", Shopper.PAYS).id());
        world.provider().advance(Duration.ofSeconds(1));
        shopper.buysElsewhere("basic_monthly");
      }

      handle(world);

      assertThat(live(world)).containsExactlyInAnyOrderElementsOf(kept);
      for (String name : List.of("ada", "bob")) {
        Shopper shopper = Shopper.named(name, world);
        assertThat(world.billing().duplicates().list(false, Optional.empty(), 10))
            .filteredOn(duplicate -> duplicate.account().equals(shopper.account()))
            .singleElement()
            .extracting(Duplicate::settlement)
            .isEqualTo(Optional.of(new Settlement(PRICE, PRICE, "usd")));
      }
      assertThat(refunded(world)).isEqualTo(2 * PRICE);
    }
  }

  @Test
  void ofThreeTheFirstStays() {
    try (BillingWorld world = world(9, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      for (int i = 0; i < 2; i++) {
        world.provider().advance(Duration.ofSeconds(1));
        ada.buysElsewhere("pro_monthly");
      }

      handle(world);

      assertThat(live(world)).containsExactly(first);
      assertThat(refunded(world)).isEqualTo(30_00);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void theOrderOfTheEventsDoesNotMatter(long seed) {
    try (BillingWorld world = world(seed, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Shopper ada = Shopper.named("ada", world);
      String early = ada.opens("basic").id();
      String late = ada.sessionElsewhere("basic_monthly");
      assertThat(world.provider().pay(early, Shopper.PAYS)).isTrue();
      world.provider().advance(Duration.ofSeconds(seed % 2));
      assertThat(world.provider().pay(late, Shopper.PAYS)).isTrue();
      List<JsonNode> made = SimulatorReads.subscriptions(world);

      for (int i = 0; i < 5; i++) {
        world.deliver(new Disorder(true, 40, 0, 30));
        world.wallClock().advance(Duration.ofSeconds(16));
        world.work();
      }
      handle(world);

      assertThat(live(world)).as("seed %s", seed).containsExactly(first(made));
      assertThat(Charges.of(world, ada.customerId()) - refunded(world)).isEqualTo(PRICE);
      assertThat(world.billing().duplicates().list(false, Optional.empty(), 10))
          .extracting(Duplicate::status)
          .containsExactly(Status.CANCELED);
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void whatCouldNotBeDoneIsDoneLater() {
    try (BillingWorld world = world(10, DuplicatePolicy.CANCEL_AND_REFUND_NEWER)) {
      Shopper ada = Shopper.named("ada", world);
      String first = ada.buys("basic", Shopper.PAYS).id();
      world.provider().advance(Duration.ofSeconds(1));
      ada.buysElsewhere("basic_monthly");
      world.deliver(Disorder.NONE);
      world.work();
      world.provider().fail(Outage.ANSWER_LOST, 1_000);
      world.wallClock().advance(Duration.ofSeconds(16));
      world.billing().work();
      world.provider().recover();
      world.wallClock().advance(Duration.ofMinutes(5));

      handle(world);

      assertThat(live(world)).containsExactly(first);
      assertThat(refunded(world)).isEqualTo(PRICE);
    }
  }

  @Test
  void aRefundThatAPersonMadeBeforeIsNotMadeAgain() {
    try (BillingWorld world = world(11, DuplicatePolicy.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(1));
      String second = ada.buysElsewhere("basic_monthly");
      handle(world);
      String payment = SimulatorReads.all(
              world, "/v1/payment_intents", Map.of("customer", ada.customerId()))
          .get(0)
          .required("id")
          .asText();
      SimulatorReads.call(
          world,
          Request.of("POST", "/v1/refunds", Map.of("payment_intent", payment, "amount", "200")));

      Duplicate canceled = world.billing().duplicates().cancel(second, "user_admin");

      assertThat(canceled.settlement()).contains(new Settlement(PRICE, PRICE, "usd"));
      assertThat(refunded(world)).isEqualTo(PRICE);
    }
  }

  @Test
  @Timeout(120)
  void twoHundredCheckoutsAtOnceLeaveOneSubscriptionThatIsPaidOnce() throws Exception {
    try (BillingWorld world = BillingWorld.builder()
        .seed(12)
        .pause(Pause.blocking())
        .catalog(catalog(DuplicatePolicy.CANCEL_AND_REFUND_NEWER))
        .build()) {
      Shopper ada = Shopper.named("ada", world);
      world.billing().customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
      world.settle();
      ExecutorService threads = Executors.newFixedThreadPool(20);
      int paid = 0;
      try {
        List<Future<Boolean>> checkouts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          boolean ours = i % 2 == 0;
          checkouts.add(threads.submit(() -> paysOnce(world, ada, ours)));
        }
        for (Future<Boolean> checkout : checkouts) {
          paid += checkout.get(60, TimeUnit.SECONDS) ? 1 : 0;
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(live(world)).hasSizeGreaterThan(100);
      assertThat(paid).isGreaterThan(100);
      String first = first(SimulatorReads.subscriptions(world));

      for (int i = 0; i < 5; i++) {
        handle(world);
      }

      assertThat(live(world)).containsExactly(first);
      assertThat(Charges.of(world, ada.customerId()) - refunded(world)).isEqualTo(PRICE);
      assertThat(world.billing().duplicates().open()).isZero();
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  // Through our checkout, or through an older page that doesn't check.
  private static boolean paysOnce(BillingWorld world, Shopper ada, boolean ours) {
    String session;
    try {
      session = ours ? ada.opens("basic").id() : ada.sessionElsewhere("basic_monthly");
    } catch (BillingException e) {
      return false;
    }
    return world.provider().pay(session, Shopper.PAYS);
  }

  // A refund waits for the events that tell which payment paid.
  private static void handle(BillingWorld world) {
    for (int i = 0; i < 3; i++) {
      world.settle();
      world.wallClock().advance(Duration.ofSeconds(61));
    }
    world.settle();
  }

  private static Set<String> live(BillingWorld world) {
    Predicate<JsonNode> ended =
        subscription -> subscription.required("status").asText().equals("canceled");
    Set<String> live = new HashSet<>();
    SimulatorReads.subscriptions(world).stream()
        .filter(ended.negate())
        .forEach(subscription -> live.add(subscription.required("id").asText()));
    return live;
  }

  private static String first(List<JsonNode> subscriptions) {
    return subscriptions.stream()
        .min((one, other) -> {
          int byTime = Long.compare(
              one.required("created").asLong(), other.required("created").asLong());
          return byTime != 0
              ? byTime
              : one.required("id").asText().compareTo(other.required("id").asText());
        })
        .orElseThrow()
        .required("id")
        .asText();
  }

  private static long refunded(BillingWorld world) {
    return SimulatorReads.all(world, "/v1/refunds", Map.of()).stream()
        .mapToLong(refund -> refund.required("amount").asLong())
        .sum();
  }

  private static List<Command> sent(BillingWorld world) {
    return world.store().commands().list(JournalFilter.ALL, Optional.empty(), 101).stream()
        .filter(command -> command.kind() == CommandKind.CANCEL_DUPLICATE
            || command.kind() == CommandKind.CREATE_REFUND)
        .toList();
  }

  private static BillingWorld world(long seed, DuplicatePolicy policy) {
    return BillingWorld.builder().seed(seed).catalog(catalog(policy)).build();
  }

  private static Catalog catalog(DuplicatePolicy policy) {
    return ACatalog.withoutTrials().with(Policies.DEFAULT.with(policy));
  }

  private static Catalog twoFamilies() {
    Catalog one = catalog(DuplicatePolicy.CANCEL_AND_REFUND_NEWER);
    List<Plan> plans = one.plans().stream()
        .map(plan -> new Plan(
            plan.tier(),
            plan.name(),
            plan.description(),
            plan.tier().equals("pro") ? "studio" : plan.family(),
            plan.rank(),
            plan.selfService(),
            plan.trialDays(),
            plan.prices(),
            plan.features()))
        .toList();
    return new Catalog(
        plans, one.items(), one.defaultTier(), one.grace(), one.coupons(), one.policies());
  }
}
