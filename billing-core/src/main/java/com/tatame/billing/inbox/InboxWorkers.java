package com.tatame.billing.inbox;

import com.tatame.billing.failure.BillingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that keep the inbox empty. They sleep until something is stored here, and look by
 * themselves once a second for what other nodes stored or what became due. Closing lets every batch
 * that was begun end.
 */
public final class InboxWorkers implements AutoCloseable {
  /** How often the maintenance runs. */
  public static final Duration MAINTENANCE = Duration.ofSeconds(15);

  private static final Logger LOG = System.getLogger(InboxWorkers.class.getName());
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int READS_BETWEEN = 4;

  private final InboxWorker worker;
  private final Runnable maintenance;
  private final InboxListener listener;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger busy = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stored = lock.newCondition();
  private long wakeUps;
  private boolean closed;

  /**
   * Prepares the threads; nothing runs before {@link #start}.
   *
   * @param maintenance run now and then by one thread, such as the recovery of commands
   */
  public InboxWorkers(
      InboxWorker worker, int threadCount, Runnable maintenance, InboxListener listener) {
    this.worker = worker;
    this.maintenance = maintenance;
    this.listener = listener;
    for (int i = 0; i < threadCount; i++) {
      boolean first = i == 0;
      Thread thread = new Thread(() -> work(first), "billing-inbox-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  public void start() {
    threads.forEach(Thread::start);
  }

  /** Tells that something was stored. */
  public void wake() {
    lock.lock();
    try {
      wakeUps++;
      stored.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether no thread works on a batch at this moment. */
  public boolean resting() {
    return busy.get() == 0;
  }

  private void work(boolean maintains) {
    long maintainedAt = System.nanoTime() - MAINTENANCE.toNanos();
    long seen = 0;
    while (!closed()) {
      seen = await(seen);
      guarded(this::drain);
      if (maintains && System.nanoTime() - maintainedAt >= MAINTENANCE.toNanos()) {
        guarded(maintenance);
        maintainedAt = System.nanoTime();
      }
    }
  }

  private void drain() {
    Optional<Step> batch = worker.claim();
    while (batch.isPresent()) {
      listener.batch(batch.get()::runAll);
      // Where the queue is never empty, what is owed would else never be read.
      worker.settlePendingReads(READS_BETWEEN);
      batch = closed() ? Optional.empty() : worker.claim();
    }
    worker.settlePendingReads();
  }

  private void guarded(Runnable work) {
    busy.incrementAndGet();
    try {
      work.run();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "work is put off: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a worker failed; its events come back when their lease runs out", e);
      listener.unexpected(e);
    } finally {
      busy.decrementAndGet();
    }
  }

  private boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  // Waits for a wake-up that this thread has not seen, at most until it looks by itself.
  private long await(long seen) {
    lock.lock();
    try {
      long left = LOOK.toNanos();
      while (!closed && wakeUps == seen && left > 0) {
        left = stored.awaitNanos(left);
      }
      return wakeUps;
    } catch (InterruptedException e) {
      closed = true;
      return wakeUps;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      stored.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
