package com.tatame.billing.inbox;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.lease.Heartbeats;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that keep the inbox empty: some process events, one makes the reads that these owe, one
 * sends what was used, one extends leases, one does what is due now and then. Events wait neither for the provider's
 * answers nor for the latter. All sleep until something is stored here, and look by themselves once a
 * second for what other nodes stored or what became due. Closing lets a batch
 * that was begun end, and interrupts what still waits for a store or a provider after some seconds.
 */
public final class InboxWorkers implements WorkerSignals, AutoCloseable {
  /** How often the maintenance runs. */
  public static final Duration MAINTENANCE = Duration.ofSeconds(15);

  private static final Logger LOG = System.getLogger(InboxWorkers.class.getName());
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How long a batch that was begun may take after the end was asked for. */
  private static final Duration MAX_LAST_BATCH = Duration.ofSeconds(8);

  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

  /** Between two looks at what reads are owed: many commits may owe some at a time. */
  private static final Duration BREATH = Duration.ofMillis(20);

  private final InboxWorker worker;
  private final InboxListener listener;
  private final WorkerThreads threads = new WorkerThreads();
  private final AtomicInteger busy = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Signal stored = new Signal();
  private final Signal owed = new Signal();
  private final Signal billed = new Signal();
  private final Signal never = new Signal();
  private boolean closed;

  /**
   * Prepares the threads; nothing runs before {@link #start}.
   *
   * @param threadCount how many process events; with 0 there is no thread at all
   * @param maintenance run now and then, such as the recovery of commands
   * @param usage run as often, and when {@link #wakeUsage} says so: sends what was used
   * @param heartbeat run every {@link Heartbeats#INTERVAL}, whatever the others wait for
   */
  public InboxWorkers(
      InboxWorker worker,
      PendingReads reads,
      int threadCount,
      Runnable maintenance,
      Runnable usage,
      Runnable heartbeat,
      InboxListener listener) {
    this.worker = worker;
    this.listener = listener;
    for (int i = 0; i < threadCount; i++) {
      prepare("billing-inbox-" + i, () -> repeat(stored, LOOK, Duration.ZERO, this::processEvents));
    }
    if (threadCount > 0) {
      prepare("billing-reads", () -> repeat(owed, LOOK, BREATH, reads::settle));
      prepare("billing-usage", () -> repeat(billed, MAINTENANCE, Duration.ZERO, usage));
      prepare(
          "billing-heartbeat",
          () -> repeat(
              never,
              Heartbeats.INTERVAL,
              Duration.ZERO,
              () -> WorkContext.run(Workload.HEALTH, heartbeat)));
      prepare("billing-maintenance", () -> repeat(never, MAINTENANCE, Duration.ZERO, maintenance));
    }
  }

  private void prepare(String name, Runnable work) {
    threads.add(name, () -> WorkContext.run(Workload.WORKERS, work));
  }

  public void start() {
    threads.start();
  }

  @Override
  public void wake() {
    tell(stored);
  }

  @Override
  public void wakeReads() {
    tell(owed);
  }

  /** Tells that an invoice waits for what was used. */
  public void wakeUsage() {
    tell(billed);
  }

  /** Whether no thread works on a batch at this moment. */
  public boolean resting() {
    return busy.get() == 0;
  }

  private void repeat(Signal signal, Duration atLeast, Duration rest, Runnable work) {
    long seen = 0;
    while (!closed()) {
      guarded(work);
      await(never, 0, rest);
      seen = await(signal, seen, atLeast);
    }
  }

  private void processEvents() {
    Optional<BatchStep> batch = worker.claim();
    while (batch.isPresent()) {
      listener.batch(batch.get()::runAll);
      tell(owed);
      batch = closed() ? Optional.empty() : worker.claim();
    }
  }

  private void guarded(Runnable work) {
    busy.incrementAndGet();
    try {
      work.run();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "work is postponed: {0}", e.getMessage());
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

  /** Something that happened, and how often it did. */
  private final class Signal {
    final Condition signalled = lock.newCondition();
    long count;
  }

  private void tell(Signal signal) {
    lock.lock();
    try {
      signal.count++;
      signal.signalled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // Waits for what this thread has not seen, at most until it looks by itself.
  private long await(Signal signal, long seen, Duration atMost) {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!closed && signal.count == seen && left > 0) {
        left = signal.signalled.awaitNanos(left);
      }
      return signal.count;
    } catch (InterruptedException e) {
      closed = true;
      return signal.count;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Signal signal : List.of(stored, owed, billed, never)) {
        signal.signalled.signalAll();
      }
    } finally {
      lock.unlock();
    }
    threads.end(MAX_LAST_BATCH, AFTER_INTERRUPT);
  }
}
