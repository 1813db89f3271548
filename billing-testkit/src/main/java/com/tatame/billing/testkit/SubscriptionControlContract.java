package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How subscriptions come about, go on and end. */
public interface SubscriptionControlContract extends GatewayUnderTest {

  @Test
  default void aCheckoutWithTrialStartsATrial() {
    Buyer buyer = buyer();

    Subscription subscription = bought(buyer, 14, GatewayCalls.PAYS);

    assertThat(subscription.status()).isEqualTo(SubscriptionStatus.TRIALING);
    assertThat(subscription.customerId()).isEqualTo(buyer.customerId());
    assertThat(subscription.account()).contains(buyer.account());
    assertThat(subscription.trialStart()).contains(provider().now());
    assertThat(subscription.trialEnd()).contains(provider().now().plus(Duration.ofDays(14)));
    assertThat(subscription.currentPeriodEnd())
        .isEqualTo(subscription.trialEnd().orElseThrow());
    assertThat(subscription.mainItem().priceId()).isEqualTo(buyer.priceId());
    assertThat(subscription.mainItem().quantity()).isEqualTo(1);
    assertThat(subscription.mainItem().unitAmount()).contains(999L);
    assertThat(subscription.cancelAtPeriodEnd()).isFalse();
    assertThat(subscription.endedAt()).isEmpty();
  }

  @Test
  default void aCheckoutWithoutTrialIsActiveAtOnce() {
    Subscription subscription = bought(buyer(), 0, GatewayCalls.PAYS);

    assertThat(subscription.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(subscription.trialStart()).isEmpty();
    assertThat(subscription.currentPeriodStart()).isEqualTo(provider().now());
  }

  @Test
  default void aTrialThatIsEndedIsChargedAtOnce() {
    Subscription trial = bought(buyer(), 14, GatewayCalls.PAYS);
    provider().advance(Duration.ofDays(3));
    String key = Ids.next("key");

    Observation ended = gateway().subscriptions().endTrial(trial.id(), key);

    Subscription active = (Subscription) ended.state().orElseThrow();
    assertThat(ended.source()).isEqualTo(Source.READ);
    assertThat(active.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(active.trialStart()).isEqualTo(trial.trialStart());
    assertThat(active.currentPeriodStart()).isEqualTo(provider().now());
    assertThat(gateway().invoices().ofCustomer(trial.customerId()))
        .extracting(seen -> ((Invoice) seen.state().orElseThrow()).amountPaid())
        .containsExactlyInAnyOrder(0L, 999L);
    gateway().subscriptions().endTrial(trial.id(), key);
    assertThat(gateway().invoices().ofCustomer(trial.customerId())).hasSize(2);
  }

  @Test
  default void aTrialThatEndsBecomesActive() {
    Subscription trial = bought(buyer(), 14, GatewayCalls.PAYS);

    provider().advance(Duration.ofDays(15));

    Subscription active = GatewayCalls.read(gateway(), trial);
    assertThat(active.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(active.trialStart()).isEqualTo(trial.trialStart());
    assertThat(active.currentPeriodStart()).isEqualTo(trial.currentPeriodEnd());
  }

  @Test
  default void aRenewalBeginsTheNextPeriod() {
    Subscription first = bought(buyer(), 0, GatewayCalls.PAYS);

    provider().advance(Duration.ofDays(32));

    Subscription second = GatewayCalls.read(gateway(), first);
    assertThat(second.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(second.currentPeriodStart()).isEqualTo(first.currentPeriodEnd());
    assertThat(second.currentPeriodEnd()).isAfter(provider().now());
  }

  @Test
  default void aRenewalThatIsNotPaidIsPastDue() {
    Subscription trial = bought(buyer(), 14, GatewayCalls.FAILS_LATER);

    provider().advance(Duration.ofDays(15));

    assertThat(GatewayCalls.read(gateway(), trial).status()).isEqualTo(SubscriptionStatus.PAST_DUE);
  }

  @Test
  default void cancelingNowEndsTheSubscription() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);

    Observation answer =
        control().cancelNow(active.id(), Optional.of("too many mails"), Ids.next("key"));

    Subscription canceled = GatewayCalls.state(answer, Subscription.class);
    assertThat(answer.source()).isEqualTo(Source.READ);
    assertThat(answer.asOf()).isEqualTo(provider().now());
    assertThat(canceled.status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(canceled.terminal()).isTrue();
    assertThat(canceled.canceledAt()).contains(provider().now());
    assertThat(canceled.endedAt()).contains(provider().now());
    assertThat(canceled.cancelReason()).contains("too many mails");
    assertThat(GatewayCalls.read(gateway(), active)).isEqualTo(canceled);
  }

  @Test
  default void repeatingACancellationUnderItsKeyAnswersTheSame() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    String key = Ids.next("key");
    Observation first = control().cancelNow(active.id(), Optional.empty(), key);

    Observation again = control().cancelNow(active.id(), Optional.empty(), key);

    assertThat(again.state()).isEqualTo(first.state());
  }

  @Test
  default void aSubscriptionCanceledAtThePeriodsEndGoesOnUntilThen() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);

    Subscription ending = GatewayCalls.state(
        control().cancelAtPeriodEnd(active.id(), Optional.empty(), Ids.next("key")),
        Subscription.class);

    assertThat(ending.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(ending.cancelAtPeriodEnd()).isTrue();
    assertThat(ending.cancelAt()).contains(active.currentPeriodEnd());
    assertThat(ending.endedAt()).isEmpty();
    provider().advance(Duration.ofDays(32));
    Subscription ended = GatewayCalls.read(gateway(), active);
    assertThat(ended.status()).isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(ended.endedAt()).contains(active.currentPeriodEnd());
  }

  @Test
  default void aCancellationThatHasNotTakenEffectIsTakenBack() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    control().cancelAtPeriodEnd(active.id(), Optional.empty(), Ids.next("key"));

    Subscription kept =
        GatewayCalls.state(control().keep(active.id(), Ids.next("key")), Subscription.class);

    assertThat(kept.status()).isEqualTo(SubscriptionStatus.ACTIVE);
    assertThat(kept.cancelAtPeriodEnd()).isFalse();
    assertThat(kept.cancelAt()).isEmpty();
    provider().advance(Duration.ofDays(32));
    assertThat(GatewayCalls.read(gateway(), active).status()).isEqualTo(SubscriptionStatus.ACTIVE);
  }

  @Test
  default void aRepeatedKeyDoesNotUndoWhatCameAfterIt() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    String key = Ids.next("key");
    control().cancelAtPeriodEnd(active.id(), Optional.empty(), key);
    control().keep(active.id(), Ids.next("key"));

    control().cancelAtPeriodEnd(active.id(), Optional.empty(), key);

    assertThat(GatewayCalls.read(gateway(), active).cancelAtPeriodEnd()).isFalse();
  }

  @Test
  default void aRepeatedKeyAnswersHowThingsAreByNow() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    String key = Ids.next("key");
    control().cancelAtPeriodEnd(active.id(), Optional.empty(), key);
    control().keep(active.id(), Ids.next("key"));

    Observation again = control().cancelAtPeriodEnd(active.id(), Optional.empty(), key);

    assertThat(GatewayCalls.state(again, Subscription.class))
        .isEqualTo(GatewayCalls.read(gateway(), active));
  }

  @Test
  default void aKeyOfAnotherRequestIsRefused() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    String key = Ids.next("key");
    control().cancelAtPeriodEnd(active.id(), Optional.empty(), key);

    assertThatThrownBy(() -> control().keep(active.id(), key)).isInstanceOf(ProviderRejected.class);

    assertThat(GatewayCalls.read(gateway(), active).cancelAtPeriodEnd()).isTrue();
  }

  @Test
  default void whatHasEndedCanNotBeKept() {
    Subscription active = bought(buyer(), 0, GatewayCalls.PAYS);
    control().cancelNow(active.id(), Optional.empty(), Ids.next("key"));

    assertThatThrownBy(() -> control().keep(active.id(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(
            () -> control().cancelAtPeriodEnd(active.id(), Optional.empty(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void whatIsNotThereCanNotBeSteered() {
    String unknown = Ids.next("sub");

    assertThatThrownBy(() -> control().cancelNow(unknown, Optional.empty(), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(() -> control().keep(unknown, Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void allSubscriptionsOfACustomerAreListedAlsoThoseThatEnded() {
    Buyer buyer = buyer();
    Subscription ended = bought(buyer, 0, GatewayCalls.PAYS);
    control().cancelNow(ended.id(), Optional.empty(), Ids.next("key"));
    Subscription active = bought(buyer, 0, GatewayCalls.PAYS);
    bought(buyer(), 0, GatewayCalls.PAYS);

    List<Observation> all = control().ofCustomer(buyer.customerId());

    assertThat(all)
        .extracting(Observation::object)
        .containsExactlyInAnyOrder(ended.ref(), active.ref());
    assertThat(all).allSatisfy(seen -> {
      assertThat(seen.source()).isEqualTo(Source.READ);
      assertThat(seen.subject()).isEqualTo(new SubjectId(buyer.customerId()));
    });
    assertThat(GatewayCalls.one(all, ended.id(), Subscription.class).status())
        .isEqualTo(SubscriptionStatus.CANCELED);
    assertThat(control().ofCustomer(buyer().customerId())).isEmpty();
  }

  private SubscriptionControl control() {
    return gateway().subscriptions();
  }

  private Subscription bought(Buyer buyer, int trialDays, String card) {
    CheckoutSession session = open(buyer, trialDays);
    assertThat(provider().pay(session.id(), card)).isTrue();
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
    return GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
  }
}
