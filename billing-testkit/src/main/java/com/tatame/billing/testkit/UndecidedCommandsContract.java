package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of commands whose answer can't be had any more. */
public interface UndecidedCommandsContract extends StoreUnderTest {
  @Test
  default void aCommandThatNeedsAnOperatorKeepsItsPlace() {
    Instant now = Ids.morning();
    Command first = opened(now);
    begin(first.id(), "lease", now);
    end(first.id(), "lease", CommandState.NEEDS_OPERATOR, Optional.empty(), now);

    Command next = like(first, now);
    Command inTheWay = store().commands().open(next);

    assertThat(inTheWay.id()).isEqualTo(first.id());
    assertThat(inTheWay.state()).isEqualTo(CommandState.NEEDS_OPERATOR);
    assertThat(store().commands().find(next.id())).isEmpty();
    assertThat(
            begin(first.id(), "late", now.plus(CommandJournalContract.SENDING).plusSeconds(1)))
        .isEmpty();
  }

  @Test
  default void aCommandThatWasNotExecutedIsRenewedUnderItsLease() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "lease", now);
    Instant later = now.plus(CommandJournalContract.SENDING).minusSeconds(1);

    Command renewed = renew(planned.id(), "lease", 1, later).orElseThrow();

    assertThat(renewed.generation()).isEqualTo(2);
    assertThat(renewed.firstSentAt()).contains(later);
    assertThat(renewed.state()).isEqualTo(CommandState.SENDING);
    assertThat(renewed.params()).isEqualTo(planned.params());
    assertThat(renewed.idempotencyKey()).isNotEqualTo(planned.idempotencyKey());
    assertThat(store().commands().find(planned.id())).contains(renewed);
    assertThat(begin(planned.id(), "second", later.plusSeconds(2))).isEmpty();
    assertThat(end(planned.id(), "lease", CommandState.SUCCEEDED, Optional.of("x"), later))
        .isTrue();
  }

  @Test
  default void renewingAgainAnswersTheSame() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "lease", now);
    Optional<Command> renewed = renew(planned.id(), "lease", 1, now);

    assertThat(renew(planned.id(), "lease", 1, now)).isPresent().isEqualTo(renewed);
    assertThat(renew(planned.id(), "lease", 2, now).map(Command::generation)).contains(3);
  }

  @Test
  default void whoLostTheLeaseRenewsNothing() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "slow", now);
    Instant later = now.plus(CommandJournalContract.SENDING).plusSeconds(1);
    Command taken = begin(planned.id(), "fast", later).orElseThrow();

    assertThat(renew(planned.id(), "slow", 1, later)).isEmpty();
    assertThat(store().commands().find(planned.id())).contains(taken);

    end(planned.id(), "fast", CommandState.UNKNOWN, Optional.empty(), later);
    assertThat(renew(planned.id(), "fast", 1, later)).isEmpty();
    assertThat(renew(new CommandId(Ids.next("none")), "fast", 1, later)).isEmpty();
  }

  private Command opened(Instant createdAt) {
    Command command = Command.planned(
        new CommandId(Ids.next("cmd")),
        Ids.account(),
        CommandKind.CANCEL_SUBSCRIPTION,
        "sub_1",
        Map.of("when", "now"),
        createdAt);
    return store().commands().open(command);
  }

  private static Command like(Command command, Instant createdAt) {
    return Command.planned(
        new CommandId(Ids.next("cmd")),
        command.account(),
        command.kind(),
        command.target(),
        command.params(),
        createdAt);
  }

  private Optional<Command> begin(CommandId id, String lease, Instant now) {
    return store().commands().begin(id, lease, now, CommandJournalContract.SENDING);
  }

  private Optional<Command> renew(CommandId id, String lease, int generation, Instant now) {
    return store().commands().renew(id, lease, generation, now, CommandJournalContract.SENDING);
  }

  private boolean end(
      CommandId id, String lease, CommandState state, Optional<String> result, Instant now) {
    return store().commands().end(id, lease, state, result, Optional.empty(), now);
  }
}
