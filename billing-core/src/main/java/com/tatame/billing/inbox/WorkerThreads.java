package com.tatame.billing.inbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Threads that start and end together. */
final class WorkerThreads {
  private final List<Thread> threads = new ArrayList<>();

  void add(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    threads.add(thread);
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /**
   * Waits until all threads ended. Those that didn't in time are interrupted: they may wait for a store
   * that is gone, and retry for longer than an operator waits for a program to end.
   *
   * @param atMost for all threads together
   * @param afterInterrupt for all that were interrupted together
   */
  void end(Duration atMost, Duration afterInterrupt) {
    if (!ended(atMost)) {
      threads.forEach(Thread::interrupt);
      ended(afterInterrupt);
    }
  }

  private boolean ended(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try {
      for (Thread thread : threads) {
        TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return threads.stream().noneMatch(Thread::isAlive);
  }
}
