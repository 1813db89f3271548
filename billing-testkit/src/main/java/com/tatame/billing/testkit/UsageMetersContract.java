package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.metering.UsageMeters.MeterEvent;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.setup.AccountState.HeldMeter;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.setup.SetupPlan;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.ProviderControl.Outage;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How usage is reported to the provider's meters, and billed. */
public interface UsageMetersContract extends GatewayUnderTest {
  /** What {@link ACatalog#metered} tells of its calls. */
  String CALLS = "api_calls";

  private UsageMeters meters() {
    return gateway().meters();
  }

  private Setup setUp() {
    Setup setup = new Setup(ACatalog.metered(), gateway().setup());
    setup.run();
    return setup;
  }

  private Price sold() {
    return gateway().setup().state().prices().stream()
        .map(HeldPrice::price)
        .filter(price -> price.lookupKey().filter("api_monthly"::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  private MeterEvent used(Buyer buyer, long units, Instant at) {
    return new MeterEvent(Ids.next("use"), CALLS, buyer.customerId(), units, at);
  }

  private long counted(Buyer buyer) {
    Instant now = provider().now().truncatedTo(ChronoUnit.MINUTES);
    return meters()
        .counted(
            CALLS,
            buyer.customerId(),
            now.minus(Duration.ofDays(40)),
            now.plus(Duration.ofHours(1)));
  }

  @Test
  default void aMeterIsMadeBeforeThePriceThatChargesByIt() {
    SetupPlan plan = new Setup(ACatalog.metered(), gateway().setup()).plan(Optional.empty());
    assertThat(plan.changes()).hasAtLeastOneElementOfType(SetupChange.CreateMeter.class);
    assertThat(plan.changes().get(0)).isInstanceOf(SetupChange.CreateMeter.class);

    Setup setup = setUp();

    List<HeldMeter> held = gateway().setup().state().meters();
    assertThat(held).singleElement().satisfies(meter -> {
      assertThat(meter.eventName()).isEqualTo(CALLS);
      assertThat(meter.usual()).isTrue();
      assertThat(meter.prices()).containsExactly(sold().id());
    });
    assertThat(sold().recurrence()).contains(new Recurrence(Recurrence.Unit.MONTH, 1, true));
    assertThat(sold().unitAmount()).contains(3L);
    assertThat(setup.plan(Optional.empty()).done()).isTrue();
  }

  @Test
  default void whateverIsLostOnTheWayTheNextRunFinishesItsMeters() {
    Setup setup = new Setup(ACatalog.metered(), gateway().setup());
    int steps = setup.plan(Optional.empty()).changes().size();
    for (int lost = 0; lost < steps; lost++) {
      SetupPlan plan = setup.plan(Optional.empty());
      if (plan.done()) {
        break;
      }
      provider().fail(Outage.ANSWER_LOST, 1);
      assertThatThrownBy(() -> setup.apply(plan, (change, made) -> {}))
          .isInstanceOf(ProviderUnavailable.class);
      provider().recover();
    }

    setUp();
    assertThat(gateway().setup().state().meters()).hasSize(1);
    assertThat(gateway().setup().state().prices()).hasSize(1);
  }

  @Test
  default void aPriceThatIsPaidInAdvanceIsNotTakenForAMeteredOne() {
    setUp();
    Price metered = sold();
    // The same plan for the same amount, but paid in advance.
    new Setup(ACatalog.meteredPaidInAdvance(), gateway().setup()).run();
    Price inAdvance = sold();
    assertThat(inAdvance.id()).isNotEqualTo(metered.id());
    assertThat(inAdvance.recurrence()).contains(new Recurrence(Recurrence.Unit.MONTH, 1, false));

    setUp();
    assertThat(sold().recurrence()).contains(new Recurrence(Recurrence.Unit.MONTH, 1, true));
  }

  @Test
  default void whatIsToldIsAddedUp() {
    setUp();
    Buyer buyer = buyer();
    Buyer other = buyer();
    Instant now = provider().now();
    meters().send(used(buyer, 5, now));
    meters().send(used(buyer, 7, now.minus(Duration.ofDays(30))));
    meters().send(used(other, 100, now));

    assertThat(counted(buyer)).isEqualTo(12);
    Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
    assertThat(meters().counted(CALLS, buyer.customerId(), minute, minute.plusSeconds(60)))
        .isEqualTo(5);
    assertThat(meters().counted(CALLS, buyer.customerId(), minute.minusSeconds(60), minute))
        .isZero();
  }

  @Test
  default void whatIsToldTwiceUnderAnIdIsCountedOnce() {
    setUp();
    Buyer buyer = buyer();
    MeterEvent event = used(buyer, 5, provider().now());

    meters().send(event);
    meters().send(event);

    assertThat(counted(buyer)).isEqualTo(5);
  }

  @Test
  default void anEventWhoseAnswerWasLostIsNotCountedAgain() {
    setUp();
    Buyer buyer = buyer();
    for (Outage outage : List.of(Outage.ANSWER_LOST, Outage.FAILURE_KEPT, Outage.NOT_EXECUTED)) {
      long before = counted(buyer);
      MeterEvent event = used(buyer, 5, provider().now());
      provider().fail(outage, 1);
      assertThatThrownBy(() -> meters().send(event))
          .isInstanceOfSatisfying(
              ProviderUnavailable.class,
              e -> assertThat(e.execution()).isEqualTo(Execution.UNKNOWN));
      provider().recover();

      meters().send(event);

      assertThat(counted(buyer) - before).as(outage.name()).isEqualTo(5);
    }
  }

  @Test
  default void lessThanNothingIsTakenBack() {
    setUp();
    Buyer buyer = buyer();
    meters().send(used(buyer, 5, provider().now()));

    meters().send(used(buyer, -2, provider().now()));

    assertThat(counted(buyer)).isEqualTo(3);
  }

  @Test
  default void whatTheProviderNeverCountsIsRefused() {
    setUp();
    Buyer buyer = buyer();
    Instant now = provider().now();

    assertThatThrownBy(() -> meters().send(used(buyer, 1, now.minus(Duration.ofDays(36)))))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(() -> meters().send(used(buyer, 1, now.plus(Duration.ofHours(1)))))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(() ->
            meters().send(new MeterEvent(Ids.next("use"), "no_meter", buyer.customerId(), 1, now)))
        .isInstanceOf(ProviderRejected.class);
    assertThatThrownBy(() -> meters().counted("no_meter", buyer.customerId(), now, now))
        .isInstanceOf(ProviderRejected.class);
    assertThat(counted(buyer)).isZero();
  }

  @Test
  default void aMeteredPlanIsOrderedInNoQuantityAndBilledWhenItsPeriodIsOver() {
    setUp();
    Buyer buyer = buyer();
    CheckoutSession session = GatewayCalls.state(
        gateway()
            .checkouts()
            .create(
                new NewSubscriptionCheckout(
                    buyer.account(),
                    buyer.customerId(),
                    sold().id(),
                    0,
                    0,
                    Optional.of("api"),
                    Optional.of("monthly"),
                    "https://shop.example.com/thanks",
                    "https://shop.example.com/plans"),
                Ids.next("command"),
                Ids.next("key")),
        CheckoutSession.class);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
    Subscription subscription = GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
    assertThat(subscription.mainItem().priceId()).isEqualTo(sold().id());
    meters().send(used(buyer, 1_000, provider().now()));
    provider()
        .advance(Duration.between(provider().now(), subscription.currentPeriodEnd())
            .plus(Duration.ofMinutes(30)));
    // The invoice is a draft still.
    meters().send(used(buyer, 111, subscription.currentPeriodEnd().minusSeconds(1)));
    meters().send(used(buyer, 5, subscription.currentPeriodEnd()));
    provider().advance(Duration.ofHours(1));

    assertThat(provider().paid(buyer.customerId())).contains(3_333L);
  }

  @Test
  default void aMeterThatDoesNotAddUpIsRefusedBeforeAnythingIsDone() {
    provider().createMeter(CALLS, "count");

    assertThatThrownBy(this::setUp)
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("meters.api_calls")
        .hasMessageContaining("formula sum");
    assertThat(gateway().setup().state().products()).isEmpty();
  }
}
