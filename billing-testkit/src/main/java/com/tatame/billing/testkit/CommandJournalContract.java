package com.tatame.billing.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Outgoing mutations: one open at a time, one sender at a time. */
public interface CommandJournalContract extends StoreUnderTest {
  /** For how long a sender has a command to itself. */
  Duration SENDING = Duration.ofMinutes(1);

  @Test
  default void anOpenedCommandIsWrittenDownAsItIs() {
    Command planned = cancel(Ids.account(), "sub_1", Ids.morning());

    assertThat(store().commands().open(planned, AnAuditEntry.any())).isEqualTo(planned);

    assertThat(store().commands().find(planned.id())).contains(planned);
  }

  @Test
  default void aCommandThatIsNotThereIsEmpty() {
    assertThat(store().commands().find(new CommandId(Ids.next("none")))).isEmpty();
    assertThat(begin(new CommandId(Ids.next("none")), "lease", Ids.morning())).isEmpty();
  }

  @Test
  default void anOpenCommandStandsInTheWayOfAnotherOfItsAccountKindAndTarget() {
    Instant now = Ids.morning();
    Command first = cancel(Ids.account(), "sub_1", now);
    Command second = cancel(first.account(), "sub_1", now.plusSeconds(1));
    store().commands().open(first, AnAuditEntry.any());

    assertThat(store().commands().open(second, AnAuditEntry.any())).isEqualTo(first);

    assertThat(store().commands().find(second.id())).isEmpty();
  }

  @Test
  default void openingACommandAgainAnswersHowItStands() {
    Instant now = Ids.morning();
    Command planned = cancel(Ids.account(), "sub_1", now);
    store().commands().open(planned, AnAuditEntry.any());
    Command sending = begin(planned.id(), "lease", now).orElseThrow();

    assertThat(store().commands().open(planned, AnAuditEntry.any())).isEqualTo(sending);
  }

  @Test
  default void theOpenCommandIsFoundUntilItEnds() {
    Instant now = Ids.morning();
    Command planned = cancel(Ids.account(), "sub_1", now);
    assertThat(open(planned)).isEmpty();

    store().commands().open(planned, AnAuditEntry.any());

    assertThat(open(planned)).contains(planned);
    assertThat(open(cancel(planned.account(), "sub_2", now))).isEmpty();
    assertThat(open(cancel(Ids.account(), "sub_1", now))).isEmpty();
    Command sending = begin(planned.id(), "lease", now).orElseThrow();
    assertThat(open(planned)).contains(sending);
    end(planned.id(), "lease", CommandState.SUCCEEDED, Optional.of("sub_1"), now);
    assertThat(open(planned)).isEmpty();
  }

  private Optional<Command> open(Command like) {
    return store().commands().findOpen(like.account(), like.kind(), like.target());
  }

  @Test
  default void aRequestFindsItsCommandsWhateverBecameOfThem() {
    Instant now = Ids.morning();
    RequestKey request = RequestKey.of(Ids.next("caller"), "key");
    AccountId account = Ids.account();
    Command first = cancel(account, "sub_1", now).madeFor(request);
    Command second = cancel(account, "sub_2", now.plusSeconds(1)).madeFor(request);
    store().commands().open(second, AnAuditEntry.any());
    store().commands().open(first, AnAuditEntry.any());
    store().commands().open(cancel(account, "sub_3", now), AnAuditEntry.any());
    store()
        .commands()
        .open(
            cancel(account, "sub_4", now).madeFor(RequestKey.of(Ids.next("caller"), "key")),
            AnAuditEntry.any());
    begin(first.id(), "lease", now);
    end(first.id(), "lease", CommandState.SUCCEEDED, Optional.of("sub_1"), now);

    assertThat(store().commands().ofRequest(request))
        .extracting(Command::id, Command::state, Command::request)
        .containsExactly(
            tuple(first.id(), CommandState.SUCCEEDED, Optional.of(request)),
            tuple(second.id(), CommandState.PLANNED, Optional.of(request)));
    assertThat(store().commands().ofRequest(RequestKey.of(Ids.next("caller"), "key")))
        .isEmpty();
  }

  @Test
  default void commandsOfAnotherAccountKindOrTargetAreOpenSideBySide() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    Command cancel = cancel(account, "sub_1", now);
    Command otherTarget = cancel(account, "sub_2", now);
    Command otherAccount = cancel(Ids.account(), "sub_1", now);
    Command otherKind = Command.planned(
        new CommandId(Ids.next("cmd")),
        account,
        CommandKind.RESUME_SUBSCRIPTION,
        "sub_1",
        Map.of(),
        now);

    for (Command each : List.of(cancel, otherTarget, otherAccount, otherKind)) {
      assertThat(store().commands().open(each, AnAuditEntry.any())).isEqualTo(each);
    }
  }

  @Test
  default void ofFiftyConcurrentOpensOneIsWrittenDownAndAllSeeIt() throws Exception {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    int callers = 50;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Command> planned = new ArrayList<>();
      List<Future<Command>> answers = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        Command mine = cancel(account, "sub_1", now);
        planned.add(mine);
        answers.add(threads.submit(() -> {
          start.await();
          return store().commands().open(mine, AnAuditEntry.any());
        }));
      }
      start.countDown();
      List<Command> seen = new ArrayList<>();
      for (Future<Command> answer : answers) {
        seen.add(answer.get(60, SECONDS));
      }
      assertThat(seen).hasSize(callers);
      assertThat(seen.stream().distinct()).hasSize(1);
      assertThat(
              planned.stream().filter(each -> store().commands().find(each.id()).isPresent()))
          .containsExactly(seen.get(0));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void whoBeginsACommandHasItAloneUntilTheLeaseRunsOut() {
    Instant now = Ids.morning();
    Command planned = opened(now);

    Command sending = begin(planned.id(), "first", now).orElseThrow();

    assertThat(sending.state()).isEqualTo(CommandState.SENDING);
    assertThat(sending.firstSentAt()).contains(now);
    assertThat(sending.params()).isEqualTo(planned.params());
    assertThat(sending.idempotencyKey()).isEqualTo(planned.idempotencyKey());
    assertThat(begin(planned.id(), "second", now.plusSeconds(1))).isEmpty();
    assertThat(begin(planned.id(), "second", now.plus(SENDING).plusSeconds(1))).isPresent();
  }

  @Test
  default void whoExtendsItsLeaseKeepsTheCommandAlone() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "first", now);
    Instant beat = now.plus(SENDING).minusSeconds(1);

    assertThat(store().commands().extend(planned.id(), "first", beat, SENDING)).isTrue();

    Instant later = now.plus(SENDING).plusSeconds(1);
    assertThat(begin(planned.id(), "second", later)).isEmpty();
    assertThat(store().commands().abandoned(later, later, 100))
        .extracting(Command::id)
        .doesNotContain(planned.id());
    assertThat(begin(planned.id(), "second", beat.plus(SENDING).plusSeconds(1))).isPresent();
  }

  @Test
  default void whoLostTheLeaseExtendsNothing() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    assertThat(store().commands().extend(planned.id(), "slow", now, SENDING)).isFalse();
    begin(planned.id(), "slow", now);
    Instant later = now.plus(SENDING).plusSeconds(1);
    begin(planned.id(), "fast", later);

    assertThat(store().commands().extend(planned.id(), "slow", later.plus(SENDING), SENDING))
        .isFalse();

    assertThat(begin(planned.id(), "third", later.plus(SENDING).plusSeconds(1))).isPresent();
    end(planned.id(), "third", CommandState.SUCCEEDED, Optional.of("sub_1"), later);
    assertThat(store().commands().extend(planned.id(), "third", later, SENDING)).isFalse();
  }

  @Test
  default void theFirstSendingIsRememberedForGood() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "first", now);

    Command again =
        begin(planned.id(), "second", now.plus(SENDING).plusSeconds(1)).orElseThrow();

    assertThat(again.firstSentAt()).contains(now);
    assertThat(again.generation()).isEqualTo(1);
  }

  @Test
  default void ofManyWhoBeginACommandAtOnceOneHasIt() throws Exception {
    Instant now = Ids.morning();
    Command planned = opened(now);
    int callers = 8;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        String lease = Ids.next("lease");
        answers.add(threads.submit(() -> {
          start.await();
          return begin(planned.id(), lease, now).isPresent();
        }));
      }
      start.countDown();
      int winners = 0;
      for (Future<Boolean> answer : answers) {
        winners += answer.get(60, SECONDS) ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void aCommandEndsWithItsResult() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "lease", now);

    assertThat(end(planned.id(), "lease", CommandState.SUCCEEDED, Optional.of("sub_9"), now))
        .isTrue();

    Command ended = store().commands().find(planned.id()).orElseThrow();
    assertThat(ended.state()).isEqualTo(CommandState.SUCCEEDED);
    assertThat(ended.result()).contains("sub_9");
    assertThat(ended.error()).isEmpty();
    assertThat(begin(planned.id(), "late", now.plus(SENDING).plusSeconds(1))).isEmpty();
  }

  @Test
  default void aRejectedCommandKeepsTheReason() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "lease", now);

    assertThat(store()
            .commands()
            .end(
                planned.id(),
                "lease",
                CommandState.REJECTED,
                Optional.empty(),
                Optional.of("Die Karte wurde abgelehnt."),
                now))
        .isTrue();

    assertThat(store().commands().find(planned.id()).flatMap(Command::error))
        .contains("Die Karte wurde abgelehnt.");
  }

  @Test
  default void whoLostTheLeaseWritesNothing() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "slow", now);
    Instant later = now.plus(SENDING).plusSeconds(1);
    Command taken = begin(planned.id(), "fast", later).orElseThrow();

    assertThat(end(planned.id(), "slow", CommandState.REJECTED, Optional.of("x"), later))
        .isFalse();

    assertThat(store().commands().find(planned.id())).contains(taken);
    assertThat(end(planned.id(), "fast", CommandState.SUCCEEDED, Optional.of("y"), later))
        .isTrue();
    assertThat(end(planned.id(), "slow", CommandState.REJECTED, Optional.of("x"), later))
        .isFalse();
    assertThat(store().commands().find(planned.id()).flatMap(Command::result)).contains("y");
  }

  @Test
  default void whatNobodyBeganCannotBeEnded() {
    Instant now = Ids.morning();
    Command planned = opened(now);

    assertThat(end(planned.id(), "never", CommandState.SUCCEEDED, Optional.empty(), now))
        .isFalse();

    assertThat(store().commands().find(planned.id())).contains(planned);
  }

  @Test
  default void aCommandWhoseAnswerWasLostIsOpenAndCanBeBegunAgainAtOnce() {
    Instant now = Ids.morning();
    Command planned = opened(now);
    begin(planned.id(), "first", now);
    end(planned.id(), "first", CommandState.UNKNOWN, Optional.empty(), now);

    Command next = cancel(planned.account(), planned.target(), now);
    assertThat(store().commands().open(next, AnAuditEntry.any()).id()).isEqualTo(planned.id());
    assertThat(begin(planned.id(), "second", now)).isPresent();
  }

  @Test
  default void aSettledCommandMakesWayForTheNext() {
    Instant now = Ids.morning();
    for (CommandState settled : List.of(CommandState.SUCCEEDED, CommandState.REJECTED)) {
      Command first = opened(now);
      begin(first.id(), "lease", now);
      end(first.id(), "lease", settled, Optional.empty(), now);

      Command next = cancel(first.account(), first.target(), now);
      assertThat(store().commands().open(next, AnAuditEntry.any())).isEqualTo(next);
    }
  }

  @Test
  default void theLatestCommandThatSucceededIsFound() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    Command older = ended(account, "sub_1", now, CommandState.SUCCEEDED);
    Command newer = ended(account, "sub_1", now.plusSeconds(1), CommandState.SUCCEEDED);
    ended(account, "sub_1", now.plusSeconds(2), CommandState.REJECTED);
    ended(account, "sub_2", now.plusSeconds(3), CommandState.SUCCEEDED);
    store().commands().open(cancel(account, "sub_1", now.plusSeconds(4)), AnAuditEntry.any());

    Optional<Command> found =
        store().commands().lastSucceeded(account, CommandKind.CANCEL_SUBSCRIPTION, "sub_1");

    assertThat(found.map(Command::id)).contains(newer.id()).isNotEqualTo(older.id());
    assertThat(store()
            .commands()
            .lastSucceeded(Ids.account(), CommandKind.CANCEL_SUBSCRIPTION, "sub_1"))
        .isEmpty();
    assertThat(store().commands().lastSucceeded(account, CommandKind.CREATE_CUSTOMER, "sub_1"))
        .isEmpty();
  }

  @Test
  default void unsettledCommandsThatNobodySendsAreAbandoned() {
    Sweep.commands(store());
    Instant now = Ids.morning();
    Command planned = opened(now.plusSeconds(3));
    Command unknown = opened(now.plusSeconds(1));
    begin(unknown.id(), "lease", now);
    end(unknown.id(), "lease", CommandState.UNKNOWN, Optional.empty(), now);
    Command crashed = opened(now.plusSeconds(2));
    begin(crashed.id(), "lease", now);
    Instant later = now.plus(SENDING).plusSeconds(10);
    Command sending = opened(now);
    begin(sending.id(), "lease", later);
    ended(Ids.account(), "sub_1", now, CommandState.NEEDS_OPERATOR);
    opened(later);

    assertThat(ids(store().commands().abandoned(later.minusSeconds(5), later, 10)))
        .containsExactly(unknown.id(), crashed.id(), planned.id());
    assertThat(ids(store().commands().abandoned(later.minusSeconds(5), later, 2)))
        .containsExactly(unknown.id(), crashed.id());
    assertThat(ids(store().commands().abandoned(now.plusSeconds(2), later, 10)))
        .containsExactly(unknown.id());
  }

  private static List<CommandId> ids(List<Command> commands) {
    return commands.stream().map(Command::id).toList();
  }

  private Command opened(Instant createdAt) {
    return store().commands().open(cancel(Ids.account(), "sub_1", createdAt), AnAuditEntry.any());
  }

  private Command ended(AccountId account, String target, Instant at, CommandState state) {
    Command command = store().commands().open(cancel(account, target, at), AnAuditEntry.any());
    begin(command.id(), "lease", at);
    end(command.id(), "lease", state, Optional.of(target), at);
    return command;
  }

  private Optional<Command> begin(CommandId id, String lease, Instant now) {
    return store().commands().begin(id, lease, now, SENDING);
  }

  private boolean end(
      CommandId id, String lease, CommandState state, Optional<String> result, Instant now) {
    return store().commands().end(id, lease, state, result, Optional.empty(), now);
  }

  private static Command cancel(AccountId account, String target, Instant createdAt) {
    return Command.planned(
        new CommandId(Ids.next("cmd")),
        account,
        CommandKind.CANCEL_SUBSCRIPTION,
        target,
        Map.of("when", "period_end", "reason", "too \"dear\" 高い", "b", "1.10"),
        createdAt);
  }
}
