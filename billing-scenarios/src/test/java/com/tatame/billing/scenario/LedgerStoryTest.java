package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What changes leave in the ledger: from what to what, when, and by which command. */
class LedgerStoryTest {
  private final BillingWorld world = BillingWorld.builder().seed(11).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void aSubscriptionIsOpenedChangedAndCanceledWithItsTerms() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    world.settle();
    change(bought, Optional.of("pro"), Optional.of(BillingInterval.MONTHLY), Optional.empty());
    change(bought, Optional.empty(), Optional.empty(), Optional.of(3L));
    cancelAtPeriodEnd(bought);
    world.billing().subscriptions().resume(ada.account(), bought.id());
    world.settle();

    assertThat(typesOf(bought))
        .contains(
            "subscription.opened",
            "subscription.plan_changed",
            "subscription.quantity_changed",
            "subscription.cancellation_scheduled",
            "subscription.cancellation_revoked");
    TermsChange opened = terms(bought, "subscription.opened");
    TermsChange upgraded = terms(bought, "subscription.plan_changed");
    TermsChange grown = terms(bought, "subscription.quantity_changed");
    assertThat(opened.from()).isEmpty();
    assertThat(upgraded.from()).contains(opened.to());
    assertThat(upgraded.to().mainItem().unitAmount()).contains(1500L);
    assertThat(grown.from().map(SubscriptionTerms::mainItem))
        .contains(upgraded.to().mainItem());
    assertThat(grown.to().mainItem().quantity()).isEqualTo(3);
  }

  @Test
  void whatACommandCausedNamesIt() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    world.settle();
    cancelAtPeriodEnd(bought);

    BillingEvent scheduled = only(bought, "subscription.cancellation_scheduled");
    String command = scheduled.cause().commandId().orElseThrow();

    assertThat(scheduled.cause().source()).isEqualTo(Cause.Source.EVENT);
    assertThat(world.store().commands().list(JournalFilter.ALL, Optional.empty(), 100))
        .extracting(sent -> sent.id().value())
        .contains(command);
    assertThat(list(BillingEventFilter.ALL.causedByCommand(command))).containsExactly(scheduled);
  }

  @Test
  void everyFailedAttemptAndTheRecoveryAreFoundByTheirSubscription() {
    Subscription bought = ada.buys("basic", Shopper.FAILS_AT_RENEWAL);
    world.settle();
    world.advance(Duration.ofDays(40), new Disorder(true, 0, 60, 0));
    world.settle();

    List<BillingEvent> failed = of(bought, "invoice.payment_failed");

    assertThat(failed).hasSizeGreaterThan(1);
    assertThat(failed)
        .extracting(event -> event.fact().details().get("attempt"))
        .doesNotHaveDuplicates();
    assertThat(failed).extracting(event -> event.fact().occurredAt()).doesNotHaveDuplicates();
    BillingEvent pastDue = only(bought, "subscription.past_due");
    assertThat(pastDue.fact().terms().flatMap(TermsChange::from).map(SubscriptionTerms::status))
        .contains("active");
    Instant first = failed.get(failed.size() - 1).fact().occurredAt();
    assertThat(pastDue.fact().occurredAt()).isAfterOrEqualTo(first);
  }

  private void change(
      Subscription subscription,
      Optional<String> tier,
      Optional<BillingInterval> interval,
      Optional<Long> quantity) {
    world
        .billing()
        .subscriptions()
        .change(
            ada.account(),
            subscription.id(),
            new ChangeRequest(tier, interval, Optional.empty(), quantity, ChangePolicy.PRORATE));
    world.settle();
  }

  private void cancelAtPeriodEnd(Subscription subscription) {
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), subscription.id(), Cancellation.PERIOD_END, Optional.empty());
    world.settle();
  }

  private TermsChange terms(Subscription subscription, String type) {
    return only(subscription, type).fact().terms().orElseThrow();
  }

  private BillingEvent only(Subscription subscription, String type) {
    List<BillingEvent> events = of(subscription, type);
    assertThat(events).as(type).hasSize(1);
    return events.get(0);
  }

  private List<BillingEvent> of(Subscription subscription, String type) {
    return list(new BillingEventFilter(
        Optional.of(subscription.id()), Optional.of(type), Optional.empty(), Optional.empty()));
  }

  private List<String> typesOf(Subscription subscription) {
    return list(new BillingEventFilter(
            Optional.of(subscription.id()), Optional.empty(), Optional.empty(), Optional.empty()))
        .stream()
        .map(event -> event.fact().type())
        .toList();
  }

  private List<BillingEvent> list(BillingEventFilter filter) {
    return world.billing().events().list(ada.account(), filter, Optional.empty(), 100);
  }
}
