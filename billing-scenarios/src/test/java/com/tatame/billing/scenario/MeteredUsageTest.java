package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.UsageReport;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReport.State;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.MeterReportStore.Backlog;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.metering.MeteredUsage;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is used of a metered feature is billed, all of it and once. */
class MeteredUsageTest {
  private static final String TELL = "POST /v1/billing/meter_events";
  private static final Duration PAST_THE_LEASE = Duration.ofMinutes(6);
  private static final Duration A_PERIOD = Duration.ofDays(32);

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.metered()).build();
  private Caller ada;

  @BeforeEach
  void subscribe() {
    ada = Caller.subscribed("ada", world);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void theInvoiceOfThePeriodBillsWhatWasUsedInIt() {
    ada.calls(5);
    world.advance(Duration.ofHours(30));
    ada.calls(2);

    world.advance(A_PERIOD);

    assertThat(ada.invoices()).hasSize(1);
    JsonNode invoice = ada.invoices().get(0);
    assertThat(Caller.billed(invoice)).isEqualTo(7);
    assertThat(invoice.path("total").asLong()).isEqualTo(21);
    assertThat(invoice.path("status").asText()).isEqualTo("paid");
  }

  @Test
  void eachPeriodBillsItsOwn() {
    ada.calls(100);
    Instant end = ada.subscription.currentPeriodEnd();
    world.advance(Duration.between(world.engine().now(), end.minusSeconds(1)));
    ada.calls(10);
    world.advance(Duration.ofSeconds(1));
    ada.calls(1);

    world.advance(A_PERIOD);

    assertThat(ada.invoices()).extracting(Caller::billed).containsExactly(110L, 1L);
  }

  @Test
  void theLastPeriodOfASubscriptionIsBilledToo() {
    ada.calls(50);
    ada.cancelsAtTheEnd();

    world.advance(A_PERIOD);

    assertThat(ada.invoices()).extracting(Caller::billed).containsExactly(50L);
  }

  @Test
  void whatIsGivenBackIsNotBilledWhetherItWasSentOrNot() {
    Consumption early = ada.calls(20);
    ada.calls(5);
    world.billing().metering().send();
    Consumption late = ada.calls(3);
    ada.givesBack(late);
    ada.givesBack(early);
    ada.givesBack(early);

    world.advance(A_PERIOD);

    assertThat(ada.invoices()).extracting(Caller::billed).containsExactly(5L);
  }

  @Test
  void whatIsRecordedLaterCountsInThePeriodInWhichItWasUsed() {
    Instant used = world.engine().now();
    world.advance(Duration.ofDays(3));
    world
        .billing()
        .entitlements()
        .record(
            ada.shopper.account(),
            new UsageReport("calls", 40, Optional.of("k"), Optional.of(used), Map.of()));

    assertThat(world.billing().metering().send()).isEqualTo(1);
    assertThat(reports(State.SENT)).singleElement().satisfies(report -> {
      assertThat(report.at()).isEqualTo(used);
      assertThat(report.units()).isEqualTo(40);
    });
    assertThat(ada.counted()).isEqualTo(40);
  }

  @Test
  void whoHasNoMeteredPlanIsNotReported() {
    Caller bob = Caller.subscribed("bob", world);
    world
        .billing()
        .subscriptions()
        .cancel(bob.shopper.account(), bob.subscription.id(), Cancellation.NOW, Optional.empty());
    world.settle();
    world
        .billing()
        .entitlements()
        .record(
            bob.shopper.account(),
            new UsageReport("calls", 9, Optional.empty(), Optional.empty(), Map.of()));

    assertThat(world.billing().metering().send()).isZero();
    assertThat(world.billing().metering().current(bob.shopper.account())).isEmpty();
  }

  @Test
  void whatWasUsedTogetherIsReportedTogether() {
    for (int i = 0; i < 10; i++) {
      ada.calls(1);
    }
    world.billing().metering().send();
    ada.calls(1);
    world.billing().metering().send();

    assertThat(reports(State.SENT))
        .extracting(MeterReport::units)
        .containsExactlyInAnyOrder(10L, 1L);
  }

  @Test
  void itIsToldWhatIsReportedAndWhatWaits() {
    ada.calls(10);
    world.billing().metering().send();
    ada.calls(4);

    assertThat(world.billing().metering().current(ada.shopper.account()))
        .singleElement()
        .satisfies(current -> {
          assertThat(current.feature()).isEqualTo("calls");
          assertThat(current.own().meter()).isEqualTo("api_calls");
          assertThat(current.own().sent()).isEqualTo(10);
          assertThat(current.own().pending()).isEqualTo(4);
          assertThat(current.own().used()).isEqualTo(14);
          assertThat(current.counted()).contains(10L);
          assertThat(current.difference()).contains(4L);
        });
    assertThat(world.billing().metering().backlog())
        .isEqualTo(new Backlog(1, 0, 0, 0, 0, Optional.of(world.engine().now())));
  }

  @Test
  void whileTheProviderIsGoneTheOwnCountIsToldAlone() {
    ada.calls(10);
    world.engine().fail(new Fault("GET /v1/billing", 500, When.BEFORE), 1);

    assertThat(world.billing().metering().current(ada.shopper.account()))
        .singleElement()
        .satisfies(current -> {
          assertThat(current.own().used()).isEqualTo(10);
          assertThat(current.counted()).isEmpty();
          assertThat(current.difference()).isEmpty();
        });
  }

  @Test
  void anAnswerThatIsLostOrFailsCountsNothingTwice() {
    for (When when : When.values()) {
      long before = ada.counted();
      ada.calls(7);
      world.engine().fail(new Fault(TELL, 500, when), 2);
      for (int i = 0; i < 3; i++) {
        world.billing().metering().send();
        world.wallClock().advance(Duration.ofHours(1));
      }
      assertThat(ada.counted() - before).as(when.name()).isEqualTo(7);
      assertThat(reports(State.SENDING)).isEmpty();
    }
  }

  @Test
  void aRateLimitIsWaitedFor() {
    ada.calls(7);
    world.engine().fail(new Fault(TELL, 429, When.BEFORE), 1);

    assertThat(world.billing().metering().send()).isZero();
    assertThat(reports(State.SENDING)).singleElement().satisfies(report -> {
      assertThat(report.attempts()).isEqualTo(1);
      assertThat(report.doubtfulSince()).isEmpty();
      assertThat(report.error()).isPresent();
    });
    assertThat(world.billing().metering().send()).as("before the pause is over").isZero();
    world.wallClock().advance(Duration.ofMinutes(1));
    assertThat(world.billing().metering().send()).isEqualTo(1);
    assertThat(ada.counted()).isEqualTo(7);
  }

  @Test
  void oneThatDiesAtAnyStepOfSendingLosesNothingAndCountsNothingTwice() {
    Set<String> steps = new LinkedHashSet<>();
    for (int i = 0; ; i++) {
      long before = ada.counted();
      ada.calls(11);
      Death death = new Death(i);
      boolean died = false;
      try (Billing mortal =
          world.program(death.mortal(world.store()), death.mortal(world.gateway()))) {
        mortal.metering().send();
      } catch (Death.Struck e) {
        died = true;
        steps.add(death.struck());
      }
      world.wallClock().advance(PAST_THE_LEASE);
      world.billing().metering().send();
      assertThat(ada.counted() - before).as("after it died %s", death.struck()).isEqualTo(11);
      assertThat(world.billing().metering().backlog().pending()).isZero();
      if (!died) {
        break;
      }
    }
    assertThat(steps)
        .containsExactly(
            "before MeterReportStore.claim",
            "after MeterReportStore.claim",
            "before UsageMeters.send",
            "after UsageMeters.send",
            "before MeterReportStore.settle",
            "after MeterReportStore.settle");
  }

  @Test
  void aNodeThatSleptThroughItsLeaseCountsNothingTwice() {
    ada.calls(11);
    UsageMeters slow = new UsageMeters() {
      @Override
      public void send(MeterEvent event) {
        world.wallClock().advance(PAST_THE_LEASE);
        world.billing().metering().send();
        world.gateway().meters().send(event);
      }

      @Override
      public long counted(String meter, String customerId, Instant from, Instant until) {
        return world.gateway().meters().counted(meter, customerId, from, until);
      }
    };
    MeteredUsage sleeper = new MeteredUsage(
        new CatalogInForce(ACatalog.metered()),
        world.store().meterReports(),
        slow,
        world.store().usage(),
        world.store().customers(),
        new Clocks(world.engine()::now, world.wallClock()),
        new java.util.Random(7));

    sleeper.send();

    assertThat(ada.counted()).isEqualTo(11);
    assertThat(reports(State.SENT)).hasSize(1);
  }

  @Test
  void whenTheProviderHasForgottenTheIdItsMeterTellsThatItWasCounted() {
    ada.calls(7);
    world.engine().fail(new Fault(TELL, 500, When.LOST), 1);
    world.billing().metering().send();
    passUnsent(Duration.ofHours(30));

    assertThat(world.billing().metering().send()).isEqualTo(1);

    assertThat(ada.counted()).isEqualTo(7);
  }

  @Test
  void whenTheProviderHasForgottenTheIdItsMeterTellsThatItWasNotCounted() {
    ada.calls(7);
    world.engine().fail(new Fault(TELL, 500, When.BEFORE), 1);
    world.billing().metering().send();
    assertThat(reports(State.SENDING)).allMatch(report -> report.doubtfulSince().isPresent());
    passUnsent(Duration.ofHours(30));

    assertThat(world.billing().metering().send()).isEqualTo(1);

    assertThat(ada.counted()).isEqualTo(7);
  }

  @Test
  void whatNeitherTellsIsForAPersonToDecide() {
    ada.calls(7);
    world.engine().fail(new Fault(TELL, 500, When.LOST), 1);
    world.billing().metering().send();
    world
        .gateway()
        .meters()
        .send(new UsageMeters.MeterEvent(
            "by hand", "api_calls", ada.shopper.customerId(), 2, world.engine().now()));
    passUnsent(Duration.ofHours(30));

    assertThat(world.billing().metering().send()).isZero();

    assertThat(world.billing().metering().backlog().undecided()).isEqualTo(1);
    MeterReport undecided = reports(State.NEEDS_OPERATOR).get(0);
    assertThat(undecided.error())
        .contains("the meter holds 9 for that minute, of which 0 are known to be ours");
    world.billing().metering().resolve(undecided.id(), true);
    assertThat(reports(State.SENT)).hasSize(1);
    assertThat(world.billing().metering().resolve(undecided.id(), true).state())
        .isEqualTo(State.SENT);
    assertThat(ada.counted()).isEqualTo(9);
  }

  @Test
  void whatTheProviderRefusesIsTheDeadAndMayBeSentAnew() {
    ada.calls(7);
    world
        .engine()
        .fail(
            Fault.refusing(
                TELL,
                400,
                new Fault.Refusal(
                    "invalid_request_error", Optional.of("archived_meter"), Optional.empty())),
            1);
    world.billing().metering().send();

    MeterReport dead = reports(State.DEAD).get(0);
    assertThat(dead.error()).contains("refused: archived_meter");
    assertThat(world.billing().metering().backlog().dead()).isEqualTo(1);
    assertThat(world.billing().metering().send()).isZero();

    world.billing().metering().resolve(dead.id(), false);
    assertThat(world.billing().metering().resolve(dead.id(), false).state())
        .isEqualTo(State.SENDING);
    assertThat(world.billing().metering().send()).isEqualTo(1);
    assertThat(ada.counted()).isEqualTo(7);
    assertThatThrownBy(() -> world.billing().metering().resolve(dead.id(), false))
        .hasMessageContaining("sent; there is nothing to decide");
  }

  @Test
  void whatWasUsedTooLongAgoIsDeadAndCantBeSentAnew() {
    ada.calls(7);
    world.engine().advanceTo(world.engine().now().plus(Duration.ofDays(36)));

    assertThat(world.billing().metering().send()).isZero();

    MeterReport dead = reports(State.DEAD).get(0);
    assertThat(dead.error()).contains("used more than 35 days ago; the provider takes no such");
    assertThatThrownBy(() -> world.billing().metering().resolve(dead.id(), false))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("Bill it by hand");
  }

  @Test
  void anInvoiceThatIsFinalisedWithoutItsUseIsTold() {
    ada.calls(7);
    world.engine().fail(new Fault(TELL, 500, When.BEFORE), 1000);
    world.advance(A_PERIOD);

    assertThat(world.billing().metering().backlog().overdue()).isEqualTo(1);
    assertThat(ada.invoices()).extracting(Caller::billed).containsExactly(0L);
  }

  // The clocks go on while nothing is sent.
  private void passUnsent(Duration time) {
    world.wallClock().advance(time);
    world.engine().advanceTo(world.engine().now().plus(time));
  }

  private List<MeterReport> reports(State state) {
    MeterReportStore store = world.store().meterReports();
    return store.list(new Filter(Optional.of(state), Optional.empty()), Optional.empty(), 101);
  }
}
