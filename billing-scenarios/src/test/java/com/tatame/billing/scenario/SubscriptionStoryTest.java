package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a subscription, and what it allows at each point of it. */
class SubscriptionStoryTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final BillingWorld world = BillingWorld.builder().startAt(START).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void whoHasBoughtNothingHasTheFreePlan() {
    assertThat(ada.tier()).isEqualTo("free");
    assertThat(ada.may("export")).isFalse();
    assertThat(ada.subscriptions()).isEmpty();
  }

  @Test
  void anOpenCheckoutGivesNothing() {
    ada.opens("basic");
    world.settle();

    assertThat(ada.tier()).isEqualTo("free");
  }

  @Test
  void aTrialEntitlesFromTheFirstMoment() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);

    assertThat(trial.status()).isEqualTo(SubscriptionStatus.TRIALING);
    assertThat(trial.tier()).contains("basic");
    assertThat(trial.trialEnd()).contains(START.plus(Duration.ofDays(14)));
    assertThat(ada.tier()).isEqualTo("basic");
    assertThat(ada.may("export")).isTrue();
    assertThat(ada.may("sharing")).isFalse();
  }

  @Test
  void eachPlanHasItsOwnTrial() {
    Subscription trial = ada.buys("pro", Shopper.PAYS);

    assertThat(trial.trialEnd()).contains(START.plus(Duration.ofDays(30)));
    assertThat(ada.may("sharing")).isTrue();
  }

  @Test
  void aTrialBecomesActiveAndRenews() {
    ada.buys("basic", Shopper.PAYS);

    world.advance(Duration.ofDays(15));
    Subscription first = ada.newest();
    assertThat(first.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(first.currentPeriodStart()).isEqualTo(Instant.parse("2026-01-15T00:00:00Z"));

    world.advance(Duration.ofDays(31));
    Subscription second = ada.newest();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.currentPeriodStart()).isEqualTo(Instant.parse("2026-02-15T00:00:00Z"));
    assertThat(second.currentPeriodEnd()).isEqualTo(Instant.parse("2026-03-15T00:00:00Z"));
    assertThat(ada.tier()).isEqualTo("basic");
  }

  @Test
  void aSubscriptionCanceledWithItsPeriodEntitlesUntilThen() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);

    Subscription ending = world
        .billing()
        .subscriptions()
        .cancel(ada.account(), trial.id(), Cancellation.PERIOD_END, Optional.of("moving to paper"));

    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThat(ending.cancelReason()).contains("moving to paper");
    world.advance(Duration.ofDays(13));
    assertThat(ada.tier()).isEqualTo("basic");
    world.advance(Duration.ofDays(2));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(ada.newest().endedAt()).contains(trial.currentPeriodEnd());
    assertThat(ada.tier()).isEqualTo("free");
  }

  @Test
  void aPendingCancellationIsTakenBack() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);
    cancel(trial, Cancellation.PERIOD_END);

    Subscription kept = world.billing().subscriptions().resume(ada.account(), trial.id());

    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    world.advance(Duration.ofDays(20));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.ACTIVE);
  }

  @Test
  void whatIsCanceledNowEndsNow() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);

    Subscription canceled = cancel(trial, Cancellation.NOW);

    assertThat(canceled.status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(ada.tier()).isEqualTo("free");
    assertThatThrownBy(() -> cancel(trial, Cancellation.NOW)).isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> world.billing().subscriptions().resume(ada.account(), trial.id()))
        .isInstanceOf(Conflict.class);
  }

  @Test
  void askingAgainForWhatAlreadyHoldsSendsNothing() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);
    cancel(trial, Cancellation.PERIOD_END);
    int events = world.engine().events().size();

    cancel(trial, Cancellation.PERIOD_END);

    assertThat(world.engine().events()).hasSize(events);
  }

  @Test
  void cancelResumeAndCancelWithinOneSecondEndsCanceled() {
    Subscription trial = ada.buys("basic", Shopper.PAYS);

    cancel(trial, Cancellation.PERIOD_END);
    world.billing().subscriptions().resume(ada.account(), trial.id());
    Subscription ending = cancel(trial, Cancellation.PERIOD_END);

    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThat(SimulatorReads.subscriptions(world)
            .get(0)
            .required("cancel_at_period_end")
            .asBoolean())
        .isTrue();
    world.settle();
    assertThat(ada.newest().cancelAtPeriodEnd()).isTrue();
    assertThat(MirroredState.differences(world)).isEmpty();
  }

  @Test
  void pastDueKeepsItsEntitlementsForTheGraceAndNotLonger() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);

    world.advance(Duration.ofDays(14).plusHours(2));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.PAST_DUE);
    assertThat(ada.tier()).isEqualTo("basic");
    Instant graceUntil = world
        .billing()
        .entitlements()
        .of(ada.account())
        .source()
        .flatMap(source -> source.graceUntil())
        .orElseThrow();
    assertThat(graceUntil).isEqualTo(START.plus(Duration.ofDays(14 + 7).plusHours(1)));

    world.advance(Duration.between(world.provider().now(), graceUntil).minusSeconds(1));
    assertThat(ada.may("export")).isTrue();
    world.advance(Duration.ofSeconds(1));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.PAST_DUE);
    assertThat(ada.may("export")).isFalse();
    assertThat(ada.tier()).isEqualTo("free");
  }

  @Test
  void whoPaysWhatIsOwedIsActiveAgain() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    world.advance(Duration.ofDays(22));
    assertThat(ada.tier()).isEqualTo("free");

    ada.paysWhatIsOwed(ada.newest());
    world.settle();

    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(ada.tier()).isEqualTo("basic");
    world.advance(Duration.ofDays(40));
    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.ACTIVE);
  }

  @Test
  void whoNeverPaysLosesTheSubscription() {
    ada.buys("basic", Shopper.FAILS_AT_RENEWAL);

    world.advance(Duration.ofDays(40));

    assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(ada.tier()).isEqualTo("free");
  }

  @Test
  void anEndedTrialIsFollowedByAPaidSubscription() {
    cancel(ada.buys("basic", Shopper.PAYS), Cancellation.NOW);

    Subscription second = ada.buys("pro", Shopper.PAYS);

    assertThat(second.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(second.trialStart()).isEmpty();
    assertThat(ada.tier()).isEqualTo("pro");
  }

  @Test
  void oneAccountSeesNothingOfAnother() {
    Subscription hers = ada.buys("basic", Shopper.PAYS);
    CheckoutSession session = Shopper.named("bob", world).opens("basic");

    Shopper bob = Shopper.named("bob", world);
    assertThat(bob.subscriptions()).isEmpty();
    assertThat(bob.tier()).isEqualTo("free");
    assertThatThrownBy(() -> world.billing().subscriptions().get(bob.account(), hers.id()))
        .hasMessageContaining(hers.id());
    Confirmation his = world.billing().checkouts().confirm(bob.account(), session.id());
    assertThat(his.status()).isEqualTo(Confirmation.Status.PENDING);
    assertThatThrownBy(() -> world.billing().checkouts().confirm(ada.account(), session.id()))
        .hasMessageContaining(session.id());
  }

  private Subscription cancel(Subscription subscription, Cancellation when) {
    return world
        .billing()
        .subscriptions()
        .cancel(ada.account(), subscription.id(), when, Optional.empty());
  }
}
