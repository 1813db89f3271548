package com.tatame.billing.inbox;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.projection.ClaimId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final Database database = new Database();
  private final List<Integer> commits = new CopyOnWriteArrayList<>();
  private final InboxListener listener = new InboxListener() {
    @Override
    public void stored(int events) {
      commits.add(events);
    }
  };
  private int nextId;
  private final GroupCommit group =
      new GroupCommit(database::ingest, () -> Instant.EPOCH, listener);

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void aLoneEventIsWrittenByItsCallerAtOnce() {
    database.open();

    assertThat(group.store(event("evt_1"))).isTrue();
    assertThat(group.store(event("evt_1"))).isFalse();

    assertThat(database.batches).containsExactly(List.of("evt_1"), List.of("evt_1"));
    assertThat(database.writers).containsOnly(Thread.currentThread());
  }

  @Test
  void whatComesWhileSomebodyWritesSharesTheNextCommit() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> rest = store(20);

    database.open();

    assertThat(all(first)).containsOnly(true);
    assertThat(all(rest)).hasSize(20).containsOnly(true);
    assertThat(database.batches).hasSize(2);
    assertThat(database.batches.get(1)).hasSize(20);
    assertThat(commits).containsExactly(1, 20);
  }

  @Test
  void aFullBatchDoesNotWaitForWhoeverWrites() {
    beginWriting();
    submit(GroupCommit.MAX_BATCH);

    database.entered.acquireUninterruptibly();

    assertThat(database.batches.get(1)).hasSize(GroupCommit.MAX_BATCH);
    assertThat(group.waiting()).isZero();
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
  void ofOneEventThatComesTwiceInABatchTheFirstIsNew() throws Exception {
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> twins = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      twins.add(callers.submit(() -> group.store(event("evt_twin"))));
      awaitWaiting(i);
    }

    database.open();

    all(first);
    assertThat(all(twins)).containsExactly(true, false);
  }

  @Test
  void whatTheDatabaseRefusesDoesNotTakeItsNeighboursWithIt() throws Exception {
    database.refused = "evt_bad";
    List<Future<Boolean>> first = beginWriting();
    List<Future<Boolean>> good = store(5);
    Future<Boolean> bad = callers.submit(() -> group.store(event("evt_bad")));
    awaitWaiting(6);

    database.open();

    all(first);
    assertThat(all(good)).containsOnly(true);
    assertThatThrownBy(() -> bad.get(20, SECONDS))
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
        assertThatThrownBy(() -> caller.get(20, SECONDS))
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
    Future<Boolean> deadly = callers.submit(() -> group.store(event("evt_deadly")));
    awaitWaiting(4);

    database.open();

    all(first);
    int told = 0;
    List<Future<Boolean>> waiting = new ArrayList<>(rest);
    waiting.add(deadly);
    for (Future<Boolean> caller : waiting) {
      assertThatThrownBy(() -> caller.get(20, SECONDS)).isInstanceOf(ExecutionException.class);
      told++;
    }
    assertThat(told).isEqualTo(4);
    database.deadly = "";
    assertThat(group.store(event("evt_after"))).isTrue();
  }

  @Test
  void whoComesWhenTooManyWaitIsTurnedAway() throws Exception {
    List<Future<Boolean>> first = fillAllPlaces();
    List<Future<Boolean>> rest = store(GroupCommit.MAX_WAITING);

    assertThatThrownBy(() -> group.store(event("evt_late"))).isInstanceOf(StoreUnavailable.class);

    database.open();
    all(first);
    assertThat(all(rest)).containsOnly(true);
    assertThat(database.stored).doesNotContain("evt_late");
  }

  /** Somebody writes one event, and is not done before the database is opened. */
  private List<Future<Boolean>> beginWriting() {
    Future<Boolean> writing = callers.submit(() -> group.store(event("evt_writing")));
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

  private List<Future<Boolean>> store(int count) {
    List<Future<Boolean>> waiting = submit(count);
    awaitWaiting(count);
    return waiting;
  }

  private List<Future<Boolean>> submit(int count) {
    List<Future<Boolean>> submitted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = "evt_" + nextId++;
      submitted.add(callers.submit(() -> group.store(event(id))));
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
      answers.add(future.get(20, SECONDS));
    }
    return answers;
  }

  private static ReceivedEvent event(String id) {
    return new ReceivedEvent(
        id,
        "invoice.paid",
        Instant.EPOCH,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "{}");
  }

  /** Writes nothing before it is opened, and fails as it is told. */
  private static final class Database implements InboxStore {
    final Semaphore entered = new Semaphore(0);
    final CountDownLatch gate = new CountDownLatch(1);
    final List<List<String>> batches = new CopyOnWriteArrayList<>();
    final List<Thread> writers = new CopyOnWriteArrayList<>();
    final Set<String> stored = new HashSet<>();
    volatile String refused = "";
    volatile String deadly = "";
    volatile boolean gone;

    void open() {
      gate.countDown();
    }

    @Override
    public Set<String> ingest(List<ReceivedEvent> events, Instant receivedAt) {
      List<String> ids = events.stream().map(ReceivedEvent::id).toList();
      batches.add(ids);
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
      if (ids.contains(refused)) {
        throw new IllegalStateException("refused");
      }
      if (ids.contains(deadly)) {
        throw new OutOfMemoryError("deadly");
      }
      Set<String> fresh = new HashSet<>();
      synchronized (stored) {
        ids.stream().filter(stored::add).forEach(fresh::add);
      }
      return fresh;
    }

    @Override
    public Arrival.Stored receive(Arrival arrival, Instant receivedAt) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public List<ClaimedEvent> claim(ClaimId claim, int max, Instant now, Duration lease) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public Set<Long> settle(ClaimId claim, List<Settlement> settlements, Instant now) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public InboxStatus status() {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public List<EventRecord> events(EventFilter filter, Optional<String> before, int limit) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public Optional<StoredEvent> find(String id) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public ReplayBatch replay(ReplaySelection selection, long after, int max, Instant now) {
      throw new AssertionError("not a matter of commits");
    }

    @Override
    public int prune(Instant receivedBefore, int max) {
      throw new AssertionError("not a matter of commits");
    }
  }
}
