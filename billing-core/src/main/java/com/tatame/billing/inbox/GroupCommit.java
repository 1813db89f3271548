package com.tatame.billing.inbox;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that store events at the same time share one commit: a database charges for commits,
 * not for rows. There is no thread of its own. A caller that finds nobody writing writes what is
 * waiting, its own event among it, so that a lone one goes at once; the others wait for whoever
 * writes theirs. Only a full batch is written beside another: sharing a commit costs less than
 * having one at the same time, but one that is held up must not hold up everybody.
 */
final class GroupCommit {
  /** Most events of one commit. */
  static final int MAX_BATCH = 64;

  /** Most commits at a time. */
  static final int WRITERS = 4;

  /** Beyond that many waiting callers the database can't keep up, and who comes is turned away. */
  static final int MAX_WAITING = 1_000;

  private final Ingest ingest;
  private final InstantSource wallClock;
  private final InboxListener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int writing;

  GroupCommit(Ingest ingest, InstantSource wallClock, InboxListener listener) {
    this.ingest = ingest;
    this.wallClock = wallClock;
    this.listener = listener;
  }

  private static final class Waiting {
    final ReceivedEvent event;
    final Condition turn;
    boolean taken;
    boolean settled;
    boolean stored;
    boolean fresh;

    @Nullable
    RuntimeException failure;

    Waiting(ReceivedEvent event, Condition turn) {
      this.event = event;
      this.turn = turn;
    }
  }

  /**
   * Stores an event durably.
   *
   * @return whether it was new
   * @throws StoreUnavailable if it could not be stored
   */
  boolean store(ReceivedEvent event) {
    Waiting own = enqueue(event);
    for (List<Waiting> batch = awaitTurn(own); !batch.isEmpty(); batch = awaitTurn(own)) {
      try {
        write(batch);
      } finally {
        release(batch);
      }
    }
    if (own.failure != null) {
      throw own.failure;
    }
    if (!own.stored) {
      throw new StoreUnavailable("The event was not stored.");
    }
    return own.fresh;
  }

  /** How many callers wait for somebody to write their event. */
  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private Waiting enqueue(ReceivedEvent event) {
    lock.lock();
    try {
      if (queue.size() >= MAX_WAITING) {
        throw new StoreUnavailable("More events arrive than the database can store at the moment.");
      }
      Waiting own = new Waiting(event, lock.newCondition());
      queue.add(own);
      return own;
    } finally {
      lock.unlock();
    }
  }

  /** What this caller has to write; nothing if somebody else wrote its event. */
  private List<Waiting> awaitTurn(Waiting own) {
    lock.lock();
    try {
      while (!own.settled && (own.taken || !mayWrite())) {
        own.turn.awaitUninterruptibly();
      }
      return own.settled ? List.of() : takeBatch();
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> takeBatch() {
    List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), MAX_BATCH));
    while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
      Waiting next = queue.remove();
      next.taken = true;
      batch.add(next);
    }
    writing++;
    wakeNext();
    return batch;
  }

  private boolean mayWrite() {
    return writing == 0 || (writing < WRITERS && queue.size() >= MAX_BATCH);
  }

  private void wakeNext() {
    if (!queue.isEmpty() && mayWrite()) {
      queue.element().turn.signal();
    }
  }

  private void release(List<Waiting> batch) {
    lock.lock();
    try {
      writing--;
      for (Waiting each : batch) {
        each.settled = true;
        each.turn.signal();
      }
      wakeNext();
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Waiting> batch) {
    try {
      settle(batch);
      listener.stored(batch.size());
    } catch (BillingException e) {
      batch.forEach(each -> each.failure = e);
    } catch (RuntimeException e) {
      if (batch.size() == 1) {
        batch.get(0).failure = e;
      } else {
        // One of them is what the database refuses: it must not take its neighbours with it.
        batch.forEach(each -> write(List.of(each)));
      }
    }
  }

  private void settle(List<Waiting> batch) {
    List<ReceivedEvent> events = batch.stream().map(each -> each.event).toList();
    Set<String> fresh = ingest.store(events, wallClock.instant());
    Set<String> seen = new HashSet<>();
    for (Waiting each : batch) {
      // Of two deliveries of one event in one batch the first is the new one.
      each.fresh = fresh.contains(each.event.id()) && seen.add(each.event.id());
      each.stored = true;
      each.failure = null;
    }
  }
}
