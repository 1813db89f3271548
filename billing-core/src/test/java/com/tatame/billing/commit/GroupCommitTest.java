package com.tatame.billing.commit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final Duration LIMIT = Workload.WEBHOOKS.limit();

  private final AtomicLong nanoTime = new AtomicLong();
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final Database database = new Database();
  private int nextId;
  private GroupCommit<String, String> group = group(GroupCommit.MAX_BATCH);

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void aLoneEventIsWrittenByItsCallerAtOnce() {
    database.open();

    assertThat(group.write("evt_1")).isEqualTo("wrote evt_1");

    assertThat(database.batches).containsExactly(List.of("evt_1"));
    assertThat(database.writers).containsOnly(Thread.currentThread());
  }

  @Test
  void whoSubmitsIsNotKeptWhileItIsWritten() throws Exception {
    CompletableFuture<String> outcome = group.submit("evt_1");
    database.entered.acquireUninterruptibly();
    assertThat(outcome).isNotDone();

    database.open();

    assertThat(outcome.get(60, SECONDS)).isEqualTo("wrote evt_1");
    assertThat(database.writers).doesNotContain(Thread.currentThread());
  }

  @Test
  void whatIsSubmittedSharesCommitsWithWhoWaits() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    CompletableFuture<String> submitted = group.submit("evt_submitted");
    Future<Boolean> waiting = callers.submit(() -> isWritten("evt_waiting"));
    awaitWaiting(2);

    database.open();

    all(first);
    assertThat(submitted.get(60, SECONDS)).isEqualTo("wrote evt_submitted");
    assertThat(waiting.get(60, SECONDS)).isTrue();
    assertThat(database.batches).hasSize(2);
  }

  @Test
  void whatIsSubmittedAndRefusedIsToldSo() {
    database.refused = "evt_bad";
    database.open();

    assertThatThrownBy(() -> group.submit("evt_bad").get(60, SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    database.gone = true;
    assertThatThrownBy(() -> group.submit("evt_gone").get(60, SECONDS))
        .hasCauseInstanceOf(StoreUnavailable.class);
  }

  @Test
  void callbackThatBlocksDoesNotBlockOtherCommits() throws Exception {
    CountDownLatch returns = new CountDownLatch(1);
    CompletableFuture<Void> stuck = group.submit("evt_stuck").thenAccept(outcome -> {
      try {
        returns.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    database.entered.acquireUninterruptibly();
    database.open();

    assertThat(group.submit("evt_next").get(60, SECONDS)).isEqualTo("wrote evt_next");

    assertThat(stuck).isNotDone();
    returns.countDown();
    stuck.get(60, SECONDS);
  }

  @Test
  void callersDuringACommitShareTheNextOne() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> rest = store(20);

    database.open();

    assertThat(all(first)).containsOnly(true);
    assertThat(all(rest)).hasSize(20).containsOnly(true);
    assertThat(database.batches).hasSize(2);
    assertThat(database.batches.get(1)).hasSize(20);
  }

  @Test
  void fullBatchDoesNotWaitForAnotherCommit() {
    beginWriting();
    submit(GroupCommit.MAX_BATCH);

    database.entered.acquireUninterruptibly();

    assertThat(database.batches.get(1)).hasSize(GroupCommit.MAX_BATCH);
    assertThat(group.waiting()).isZero();
    database.open();
  }

  @Test
  void howManyAreWorthACommitBesideAnotherIsTheOwnersChoice() {
    group = group(3);
    beginWriting();
    store(2);
    assertThat(database.batches).hasSize(1);

    submit(1);
    database.entered.acquireUninterruptibly();

    assertThat(database.batches.get(1)).hasSize(3);
    database.open();
  }

  @Test
  void aBatchHoldsNoMoreThanItMay() throws Exception {
    List<Future<Boolean>> first = fillAllPlaces();
    List<Future<Boolean>> rest = store(GroupCommit.MAX_BATCH * 3 + 1);

    database.open();

    all(first);
    assertThat(all(rest)).containsOnly(true);
    assertThat(database.batches)
        .allSatisfy(batch -> assertThat(batch.size()).isLessThanOrEqualTo(GroupCommit.MAX_BATCH));
    assertThat(database.stored).hasSize(first.size() + rest.size());
  }

  @Test
  void whatTheDatabaseRefusesDoesNotTakeItsNeighboursWithIt() throws Exception {
    database.refused = "evt_bad";
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> good = store(5);
    Future<Boolean> bad = callers.submit(() -> isWritten("evt_bad"));
    awaitWaiting(6);

    database.open();

    all(first);
    assertThat(all(good)).containsOnly(true);
    assertThatThrownBy(() -> bad.get(60, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void whenTheDatabaseIsGoneNobodyIsToldThatItsEventWasStored() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> rest = store(5);
    database.gone = true;

    database.open();

    for (List<Future<Boolean>> each : List.of(first, rest)) {
      for (Future<Boolean> caller : each) {
        assertThatThrownBy(() -> caller.get(60, SECONDS))
            .hasCauseInstanceOf(StoreUnavailable.class);
      }
    }
    // An outage is not worth a try for each event.
    assertThat(database.batches).hasSize(2);
  }

  @Test
  void aWriterThatDiesTellsThoseWhoWaitedForIt() throws Exception {
    database.deadly = "evt_deadly";
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> rest = store(3);
    Future<Boolean> deadly = callers.submit(() -> isWritten("evt_deadly"));
    awaitWaiting(4);

    database.open();

    all(first);
    int outcome = 0;
    List<Future<Boolean>> waiting = new ArrayList<>(rest);
    waiting.add(deadly);
    for (Future<Boolean> caller : waiting) {
      assertThatThrownBy(() -> caller.get(60, SECONDS)).isInstanceOf(ExecutionException.class);
      outcome++;
    }
    assertThat(outcome).isEqualTo(4);
    database.deadly = "";
    assertThat(isWritten("evt_after")).isTrue();
  }

  @Test
  void whoComesWhenTooManyWaitIsTurnedAway() throws Exception {
    List<Future<Boolean>> first = fillAllPlaces();
    List<Future<Boolean>> rest = store(GroupCommit.MAX_WAITING);

    assertThatThrownBy(() -> group.write("evt_late")).isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(() -> group.submit("evt_late").get(60, SECONDS))
        .hasCauseInstanceOf(StoreUnavailable.class);

    database.open();
    all(first);
    assertThat(all(rest)).containsOnly(true);
    assertThat(database.stored).doesNotContain("evt_late");
  }

  @Test
  void writingBelongsToTheWorkloadOfTheGroupAndNotOfTheCaller() {
    database.open();

    WorkContext.run(Workload.READS, () -> group.write("evt_1"));

    assertThat(database.workloads).containsExactly(Optional.of(Workload.WEBHOOKS));
  }

  @Test
  void batchHasTheTimeThatItsFirstPartHasLeft() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> rest = store(2);
    nanoTime.addAndGet(LIMIT.dividedBy(2).toNanos());

    database.open();

    all(first);
    all(rest);
    assertThat(database.remaining).containsExactly(LIMIT, LIMIT.dividedBy(2));
  }

  @Test
  void partThatWaitedForItsWholeTimeIsRefusedAndNotWritten() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> late = store(3);
    nanoTime.addAndGet(LIMIT.toNanos());

    database.open();

    all(first);
    for (Future<Boolean> caller : late) {
      assertThatThrownBy(() -> caller.get(60, SECONDS)).hasCauseInstanceOf(StoreUnavailable.class);
    }
    assertThat(database.batches).hasSize(1);
    assertThat(isWritten("evt_after")).isTrue();
  }

  @Test
  void partHasNoMoreTimeThanItsCallerHasLeft() {
    database.open();

    WorkContext.within(
        LIMIT.dividedBy(2),
        Workload.WEBHOOKS,
        nanoTime::get,
        () -> group.submit("evt_1").join());
    assertThat(database.remaining).containsExactly(LIMIT.dividedBy(2));

    CompletableFuture<String> late = WorkContext.within(
        Duration.ZERO, Workload.WEBHOOKS, nanoTime::get, () -> group.submit("evt_late"));
    assertThatThrownBy(() -> late.get(60, SECONDS)).hasCauseInstanceOf(StoreUnavailable.class);
    assertThat(database.stored).containsExactly("evt_1");
  }

  @Test
  void partWhoseTimeIsOverIsRefusedWithoutItsNeighbours() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    Future<Boolean> late = submit(1).get(0);
    awaitWaiting(1);
    nanoTime.addAndGet(LIMIT.toNanos());
    Future<Boolean> inTime = submit(1).get(0);
    awaitWaiting(2);

    database.open();

    all(first);
    assertThatThrownBy(() -> late.get(60, SECONDS)).hasCauseInstanceOf(StoreUnavailable.class);
    assertThat(inTime.get(60, SECONDS)).isTrue();
    assertThat(database.remaining).containsExactly(LIMIT, LIMIT);
  }

  private GroupCommit<String, String> group(int large) {
    return new GroupCommit<>(database::write, large, Workload.WEBHOOKS, nanoTime::get);
  }

  /** A caller writes one event, and is not done before the database is opened. */
  private List<Future<Boolean>> beginWriting() {
    Future<Boolean> writing = callers.submit(() -> isWritten("evt_writing"));
    database.entered.acquireUninterruptibly();
    return List.of(writing);
  }

  /** So many write as may, all but the first a full batch. */
  private List<Future<Boolean>> fillAllPlaces() {
    List<Future<Boolean>> writing = new ArrayList<>(beginWriting());
    for (int i = 1; i < GroupCommit.WRITERS; i++) {
      writing.addAll(submit(GroupCommit.MAX_BATCH));
      database.entered.acquireUninterruptibly();
    }
    return writing;
  }

  /** Writes a part; a caller that waits for another's commit gets its own result. */
  private boolean isWritten(String part) {
    return group.write(part).equals(wrote(part));
  }

  private static String wrote(String part) {
    return "wrote " + part;
  }

  private List<Future<Boolean>> store(int count) {
    List<Future<Boolean>> waiting = submit(count);
    awaitWaiting(count);
    return waiting;
  }

  private List<Future<Boolean>> submit(int count) {
    List<Future<Boolean>> submitted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = "evt_" + nextId++;
      submitted.add(callers.submit(() -> isWritten(id)));
    }
    return submitted;
  }

  private void awaitWaiting(int count) {
    while (group.waiting() < count) {
      Thread.onSpinWait();
    }
  }

  private static List<Boolean> all(List<Future<Boolean>> futures) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    for (Future<Boolean> future : futures) {
      answers.add(future.get(60, SECONDS));
    }
    return answers;
  }

  /** Writes nothing before it is opened, and fails as it is told. */
  private static final class Database {
    final Semaphore entered = new Semaphore(0);
    final CountDownLatch gate = new CountDownLatch(1);
    final List<List<String>> batches = new CopyOnWriteArrayList<>();
    final List<Optional<Workload>> workloads = new CopyOnWriteArrayList<>();
    final List<Duration> remaining = new CopyOnWriteArrayList<>();
    final List<Thread> writers = new CopyOnWriteArrayList<>();
    final List<String> stored = new CopyOnWriteArrayList<>();
    volatile String refused = "";
    volatile String deadly = "";
    volatile boolean gone;

    void open() {
      gate.countDown();
    }

    List<String> write(List<String> parts) {
      batches.add(parts);
      workloads.add(WorkContext.current().map(WorkContext::workload));
      WorkContext.current().map(WorkContext::remaining).ifPresent(remaining::add);
      writers.add(Thread.currentThread());
      entered.release();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (gone) {
        throw new StoreUnavailable("gone");
      }
      if (parts.contains(refused)) {
        throw new IllegalStateException("refused");
      }
      if (parts.contains(deadly)) {
        throw new OutOfMemoryError("deadly");
      }
      stored.addAll(parts);
      return parts.stream().map(GroupCommitTest::wrote).toList();
    }
  }
}
