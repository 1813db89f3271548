package com.tatame.billing.commit;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Lets callers that write at the same time share one commit: a database charges for commits, not
 * for rows. What comes while nothing is written is written at once; what comes meanwhile waits, and is
 * then written together by a thread of this group. Beside another a batch is written only if it is
 * large: sharing a commit costs less than having one at the same time, but one that is held up must
 * not hold up everybody.
 *
 * @param <T> what a caller writes
 * @param <R> its result
 */
public final class GroupCommit<T, R> {
  /** Most parts of one commit. */
  public static final int MAX_BATCH = 64;

  /** Most commits at a time. */
  static final int WRITERS = 4;

  /** A batch is not begun in less than this part of the workload's limit: it would be cut off. */
  private static final int MIN_TIME = 8;

  /** Beyond that many waiting callers the database can't keep up, and who comes is turned away. */
  static final int MAX_WAITING = 1_000;

  private final Function<List<T>, List<R>> write;
  private final int large;
  private final Workload workload;
  private final LongSupplier nanoTime;
  private final ExecutorService writers = Executors.newCachedThreadPool(GroupCommit::writer);
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiting<T, R>> queue = new ArrayDeque<>();
  private int writing;

  /**
   * Writes nothing yet.
   *
   * @param write writes all of a batch or none of it, in one commit, and tells of each part, in
   *     their order, what came of it; what it throws that is no {@link BillingException} is taken to
   *     be about one of the parts, and each is tried by itself
   * @param large how many waiting parts are written beside another batch; fewer than
   *     {@link #MAX_BATCH} where the database works on a batch for longer than it takes to commit
   * @param workload what the writing is part of, whatever the caller does; no caller waits longer
   *     than its limit, nor than the caller's own time
   * @param nanoTime a clock of nanoseconds that never goes back, such as {@code System::nanoTime}
   */
  public GroupCommit(
      Function<List<T>, List<R>> write, int large, Workload workload, LongSupplier nanoTime) {
    this.write = write;
    this.large = large;
    this.workload = workload;
    this.nanoTime = nanoTime;
  }

  // They end when nothing was written for a minute, and keep no program from ending.
  private static Thread writer(Runnable work) {
    Thread thread = new Thread(work, "billing-commit");
    thread.setDaemon(true);
    return thread;
  }

  /** @param end when its time is over */
  private record Waiting<T, R>(T part, CompletableFuture<R> result, long end) {}

  /**
   * Writes a part durably; a lone caller by itself, without a change of threads.
   *
   * @return what came of it
   * @throws StoreUnavailable if it could not be written, or that is unknown
   */
  public R write(T part) {
    CompletableFuture<R> result = new CompletableFuture<>();
    finish(enqueue(part, result));
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * As {@link #write}, without keeping the caller's thread.
   *
   * @return its result, or the failure; completed by the thread that wrote it with others, which
   *     must not be kept either
   */
  public CompletableFuture<R> submit(T part) {
    CompletableFuture<R> result = new CompletableFuture<>();
    try {
      handOver(enqueue(part, result));
    } catch (StoreUnavailable e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  /** How many callers wait for another thread to write their part. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Adds it to what waits, and takes what the caller has to see written: nothing, if others do. */
  private List<Waiting<T, R>> enqueue(T part, CompletableFuture<R> result) {
    Duration time = WorkContext.current()
        .map(WorkContext::remaining)
        .filter(left -> left.compareTo(workload.limit()) < 0)
        .orElse(workload.limit());
    Waiting<T, R> own = new Waiting<>(part, result, nanoTime.getAsLong() + time.toNanos());
    lock.lock();
    try {
      if (queue.size() >= MAX_WAITING) {
        throw new StoreUnavailable("More arrives than the database can store at the moment.");
      }
      queue.add(own);
      return takeBatch();
    } finally {
      lock.unlock();
    }
  }

  /** What may be written now; the lock is the caller's to hold. */
  private List<Waiting<T, R>> takeBatch() {
    boolean may = writing == 0 || (writing < WRITERS && queue.size() >= large);
    if (!may || queue.isEmpty()) {
      return List.of();
    }
    List<Waiting<T, R>> batch = new ArrayList<>(Math.min(queue.size(), MAX_BATCH));
    while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
      batch.add(queue.remove());
    }
    writing++;
    return batch;
  }

  private void finish(List<Waiting<T, R>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    List<Runnable> completions = new ArrayList<>(batch.size());
    try {
      writeInTime(batch, completions);
    } finally {
      // The next batch is on its way before the callers of this one get their results.
      handOver(release());
      completions.forEach(Runnable::run);
      failPending(batch);
    }
  }

  private List<Waiting<T, R>> release() {
    lock.lock();
    try {
      writing--;
      return takeBatch();
    } finally {
      lock.unlock();
    }
  }

  private void handOver(List<Waiting<T, R>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      writers.execute(() -> finish(batch));
    } catch (OutOfMemoryError noMoreThreads) {
      failPending(batch);
      handOver(release());
    }
  }

  private void failPending(List<Waiting<T, R>> batch) {
    for (Waiting<T, R> each : batch) {
      if (!each.result().isDone()) {
        each.result()
            .completeExceptionally(
                new StoreUnavailable("The thread that wrote this group commit did not come back."));
      }
    }
  }

  // All of them are answered at the same time, so the one with the least time left decides.
  private void writeInTime(List<Waiting<T, R>> batch, List<Runnable> completions) {
    long now = nanoTime.getAsLong();
    long least = workload.limit().dividedBy(MIN_TIME).toNanos();
    long left = Long.MAX_VALUE;
    List<Waiting<T, R>> inTime = new ArrayList<>(batch.size());
    for (Waiting<T, R> each : batch) {
      if (each.end() - now < least) {
        completions.add(() -> each.result()
            .completeExceptionally(
                new StoreUnavailable("The database is busy: nothing was written in time.")));
      } else {
        inTime.add(each);
        left = Math.min(left, each.end() - now);
      }
    }
    if (!inTime.isEmpty()) {
      WorkContext.within(Duration.ofNanos(left), workload, nanoTime, () -> {
        write(inTime, completions);
        return Boolean.TRUE;
      });
    }
  }

  private void write(List<Waiting<T, R>> batch, List<Runnable> completions) {
    try {
      List<R> results = write.apply(batch.stream().map(Waiting::part).toList());
      for (int i = 0; i < batch.size(); i++) {
        Waiting<T, R> each = batch.get(i);
        R result = results.get(i);
        completions.add(() -> each.result().complete(result));
      }
    } catch (BillingException e) {
      batch.forEach(each -> completions.add(() -> each.result().completeExceptionally(e)));
    } catch (RuntimeException e) {
      if (batch.size() == 1) {
        completions.add(() -> batch.get(0).result().completeExceptionally(e));
      } else {
        // One of them is what the database refuses: it must not take its neighbours with it.
        batch.forEach(each -> write(List.of(each), completions));
      }
    }
  }
}
