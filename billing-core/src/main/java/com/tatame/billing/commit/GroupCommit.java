package com.tatame.billing.commit;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that write at the same time share one commit: a database charges for commits, not
 * for rows. There is no thread of its own. A caller that finds nobody writing writes what is
 * waiting, its own part among it, so that a lone one goes at once; the others wait for whoever
 * writes theirs. Beside another a batch is written only if it is large: sharing a commit costs less
 * than having one at the same time, but one that is held up must not hold up everybody.
 *
 * @param <T> what a caller writes
 * @param <R> what it is told then
 */
public final class GroupCommit<T, R> {
  /** Most parts of one commit. */
  public static final int MAX_BATCH = 64;

  /** Most commits at a time. */
  static final int WRITERS = 4;

  /** Beyond that many waiting callers the database can't keep up, and who comes is turned away. */
  static final int MAX_WAITING = 1_000;

  private final Function<List<T>, List<R>> write;
  private final int large;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiting<T, R>> queue = new ArrayDeque<>();
  private int writing;

  /**
   * Writes nothing yet; only a full batch is written beside another.
   *
   * @param write as of {@link #GroupCommit(Function, int)}
   */
  public GroupCommit(Function<List<T>, List<R>> write) {
    this(write, MAX_BATCH);
  }

  /**
   * Writes nothing yet.
   *
   * @param write writes all of a batch or none of it, in one commit, and tells of each part, in
   *     their order, what came of it; what it throws that is no {@link BillingException} is taken to
   *     be about one of the parts, and each is tried by itself
   * @param large how many waiting parts are written beside another batch; fewer than
   *     {@link #MAX_BATCH} where the database works on a batch for longer than it takes to commit
   */
  public GroupCommit(Function<List<T>, List<R>> write, int large) {
    this.write = write;
    this.large = large;
  }

  private static final class Waiting<T, R> {
    final T part;

    // What happened is told through it, so that those who wait need not queue for the lock, too.
    final Semaphore turn = new Semaphore(0);
    boolean taken;
    volatile boolean settled;

    @Nullable
    R result;

    @Nullable
    RuntimeException failure;

    Waiting(T part) {
      this.part = part;
    }
  }

  /**
   * Writes a part durably.
   *
   * @return what came of it
   * @throws StoreUnavailable if it could not be written, or nobody can tell
   */
  public R write(T part) {
    Waiting<T, R> own = enqueue(part);
    for (List<Waiting<T, R>> batch = awaitTurn(own); !batch.isEmpty(); batch = awaitTurn(own)) {
      try {
        write(batch);
      } finally {
        release(batch);
      }
    }
    if (own.failure != null) {
      throw own.failure;
    }
    if (own.result == null) {
      throw new StoreUnavailable("Whoever wrote this with others did not come back.");
    }
    return own.result;
  }

  /** How many callers wait for somebody to write their part. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private Waiting<T, R> enqueue(T part) {
    lock.lock();
    try {
      if (queue.size() >= MAX_WAITING) {
        throw new StoreUnavailable("More arrives than the database can store at the moment.");
      }
      Waiting<T, R> own = new Waiting<>(part);
      queue.add(own);
      return own;
    } finally {
      lock.unlock();
    }
  }

  /** What this caller has to write; nothing if somebody else wrote its part. */
  private List<Waiting<T, R>> awaitTurn(Waiting<T, R> own) {
    while (!own.settled) {
      List<Waiting<T, R>> batch = takeBatch(own);
      if (!batch.isEmpty()) {
        return batch;
      }
      own.turn.acquireUninterruptibly();
    }
    return List.of();
  }

  private List<Waiting<T, R>> takeBatch(Waiting<T, R> own) {
    lock.lock();
    try {
      return own.taken || !mayWrite() ? List.of() : takeBatch();
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting<T, R>> takeBatch() {
    List<Waiting<T, R>> batch = new ArrayList<>(Math.min(queue.size(), MAX_BATCH));
    while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
      Waiting<T, R> next = queue.remove();
      next.taken = true;
      batch.add(next);
    }
    writing++;
    wakeNext();
    return batch;
  }

  private boolean mayWrite() {
    return writing == 0 || (writing < WRITERS && queue.size() >= large);
  }

  private void wakeNext() {
    if (!queue.isEmpty() && mayWrite()) {
      queue.element().turn.release();
    }
  }

  // The next one begins to write before those are told whose parts are written.
  private void release(List<Waiting<T, R>> batch) {
    lock.lock();
    try {
      writing--;
      wakeNext();
    } finally {
      lock.unlock();
    }
    for (Waiting<T, R> each : batch) {
      each.settled = true;
      each.turn.release();
    }
  }

  private void write(List<Waiting<T, R>> batch) {
    try {
      List<R> results = write.apply(batch.stream().map(each -> each.part).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result = results.get(i);
      }
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
}
