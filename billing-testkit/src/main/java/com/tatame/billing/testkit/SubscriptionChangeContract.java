package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.PaymentDeclined;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentAction;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.InvoicePreview;
import com.tatame.billing.subscription.PauseBehavior;
import com.tatame.billing.subscription.SelfPause;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.subscription.SubscriptionSchedule;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What changes of a subscription cost, when they take effect, and how its payments are paused. */
public interface SubscriptionChangeContract extends GatewayUnderTest {

  @Test
  default void aChangeCostsWhatItsPreviewSaidAlsoALittleLater() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    provider().advance(Duration.ofDays(10));
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.PRORATE, 2);

    InvoicePreview preview = control().preview(change).orElseThrow();
    provider().advance(Duration.ofSeconds(90));
    Observation answer = control().change(change, Ids.next("key"));

    Invoice invoice = latestInvoice(basic);
    assertThat(preview.lines()).hasSize(2).allMatch(InvoicePreview.Line::proration);
    assertThat(preview.lines()).extracting(InvoicePreview.Line::amount).satisfies(amounts -> {
      assertThat(amounts.get(0)).isNegative();
      assertThat(amounts.get(1)).isPositive();
    });
    assertThat(preview.lines())
        .extracting(InvoicePreview.Line::periodStart)
        .containsOnly(change.prorationDate().orElseThrow());
    assertThat(invoice.total()).isEqualTo(preview.total()).isPositive();
    assertThat(invoice.amountPaid()).isEqualTo(preview.amountDue());
    Subscription changed = GatewayCalls.state(answer, Subscription.class);
    assertThat(changed.mainItem().priceId()).isEqualTo(change.priceId());
    assertThat(changed.mainItem().quantity()).isEqualTo(2);
    assertThat(changed.items()).hasSize(1);
  }

  @Test
  default void withoutProrationTheNextInvoiceFollowsAChange() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    provider().advance(Duration.ofDays(10));
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.NONE, 1);
    Invoice before = latestInvoice(basic);

    InvoicePreview preview = control().preview(change).orElseThrow();
    control().change(change, Ids.next("key"));

    assertThat(preview.lines()).hasSize(1).noneMatch(InvoicePreview.Line::proration);
    assertThat(preview.lines().get(0).periodStart()).isEqualTo(basic.currentPeriodEnd());
    assertThat(latestInvoice(basic)).isEqualTo(before);
  }

  @Test
  default void askingWhatItCostsChangesNothing() {
    Subscription basic = subscribed(GatewayCalls.PAYS);

    control().preview(to(dearer(), basic, ChangePolicy.PRORATE, 1));

    assertThat(GatewayCalls.read(gateway(), basic)).isEqualTo(basic);
  }

  @Test
  default void nothingFollowsWhatIsAboutToEnd() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    control().cancelAtPeriodEnd(basic.id(), Optional.empty(), Ids.next("key"));

    assertThat(control().preview(to(basic.mainItem().priceId(), basic, ChangePolicy.NONE, 1)))
        .isEmpty();
  }

  @Test
  default void whatIsNotSoldCanNotBePreviewed() {
    Subscription basic = subscribed(GatewayCalls.PAYS);

    assertThatThrownBy(
            () -> control().preview(to(Ids.next("price"), basic, ChangePolicy.PRORATE, 1)))
        .isInstanceOf(ProviderRejected.class);
  }

  @Test
  default void aChangeThatIsDeclinedChangesNothing() {
    Subscription basic = subscribed(GatewayCalls.FAILS_LATER);
    provider().advance(Duration.ofDays(10));
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.PRORATE, 1);
    Subscription before = GatewayCalls.read(gateway(), basic);
    Invoice invoice = latestInvoice(basic);

    assertThatThrownBy(() -> control().change(change, Ids.next("key")))
        .isInstanceOf(PaymentDeclined.class);

    assertThat(GatewayCalls.read(gateway(), basic)).isEqualTo(before);
    assertThat(latestInvoice(basic)).isEqualTo(invoice);
  }

  @Test
  default void repeatingAChangeUnderItsKeyChargesOnce() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    provider().advance(Duration.ofDays(10));
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.PRORATE, 1);
    String key = Ids.next("key");
    Observation first = control().change(change, key);

    Observation again = control().change(change, key);

    assertThat(again.state()).isEqualTo(first.state());
    assertThat(gateway().invoices().ofCustomer(basic.customerId())).hasSize(2);
  }

  @Test
  default void aChangeAtRenewalWaitsForThePeriodsEnd() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.AT_RENEWAL, 3);

    Observation answer = control().changeAtRenewal(change, Ids.next("key"));

    SubscriptionSchedule schedule = GatewayCalls.state(answer, SubscriptionSchedule.class);
    assertThat(schedule.subscriptionId()).contains(basic.id());
    assertThat(schedule.phases()).hasSize(2);
    assertThat(schedule.phases().get(1).startsAt()).isEqualTo(basic.currentPeriodEnd());
    assertThat(schedule.phases().get(1).items())
        .containsExactly(new SubscriptionSchedule.Item(change.priceId(), Optional.of(3L)));
    assertThat(GatewayCalls.read(gateway(), basic)).isEqualTo(basic);
    provider().advance(Duration.ofDays(32));
    Subscription renewed = GatewayCalls.read(gateway(), basic);
    assertThat(renewed.mainItem().priceId()).isEqualTo(change.priceId());
    assertThat(renewed.mainItem().quantity()).isEqualTo(3);
    assertThat(renewed.currentPeriodStart()).isEqualTo(basic.currentPeriodEnd());
  }

  @Test
  default void ofAMeteredPriceNoneIsOrderedAndOfTheOneThatFollowsItSome() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    String flat = basic.mainItem().priceId();
    String metered = metered();
    SubscriptionChange toMetered = to(metered, basic, ChangePolicy.PRORATE, 0);
    assertThat(control().preview(toMetered)).isPresent();

    Subscription used =
        GatewayCalls.state(control().change(toMetered, Ids.next("key")), Subscription.class);

    assertThat(used.mainItem().priceId()).isEqualTo(metered);
    assertThat(used.mainItem().quantity()).isZero();
    SubscriptionChange back = to(flat, used, ChangePolicy.AT_RENEWAL, 2);
    Observation answer = control().changeAtRenewal(back, Ids.next("key"));
    assertThat(GatewayCalls.state(answer, SubscriptionSchedule.class).phases())
        .extracting(SubscriptionSchedule.Phase::items)
        .containsExactly(
            List.of(new SubscriptionSchedule.Item(metered, Optional.empty())),
            List.of(new SubscriptionSchedule.Item(flat, Optional.of(2L))));
    provider().advance(Duration.ofDays(32));
    Subscription renewed = GatewayCalls.read(gateway(), used);
    assertThat(renewed.mainItem().priceId()).isEqualTo(flat);
    assertThat(renewed.mainItem().quantity()).isEqualTo(2);
  }

  @Test
  default void aMeteredPriceIsNotOrderedByTheNumber() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    SubscriptionChange two = to(metered(), basic, ChangePolicy.PRORATE, 2);

    assertThatThrownBy(() -> control().change(two, Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(
            () -> control().changeAtRenewal(two.with(ChangePolicy.AT_RENEWAL), Ids.next("key")))
        .isInstanceOf(ProviderRejected.class);
    assertThat(GatewayCalls.read(gateway(), basic)).isEqualTo(basic);
  }

  @Test
  default void whatIsScheduledIsReplacedByWhatIsScheduledLater() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    String last = dearer();
    control().changeAtRenewal(to(dearer(), basic, ChangePolicy.AT_RENEWAL, 1), Ids.next("key"));

    control().changeAtRenewal(to(last, basic, ChangePolicy.AT_RENEWAL, 1), Ids.next("key"));

    provider().advance(Duration.ofDays(32));
    assertThat(GatewayCalls.read(gateway(), basic).mainItem().priceId()).isEqualTo(last);
  }

  @Test
  default void aChangeAtRenewalToWhatIsSoldNowReleasesTheSchedule() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    SubscriptionChange back = to(basic.mainItem().priceId(), basic, ChangePolicy.AT_RENEWAL, 1);
    Observation planned =
        control().changeAtRenewal(to(dearer(), basic, ChangePolicy.AT_RENEWAL, 2), Ids.next("key"));
    String key = Ids.next("key");

    Observation answer = control().changeAtRenewal(back, key);

    SubscriptionSchedule released = GatewayCalls.state(answer, SubscriptionSchedule.class);
    assertThat(released.id())
        .isEqualTo(GatewayCalls.state(planned, SubscriptionSchedule.class).id());
    assertThat(released.status()).isEqualTo(SubscriptionSchedule.Status.RELEASED);
    // Nothing is left to release, neither by a retry nor under another key.
    assertThat(control().changeAtRenewal(back, key).state()).contains(basic);
    assertThat(control().changeAtRenewal(back, Ids.next("key")).state()).contains(basic);
    provider().advance(Duration.ofDays(32));
    Subscription renewed = GatewayCalls.read(gateway(), basic);
    assertThat(renewed.items())
        .extracting(Subscription.Item::priceId)
        .containsExactly(basic.mainItem().priceId());
    assertThat(renewed.mainItem().quantity()).isEqualTo(1);
  }

  @Test
  default void aChangeAtOnceTakesThePlaceOfWhatIsScheduled() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    String now = dearer();
    control().changeAtRenewal(to(dearer(), basic, ChangePolicy.AT_RENEWAL, 1), Ids.next("key"));

    control().change(to(now, basic, ChangePolicy.NONE, 1), Ids.next("key"));

    provider().advance(Duration.ofDays(32));
    assertThat(GatewayCalls.read(gateway(), basic).mainItem().priceId()).isEqualTo(now);
  }

  @Test
  default void whatIsScheduledDoesNotKeepASubscriptionFromEnding() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    control().changeAtRenewal(to(dearer(), basic, ChangePolicy.AT_RENEWAL, 1), Ids.next("key"));

    Observation answer = control().cancelAtPeriodEnd(basic.id(), Optional.empty(), Ids.next("key"));

    assertThat(GatewayCalls.state(answer, Subscription.class).cancelAtPeriodEnd())
        .isTrue();
    provider().advance(Duration.ofDays(32));
    assertThat(GatewayCalls.read(gateway(), basic).endedAt()).contains(basic.currentPeriodEnd());
  }

  @Test
  default void collectionIsPausedUntilItIsResumed() {
    Subscription basic = subscribed(GatewayCalls.PAYS);

    Observation paused = control()
        .pauseCollection(basic.id(), PauseBehavior.VOID, Optional.empty(), Ids.next("key"));

    assertThat(GatewayCalls.state(paused, Subscription.class).collectionPaused())
        .contains(new Subscription.CollectionPause("void", Optional.empty()));
    provider().advance(Duration.ofDays(32));
    assertThat(latestInvoice(basic).amountPaid()).isZero();
    Observation resumed = control().resumeCollection(basic.id(), Ids.next("key"));
    assertThat(GatewayCalls.state(resumed, Subscription.class).collectionPaused())
        .isEmpty();
    provider().advance(Duration.ofDays(32));
    assertThat(latestInvoice(basic).amountPaid()).isEqualTo(999);
  }

  @Test
  default void userPauseIsToldApartFromAnAdministrators() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    Instant now = provider().now();
    SelfPause own = new SelfPause(
        basic.currentPeriodEnd(),
        basic.currentPeriodEnd().plus(Duration.ofDays(5)),
        List.of(now.minus(Duration.ofDays(90)), now));

    Subscription paused = GatewayCalls.state(
        control().pauseByUser(basic.id(), own, Ids.next("key")), Subscription.class);

    assertThat(paused.pausedByUser()).contains(own);
    assertThat(paused.collectionPaused())
        .contains(new Subscription.CollectionPause("void", Optional.of(own.until())));
    provider().advance(Duration.ofDays(32));
    Subscription begun = GatewayCalls.read(gateway(), basic);
    assertThat(begun.skippedByUser()).isTrue();
    assertThat(latestInvoice(basic).amountPaid()).isZero();
    provider().advance(Duration.ofDays(6));
    Subscription resumed = GatewayCalls.read(gateway(), basic);
    assertThat(resumed.collectionPaused()).isEmpty();
    assertThat(resumed.skippedByUser())
        .as("the period is not paid after the pause")
        .isTrue();
    provider().advance(Duration.ofDays(31));
    assertThat(GatewayCalls.read(gateway(), basic).skippedByUser()).isFalse();
    assertThat(latestInvoice(basic).amountPaid()).isEqualTo(999);

    Subscription byAdministrator = GatewayCalls.state(
        control()
            .pauseCollection(basic.id(), PauseBehavior.VOID, Optional.empty(), Ids.next("key")),
        Subscription.class);
    assertThat(byAdministrator.pausedByUser()).isEmpty();
    assertThat(byAdministrator.skippedByUser()).isFalse();
    assertThat(byAdministrator.selfPause().map(SelfPause::begun))
        .as("what counts as begun stays")
        .contains(own.begun());
  }

  @Test
  default void endOfAUserPauseIsKeptWithTheSubscription() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    SelfPause own = new SelfPause(
        basic.currentPeriodEnd(),
        basic.currentPeriodEnd().plus(Duration.ofDays(20)),
        List.of(provider().now()));
    control().pauseByUser(basic.id(), own, Ids.next("key"));
    provider().advance(Duration.ofDays(32));

    SelfPause ended = new SelfPause(own.since(), provider().now(), own.begun());
    Subscription after = GatewayCalls.state(
        control().endPauseByUser(basic.id(), ended, Ids.next("key")), Subscription.class);

    assertThat(after.collectionPaused()).isEmpty();
    assertThat(after.selfPause()).contains(ended);
    assertThat(after.skippedByUser()).isTrue();
  }

  @Test
  default void aPauseCanEndByItself() {
    Subscription basic = subscribed(GatewayCalls.PAYS);
    Instant until = provider().now().plus(Duration.ofDays(5));

    Observation paused = control()
        .pauseCollection(
            basic.id(), PauseBehavior.MARK_UNCOLLECTIBLE, Optional.of(until), Ids.next("key"));

    assertThat(GatewayCalls.state(paused, Subscription.class).collectionPaused())
        .contains(new Subscription.CollectionPause("mark_uncollectible", Optional.of(until)));
    provider().advance(Duration.ofDays(6));
    assertThat(GatewayCalls.read(gateway(), basic).collectionPaused()).isEmpty();
  }

  @Test
  default void aChangeThatMustBeConfirmedWaitsForItsPayer() {
    Subscription basic = subscribed(GatewayCalls.ASKS_ALWAYS);
    provider().advance(Duration.ofDays(10));
    SubscriptionChange change = to(dearer(), basic, ChangePolicy.PRORATE, 1);
    assertThat(control().paymentAction(basic.id())).isEmpty();

    Observation answer = control().change(change, Ids.next("key"));

    assertThat(GatewayCalls.state(answer, Subscription.class).items()).isEqualTo(basic.items());
    assertThat(control().paymentAction(basic.id())).hasValueSatisfying(action -> {
      assertThat(action.type()).isEqualTo(PaymentAction.Type.REQUIRES_ACTION);
      assertThat(action.url()).isPresent();
      assertThat(action.clientSecret()).isPresent();
    });
    provider().advance(Duration.ofHours(24));
    assertThat(control().paymentAction(basic.id())).isEmpty();
    assertThat(GatewayCalls.read(gateway(), basic).items()).isEqualTo(basic.items());
  }

  @Test
  default void aRenewalThatIsDeclinedAsksForAnotherPaymentMethod() {
    Subscription basic = subscribed(GatewayCalls.FAILS_LATER);

    provider().advance(Duration.ofDays(32));

    assertThat(control().paymentAction(basic.id()))
        .map(PaymentAction::type)
        .contains(PaymentAction.Type.REQUIRES_PAYMENT_METHOD);
  }

  private SubscriptionControl control() {
    return gateway().subscriptions();
  }

  private String dearer() {
    return provider()
        .createPrice(
            provider().createProduct("Dearer"),
            2_500,
            "usd",
            Recurrence.Unit.MONTH,
            Ids.next("monthly"));
  }

  private String metered() {
    new Setup(ACatalog.metered(), gateway().setup()).run();
    return gateway().setup().state().prices().stream()
        .map(HeldPrice::price)
        .filter(price -> price.recurrence().filter(Recurrence::metered).isPresent())
        .findFirst()
        .orElseThrow()
        .id();
  }

  private SubscriptionChange to(
      String price, Subscription subscription, ChangePolicy policy, long quantity) {
    return new SubscriptionChange(
        subscription.id(),
        subscription.mainItem().id(),
        price,
        quantity,
        policy,
        Optional.of(provider().now()));
  }

  private Invoice latestInvoice(Subscription subscription) {
    List<Observation> all = gateway().invoices().ofCustomer(subscription.customerId());
    return all.stream()
        .map(seen -> GatewayCalls.state(seen, Invoice.class))
        .max(Comparator.comparing(Invoice::createdAt))
        .orElseThrow();
  }

  private Subscription subscribed(String card) {
    Buyer buyer = buyer();
    CheckoutSession session = open(buyer, 0);
    provider().pay(session.id(), card);
    if (GatewayCalls.read(gateway(), session).subscriptionId().isEmpty()) {
      assertThat(provider().confirm(session.id())).isTrue();
    }
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
    return GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
  }
}
