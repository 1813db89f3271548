package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.Comparator;
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
    Command open = store().commands().open(next, AnAuditEntry.any());

    assertThat(open.id()).isEqualTo(first.id());
    assertThat(open.state()).isEqualTo(CommandState.NEEDS_OPERATOR);
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

  @Test
  default void aCommandThatAPersonFoundExecutedHasSucceeded() {
    Command undecided = undecided(Ids.morning());
    Resolution resolution = resolution(Resolution.Outcome.SUCCEEDED, Optional.of("sub_9"));

    Command resolved = store()
        .commands()
        .resolve(undecided.id(), 1, resolution, AnAuditEntry.any())
        .orElseThrow();

    assertThat(resolved.state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(resolved.result()).contains("sub_9");
    assertThat(resolved.resolutions()).containsExactly(resolution);
    assertThat(store().commands().find(undecided.id())).contains(resolved);
    assertThat(store()
            .commands()
            .lastSucceeded(undecided.account(), undecided.kind(), undecided.target()))
        .contains(resolved);
    Command next = like(undecided, Ids.morning());
    assertThat(store().commands().open(next, AnAuditEntry.any())).isEqualTo(next);
  }

  @Test
  default void aCommandThatIsGivenUpIsRejectedAndKeepsWhy() {
    Command undecided = undecided(Ids.morning());
    Resolution resolution = resolution(Resolution.Outcome.NOT_EXECUTED, Optional.empty());

    Command resolved = store()
        .commands()
        .resolve(undecided.id(), 1, resolution, AnAuditEntry.any())
        .orElseThrow();

    assertThat(resolved.state()).isEqualTo(CommandState.REJECTED);
    assertThat(resolved.error()).isEqualTo(undecided.error());
    assertThat(resolved.resolutions()).containsExactly(resolution);
  }

  @Test
  default void aCommandThatIsToBeSentAgainIsPlannedUnderTheNextKey() {
    Instant now = Ids.morning();
    Command undecided = undecided(now);
    Resolution first = resolution(Resolution.Outcome.SEND_AGAIN, Optional.empty());

    Command planned =
        store().commands().resolve(undecided.id(), 1, first, AnAuditEntry.any()).orElseThrow();

    assertThat(planned.state()).isEqualTo(CommandState.PLANNED);
    assertThat(planned.generation()).isEqualTo(2);
    assertThat(planned.firstSentAt()).isEmpty();
    assertThat(planned.error()).isEmpty();
    assertThat(begin(planned.id(), "again", now.plusSeconds(9)).orElseThrow().firstSentAt())
        .contains(now.plusSeconds(9));
    end(planned.id(), "again", CommandState.NEEDS_OPERATOR, Optional.empty(), now);
    Resolution second = resolution(Resolution.Outcome.NOT_EXECUTED, Optional.empty());
    assertThat(store()
            .commands()
            .resolve(planned.id(), 2, second, AnAuditEntry.any())
            .map(Command::resolutions)
            .orElseThrow())
        .containsExactly(first, second);
  }

  @Test
  default void onlyWhatNeedsAPersonIsDecidedAndOnlyOnce() {
    Instant now = Ids.morning();
    Resolution resolution = resolution(Resolution.Outcome.NOT_EXECUTED, Optional.empty());
    Command open = opened(now);
    Command undecided = undecided(now);

    assertThat(store().commands().resolve(open.id(), 1, resolution, AnAuditEntry.any()))
        .isEmpty();
    assertThat(store().commands().resolve(undecided.id(), 2, resolution, AnAuditEntry.any()))
        .isEmpty();
    assertThat(store()
            .commands()
            .resolve(new CommandId(Ids.next("none")), 1, resolution, AnAuditEntry.any()))
        .isEmpty();
    assertThat(store().commands().find(open.id())).contains(open);
    assertThat(store().commands().resolve(undecided.id(), 1, resolution, AnAuditEntry.any()))
        .isPresent();
    assertThat(store().commands().resolve(undecided.id(), 1, resolution, AnAuditEntry.any()))
        .isEmpty();
  }

  @Test
  default void commandsAreListedNewestFirstPageByPage() {
    Instant now = Ids.morning();
    Command oldest = opened(now);
    Command newest = Command.planned(
        new CommandId(Ids.next("cmd")),
        oldest.account(),
        CommandKind.CANCEL_SUBSCRIPTION,
        "sub_2",
        Map.of(),
        now.plusSeconds(5));
    Command middle = Command.planned(
        new CommandId(Ids.next("cmd")),
        oldest.account(),
        CommandKind.RESUME_SUBSCRIPTION,
        "sub_2",
        Map.of(),
        now.plusSeconds(3));
    store().commands().open(newest, AnAuditEntry.any());
    store().commands().open(middle, AnAuditEntry.any());
    opened(now.plusSeconds(4));
    JournalFilter ofAccount = new JournalFilter(Optional.empty(), Optional.of(oldest.account()));

    assertThat(store().commands().list(ofAccount, Optional.empty(), 2))
        .containsExactly(newest, middle);
    assertThat(store().commands().list(ofAccount, Optional.of(middle.id()), 2))
        .containsExactly(oldest);
    assertThat(store().commands().list(ofAccount, Optional.of(oldest.id()), 2)).isEmpty();
    assertThat(store().commands().list(ofAccount, Optional.of(new CommandId(Ids.next("none"))), 2))
        .isEmpty();
    assertThat(store().commands().list(JournalFilter.ALL, Optional.empty(), 101))
        .extracting(Command::createdAt)
        .isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  default void whatNeedsAPersonIsListedAndCounted() {
    long before = store().commands().undecided();
    Command undecided = undecided(Ids.morning());
    Command open = store()
        .commands()
        .open(
            Command.planned(
                new CommandId(Ids.next("cmd")),
                undecided.account(),
                CommandKind.CREATE_CUSTOMER,
                "customer",
                Map.of(),
                Ids.morning()),
            AnAuditEntry.any());

    assertThat(store().commands().undecided()).isEqualTo(before + 1);
    assertThat(store()
            .commands()
            .list(
                new JournalFilter(
                    Optional.of(CommandState.NEEDS_OPERATOR), Optional.of(undecided.account())),
                Optional.empty(),
                10))
        .containsExactly(store().commands().find(undecided.id()).orElseThrow());
    assertThat(store()
            .commands()
            .list(
                new JournalFilter(Optional.of(CommandState.PLANNED), Optional.empty()),
                Optional.empty(),
                101))
        .contains(open)
        .extracting(Command::state)
        .containsOnly(CommandState.PLANNED);
  }

  private Command undecided(Instant now) {
    Command command = opened(now);
    begin(command.id(), "lease", now);
    store()
        .commands()
        .end(
            command.id(),
            "lease",
            CommandState.NEEDS_OPERATOR,
            Optional.empty(),
            Optional.of("it may have been"),
            now);
    return store().commands().find(command.id()).orElseThrow();
  }

  private static Resolution resolution(Resolution.Outcome outcome, Optional<String> result) {
    return new Resolution(outcome, result, "seen in the dashboard \"高い\"", "ada", Ids.morning());
  }

  private Command opened(Instant createdAt) {
    Command command = Command.planned(
        new CommandId(Ids.next("cmd")),
        Ids.account(),
        CommandKind.CANCEL_SUBSCRIPTION,
        "sub_1",
        Map.of("when", "now"),
        createdAt);
    return store().commands().open(command, AnAuditEntry.any());
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
