package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person sees of commands, and decides where lists and events can't. */
class CommandAdministrationTest {
  private final BillingWorld world = BillingWorld.builder().build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void areShownWithoutPersonalData() {
    ada.opens("basic");

    List<Command> all = world.billing().commands().list(JournalFilter.ALL, Optional.empty(), 10);

    assertThat(all)
        .extracting(Command::kind)
        .containsExactlyInAnyOrder(CommandKind.CREATE_CHECKOUT, CommandKind.CREATE_CUSTOMER);
    assertThat(all).allSatisfy(command -> {
      if (command.kind() == CommandKind.CREATE_CUSTOMER) {
        assertThat(command.params()).containsKey("email");
        assertThat(command.shownParams()).isEmpty();
      } else {
        assertThat(command.shownParams())
            .containsKeys("customer", "price", "tier")
            .doesNotContainKeys("success_url", "cancel_url");
      }
    });
  }

  @Test
  void areDecidedByWhatTheProviderHolds() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    Command undecided = undecided(bought);
    assertThat(world.billing().commands().undecided()).isEqualTo(1);

    assertThatThrownBy(() -> world
            .billing()
            .commands()
            .succeeded(undecided.id(), "sub_none", "looked it up", "root"))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(
            () -> world.billing().commands().succeeded(undecided.id(), bought.id(), " ", "root"))
        .isInstanceOf(ValidationFailed.class);
    Command resolved =
        world.billing().commands().succeeded(undecided.id(), bought.id(), "looked it up", "root");

    assertThat(resolved.state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(resolved.result()).contains(bought.id());
    assertThat(resolved.resolutions()).hasSize(1);
    assertThat(world.billing().commands().undecided()).isZero();
    assertThatThrownBy(() -> world
            .billing()
            .commands()
            .notExecuted(undecided.id(), false, "changed my mind", "root"))
        .isInstanceOf(Conflict.class);
  }

  @Test
  void areSentAgainUnderANewKeyIfStillWanted() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    Command undecided = undecided(bought);

    world.billing().commands().notExecuted(undecided.id(), true, "not in the log", "root");
    world.wallClock().advance(Duration.ofMinutes(3));
    world.work();

    Command done = world.billing().commands().get(undecided.id());
    assertThat(done.state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(done.generation()).isEqualTo(2);
    assertThat(ada.newest().cancelAtPeriodEnd()).isTrue();
  }

  @Test
  void areGivenUpIfNot() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    Command undecided = undecided(bought);

    world.billing().commands().notExecuted(undecided.id(), false, "not in the log", "root");
    world.wallClock().advance(Duration.ofMinutes(3));
    world.work();

    assertThat(world.billing().commands().get(undecided.id()).state())
        .isEqualTo(CommandState.REJECTED);
    assertThat(ada.newest().cancelAtPeriodEnd()).isFalse();
  }

  @Test
  void areNotFoundIfThereAreNone() {
    assertThatThrownBy(() -> world.billing().commands().get(new CommandId("none")))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() ->
            world.billing().commands().notExecuted(new CommandId("none"), true, "why", "root"))
        .isInstanceOf(NotFound.class);
  }

  private Command undecided(Subscription subscription) {
    var journal = world.store().commands();
    Command command = journal.open(
        Command.planned(
            new CommandId("undecided"),
            new AccountId("user_ada"),
            CommandKind.CANCEL_SUBSCRIPTION,
            subscription.id(),
            Map.of("when", "period_end", "customer", subscription.customerId()),
            world.wallClock().instant()),
        AnAuditEntry.any());
    journal.begin(command.id(), "lease", world.wallClock().instant(), Duration.ofMinutes(1));
    journal.end(
        command.id(),
        "lease",
        CommandState.NEEDS_OPERATOR,
        Optional.empty(),
        Optional.of("it may have been"),
        world.wallClock().instant());
    return command;
  }
}
