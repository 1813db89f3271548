package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What becomes of a command when not even looking for it tells whether it was executed. */
class UndecidedCommandTest {
  private static final AccountId ADA = new AccountId("user_ada");

  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final List<String> keys = new ArrayList<>();
  private Supplier<CommandLookup> finding = () -> new CommandLookup.Undecided("it may have been");
  private Execution failure = Execution.REPLAYED_FAILURE;
  private final Commands commands = engine(List.of(everyKind()));

  @Test
  void isLeftToAPersonAndNeverSentAgain() {
    Command command = cancellation();

    assertThatThrownBy(() -> commands.run(command))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("operator");

    assertThat(stored(command).state()).isEqualTo(CommandState.NEEDS_OPERATOR);
    assertThat(stored(command).error()).contains("it may have been");
    clock.advance(Duration.ofDays(3));
    commands.recover();
    assertThat(keys).containsExactly(command.idempotencyKey());
  }

  @Test
  void preventsASecondExecution() {
    Command command = cancellation();
    assertThatThrownBy(() -> commands.run(command)).isInstanceOf(Conflict.class);

    Command again = cancellation();
    assertThatThrownBy(() -> commands.run(again)).isInstanceOf(Conflict.class);

    assertThat(store.commands().find(again.id())).isEmpty();
    assertThat(keys).hasSize(1);
  }

  @Test
  void isWhatARefusedSearchLeaves() {
    finding = () -> {
      throw new ProviderRejected("resource_missing", Optional.empty(), "no such customer");
    };
    Command command = cancellation();

    assertThatThrownBy(() -> commands.run(command)).isInstanceOf(Conflict.class);

    assertThat(stored(command).error()).contains("resource_missing");
  }

  @Test
  void isNoneThatWasNotExecuted() {
    finding = CommandLookup.Absent::new;
    Command command = cancellation();

    assertThatThrownBy(() -> commands.run(command)).isInstanceOf(ProviderUnavailable.class);

    assertThat(keys).containsExactly("cmd_" + command.id() + ":1", "cmd_" + command.id() + ":2");
    assertThat(stored(command).state()).isEqualTo(CommandState.UNKNOWN);
    assertThat(stored(command).generation()).isEqualTo(2);
  }

  @Test
  void isNoneWhoseKeyIsStillRemembered() {
    failure = Execution.UNKNOWN;
    Command command = cancellation();
    assertThatThrownBy(() -> commands.run(command)).isInstanceOf(ProviderUnavailable.class);

    clock.advance(Duration.ofHours(22));
    commands.recover();

    assertThat(keys).containsExactly(command.idempotencyKey(), command.idempotencyKey());
    assertThat(stored(command).state()).isEqualTo(CommandState.UNKNOWN);
    clock.advance(Duration.ofHours(2));
    commands.recover();
    assertThat(keys).hasSize(2);
    assertThat(stored(command).state()).isEqualTo(CommandState.NEEDS_OPERATOR);
  }

  @Test
  void everyKindHasOneHandler() {
    Map<CommandKind, CommandHandler> all = everyKind();
    assertThatThrownBy(() -> engine(List.of(all, Map.of(CommandKind.CREATE_CUSTOMER, handler()))))
        .hasMessageContaining("two handlers for CREATE_CUSTOMER");
    all.remove(CommandKind.EXPIRE_CHECKOUT);
    assertThatThrownBy(() -> engine(List.of(all)))
        .hasMessageContaining("no handler for EXPIRE_CHECKOUT");
  }

  private Command cancellation() {
    return Command.planned(
        commands.nextId(),
        ADA,
        CommandKind.CANCEL_SUBSCRIPTION,
        "sub_1",
        Map.of("when", "now"),
        commands.now());
  }

  private Command stored(Command command) {
    return store.commands().find(command.id()).orElseThrow();
  }

  private Commands engine(List<Map<CommandKind, CommandHandler>> contributed) {
    return new Commands(
        store.commands(),
        new Unread(),
        contributed,
        clock,
        new Random(1),
        clock::advance,
        new Heartbeats(clock));
  }

  private Map<CommandKind, CommandHandler> everyKind() {
    Map<CommandKind, CommandHandler> handlers = new EnumMap<>(CommandKind.class);
    for (CommandKind kind : CommandKind.values()) {
      handlers.put(kind, handler());
    }
    return handlers;
  }

  private CommandHandler handler() {
    return new CommandHandler() {
      @Override
      public Optional<SubjectId> subject(Command command) {
        return Optional.empty();
      }

      @Override
      public Observation send(Command command) throws BillingException {
        keys.add(command.idempotencyKey());
        throw new ProviderUnavailable(failure, Duration.ZERO, "no answer");
      }

      @Override
      public CommandLookup find(Command command) {
        return finding.get();
      }
    };
  }

  /** Nothing is learnt here, so nothing is committed. */
  private static final class Unread implements Observations {
    @Override
    public Observation observe(Optional<SubjectId> subject, Supplier<Observation> question) {
      return question.get();
    }

    @Override
    public Observation refresh(ObjectRef object, SubjectId subject) {
      throw new AssertionError("nothing is read");
    }

    @Override
    public void observeAll(Supplier<List<Observation>> listing) {
      throw new AssertionError("nothing is listed");
    }
  }
}
