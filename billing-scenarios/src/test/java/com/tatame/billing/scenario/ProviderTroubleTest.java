package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.customer.Customers.Ensured;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.SimulatedGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a command that the provider doesn't answer usefully. */
class ProviderTroubleTest {
  private static final String CUSTOMERS = "POST /v1/customers";

  private final BillingWorld world = BillingWorld.builder().build();
  private final Shopper ada = Shopper.named("ada", world);
  private final List<String> keys = new ArrayList<>();
  private final Billing billing = world.program(world.store(), noting(keys));

  private PaymentGateway noting(List<String> keysSent) {
    return new SimulatedGateway(
        request -> {
          request.idempotencyKey().ifPresent(keysSent::add);
          return world.engine().call(request);
        },
        List.of("whsec_unused"),
        world.wallClock());
  }

  @AfterEach
  void end() {
    billing.close();
    world.close();
  }

  @Test
  void aRateLimitLeavesNothingOpen() {
    world.engine().fail(new Fault(CUSTOMERS, 429, When.BEFORE), 1);

    assertThatItIsUnavailable(Execution.NOT_EXECUTED);

    assertThat(open()).isEmpty();
    assertThat(SimulatorReads.customers(world)).isEmpty();
    assertThat(ensure().created()).isTrue();
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void aLostAnswerIsFoundUnderTheSameKey() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.LOST), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    Command unknown = onlyOpen();
    assertThat(unknown.state()).isEqualTo(CommandState.UNKNOWN);

    Ensured found = ensure();

    assertThat(keys).containsExactly(unknown.idempotencyKey(), unknown.idempotencyKey());
    assertThat(SimulatorReads.customers(world))
        .extracting(customer -> customer.required("id").asText())
        .containsExactly(found.link().customerId());
    assertThat(open()).isEmpty();
    assertThat(state(unknown)).isEqualTo(CommandState.SUCCEEDED);
  }

  @Test
  void aCallThatDidNothingIsRepeatedUnderTheSameKey() {
    world.engine().fail(new Fault(CUSTOMERS, 503, When.BEFORE), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);

    ensure();

    assertThat(keys).hasSize(2).containsOnly(keys.get(0));
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void aRateLimitAfterALostAnswerProvesNothing() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.LOST), 1);
    world.engine().fail(new Fault(CUSTOMERS, 429, When.BEFORE), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    assertThatItIsUnavailable(Execution.NOT_EXECUTED);
    assertThat(onlyOpen().state()).isEqualTo(CommandState.UNKNOWN);

    ensure();

    assertThat(keys).hasSize(3).containsOnly(keys.get(0));
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void aLostAnswerIsFoundWithoutAnybodyAsking() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.LOST), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);

    world.wallClock().advance(Duration.ofMinutes(3));
    assertThat(billing.work()).isTrue();

    assertThat(open()).isEmpty();
    assertThat(billing.customers().find(ada.account())).isPresent();
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void whatIsUnknownForTooLongIsNotSentAgainButFound() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.LOST), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    Command unknown = onlyOpen();

    world.wallClock().advance(Duration.ofHours(23).plusSeconds(1));
    while (billing.work()) {
      // until nothing is left
    }

    assertThat(keys).containsExactly(unknown.idempotencyKey());
    assertThat(state(unknown)).isEqualTo(CommandState.SUCCEEDED);
    assertThat(billing.customers().find(ada.account())).isPresent();
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void whatWasNotExecutedForTooLongIsSentUnderANewKey() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.BEFORE), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    Command unknown = onlyOpen();

    world.wallClock().advance(Duration.ofHours(23).plusSeconds(1));
    assertThat(ensure().created()).isFalse();

    assertThat(keys).hasSize(2).doesNotHaveDuplicates();
    Command renewed = world.store().commands().find(unknown.id()).orElseThrow();
    assertThat(renewed.state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(renewed.generation()).isEqualTo(2);
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void effectBehindAStoredFailureIsFound() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.AFTER), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    Command unknown = onlyOpen();

    ensure();

    assertThat(keys).containsExactly(unknown.idempotencyKey(), unknown.idempotencyKey());
    assertThat(state(unknown)).isEqualTo(CommandState.SUCCEEDED);
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void whatCanNotBeLookedForStaysUnknown() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.AFTER), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    world.engine().fail(new Fault("GET /v1/customers", 503, When.BEFORE), 1);

    assertThatItIsUnavailable(Execution.UNKNOWN);

    assertThat(onlyOpen().state()).isEqualTo(CommandState.UNKNOWN);
    ensure();
    assertThat(open()).isEmpty();
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void aCustomerThatWasDeletedSinceIsMadeAnew() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.AFTER), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);
    String first = SimulatorReads.customers(world).get(0).required("id").asText();
    SimulatorReads.call(world, Request.of("DELETE", "/v1/customers/" + first, Map.of()));

    String second = ensure().link().customerId();

    assertThat(second).isNotEqualTo(first);
    assertThat(open()).isEmpty();
  }

  @Test
  void aCancellationThatWasTakenBackSinceIsNotDoneAgain() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    String path = "/v1/subscriptions/" + bought.id();
    world.engine().fail(new Fault("POST " + path, 500, When.AFTER), 1);
    assertThatThrownBy(() -> billing
            .subscriptions()
            .cancel(ada.account(), bought.id(), Cancellation.PERIOD_END, Optional.empty()))
        .isInstanceOf(ProviderUnavailable.class);
    Command unknown = onlyOpen();
    SimulatorReads.call(world, Request.of("POST", path, Map.of("cancel_at_period_end", "false")));

    world.wallClock().advance(Duration.ofMinutes(3));
    while (billing.work()) {
      // until nothing is left
    }

    assertThat(state(unknown)).isEqualTo(CommandState.SUCCEEDED);
    assertThat(ada.newest().cancelAtPeriodEnd()).isFalse();
  }

  @Test
  void anUnknownCustomerIsKnownAsSoonAsItsEventArrives() {
    world.engine().fail(new Fault(CUSTOMERS, 500, When.LOST), 1);
    assertThatItIsUnavailable(Execution.UNKNOWN);

    world.deliver(Disorder.NONE);
    world.work();

    assertThat(ensure().created()).isFalse();
    assertThat(keys).hasSize(1);
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void eventsAreProcessedWhileTheProviderCanNotBeReadAndReadLater() {
    world.provider().pay(ada.opens("basic").id(), Shopper.PAYS);
    world.engine().fail(new Fault("GET", 500, When.BEFORE), 1_000);
    world.deliver(Disorder.NONE);
    while (world.billing().work()) {
      // until nothing is left but reads
    }

    assertThat(ada.tier()).isEqualTo("basic");
    assertThat(world.billing().webhooks().status().backlog()).isZero();
    assertThat(world.billing().webhooks().status().pendingReads()).isPositive();

    world.engine().clearFaults();
    world.work();
    assertThat(world.billing().webhooks().status().pendingReads()).isZero();
    assertThat(MirroredState.differences(world)).isEmpty();
  }

  private Ensured ensure() {
    return billing.customers().ensure(ada.caller(), Optional.empty(), Optional.empty());
  }

  private void assertThatItIsUnavailable(Execution execution) {
    assertThatExceptionOfType(ProviderUnavailable.class)
        .isThrownBy(this::ensure)
        .satisfies(failure -> assertThat(failure.execution()).isEqualTo(execution));
  }

  private List<Command> open() {
    Instant inAYear = world.wallClock().instant().plus(Duration.ofDays(365));
    return world.store().commands().abandoned(inAYear, inAYear, 100);
  }

  private Command onlyOpen() {
    List<Command> open = open();
    assertThat(open).hasSize(1);
    return open.get(0);
  }

  private CommandState state(Command command) {
    return world.store().commands().find(command.id()).orElseThrow().state();
  }
}
