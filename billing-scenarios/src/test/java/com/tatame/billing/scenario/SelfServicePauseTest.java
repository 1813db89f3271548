package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.SelfServicePause;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.Subscriptions;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users pause what they pay for, and get nothing for what they don't pay. */
class SelfServicePauseTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final BillingWorld world =
      BillingWorld.builder().startAt(START).catalog(pausable()).build();
  private final Shopper ada = Shopper.named("ada", world);

  /** Basic may be paused twice a year for 30 days, pro may not. */
  static Catalog pausable() {
    Catalog catalog = ACatalog.withoutTrials();
    return new Catalog(
        catalog.plans().stream()
            .map(
                plan -> plan.tier().equals("basic") ? plan.with(new SelfServicePause(30, 2)) : plan)
            .toList(),
        catalog.items(),
        catalog.defaultTier(),
        catalog.grace(),
        catalog.coupons(),
        catalog.policies());
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Subscriptions subscriptions() {
    return world.billing().subscriptions();
  }

  private Subscription pause(Subscription subscription, int days) {
    return subscriptions()
        .pauseByUser(
            ada.account(),
            subscription.id(),
            Optional.of(subscription.currentPeriodEnd().plus(Duration.ofDays(days))));
  }

  @Test
  void whatIsPaidStaysUsableAndWhatIsSkippedIsNot() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    long before = Charges.of(world, ada.customerId());

    Subscription paused = pause(basic, 10);

    assertThat(paused.pausedByUser()).isPresent();
    assertThat(ada.tier()).isEqualTo("basic");
    world.advance(Duration.ofDays(29));
    assertThat(ada.tier()).as("until the renewal").isEqualTo("basic");
    world.advance(Duration.ofDays(4));
    assertThat(ada.tier()).as("in the pause").isEqualTo("free");
    world.advance(Duration.ofDays(15));
    assertThat(subscriptions().get(ada.account(), basic.id()).collectionPaused())
        .isEmpty();
    assertThat(ada.tier()).as("after the pause, not paid yet").isEqualTo("free");
    assertThat(Charges.of(world, ada.customerId())).isEqualTo(before);
    world.advance(Duration.ofDays(15));
    assertThat(ada.tier()).as("after the next renewal").isEqualTo("basic");
    assertThat(Charges.of(world, ada.customerId())).isGreaterThan(before);
    assertThat(tierAt(START.plus(Duration.ofDays(20)))).isEqualTo("basic");
    assertThat(tierAt(START.plus(Duration.ofDays(35)))).isEqualTo("free");
    assertThat(tierAt(START.plus(Duration.ofDays(46)))).isEqualTo("free");
  }

  private String tierAt(Instant at) {
    return world.billing().entitlements().at(at).of(ada.account()).tier();
  }

  @Test
  void pauseEndedAfterItsRenewalGivesNothingForTheSkippedPeriod() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    pause(basic, 30);
    world.advance(Duration.ofDays(32));

    subscriptions().unpauseByUser(ada.account(), basic.id());

    assertThat(ada.tier()).isEqualTo("free");
    world.advance(Duration.ofDays(30));
    assertThat(ada.tier()).isEqualTo("basic");
  }

  @Test
  void pauseEndedBeforeItsRenewalChangesNothing() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    long before = Charges.of(world, ada.customerId());
    pause(basic, 30);
    world.advance(Duration.ofDays(20));

    subscriptions().unpauseByUser(ada.account(), basic.id());
    world.advance(Duration.ofDays(13));

    assertThat(ada.tier()).isEqualTo("basic");
    assertThat(Charges.of(world, ada.customerId())).isGreaterThan(before);
  }

  @Test
  void pausesAreCountedForTheAccountAlsoWhenTheyWereEndedAndBoughtAgain() {
    Subscription first = ada.buys("basic", Shopper.PAYS);
    pause(first, 20);
    assertThat(pause(first, 20).selfPause().orElseThrow().begun())
        .as("asked again")
        .hasSize(1);
    assertThatThrownBy(() -> pause(first, 21)).isInstanceOf(Conflict.class);
    subscriptions().unpauseByUser(ada.account(), first.id());
    subscriptions().cancel(ada.account(), first.id(), Cancellation.NOW, Optional.empty());
    world.advance(Duration.ofDays(3));
    Subscription second = ada.buys("basic", Shopper.PAYS);
    pause(second, 20);
    subscriptions().unpauseByUser(ada.account(), second.id());
    world.advance(Duration.ofDays(1));

    assertThatThrownBy(() -> pause(second, 20))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("2 times");
  }

  @Test
  void onlyWhatThePlanAllowsIsPaused() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    assertThatThrownBy(
            () -> subscriptions().pauseByUser(ada.account(), basic.id(), Optional.empty()))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> pause(basic, 31)).isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> pause(basic, 0)).isInstanceOf(ValidationFailed.class);
    subscriptions().cancel(ada.account(), basic.id(), Cancellation.PERIOD_END, Optional.empty());
    assertThatThrownBy(() -> pause(basic, 20)).isInstanceOf(Conflict.class);

    Shopper bob = Shopper.named("bob", world);
    Subscription pro = bob.buys("pro", Shopper.PAYS);
    assertThatThrownBy(() -> subscriptions()
            .pauseByUser(
                bob.account(),
                pro.id(),
                Optional.of(pro.currentPeriodEnd().plus(Duration.ofDays(3)))))
        .isInstanceOf(Forbidden.class)
        .hasMessageContaining("cancel");
  }

  @Test
  void administratorsPauseIsNotTheUsersToEndOrReplace() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    pause(basic, 20);

    subscriptions().pause(ada.account(), basic.id(), PauseBehavior.VOID, Optional.empty());

    assertThatThrownBy(() -> subscriptions().unpauseByUser(ada.account(), basic.id()))
        .isInstanceOf(Forbidden.class);
    assertThatThrownBy(() -> pause(basic, 20)).isInstanceOf(Forbidden.class);
    world.advance(Duration.ofDays(40));
    assertThat(ada.tier()).isEqualTo("basic");
  }

  @Test
  void pauseMadeInTheProvidersDashboardIsAnAdministrators() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    pause(basic, 20);

    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/subscriptions/" + basic.id(),
            Map.of("pause_collection", Map.of("behavior", "void"))));
    world.settle();

    assertThatThrownBy(() -> subscriptions().unpauseByUser(ada.account(), basic.id()))
        .isInstanceOf(Forbidden.class);
    world.advance(Duration.ofDays(40));
    assertThat(ada.tier()).isEqualTo("basic");
  }

  @Test
  void planIsNotChangedWhileNothingIsCollected() {
    Subscription basic = ada.buys("basic", Shopper.PAYS);
    ChangeRequest dearer = new ChangeRequest(
        Optional.of("pro"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ChangePolicy.PRORATE);
    String quote = subscriptions().quote(ada.account(), basic.id(), dearer).id();
    pause(basic, 20);

    assertThatThrownBy(() -> subscriptions().change(ada.account(), basic.id(), dearer))
        .isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> subscriptions().change(ada.account(), basic.id(), quote))
        .isInstanceOf(Conflict.class);
    assertThat(ada.tier()).isEqualTo("basic");
  }
}
