package com.tatame.billing.mailservice;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A limit for a whole exchange. It has a thread of its own: resolving a name can't be interrupted, and
 * the timeouts of sockets begin anew with each byte of a slow answer.
 */
final class TimeLimit implements AutoCloseable {
  private final Duration limit;
  private final ExecutorService threads = Executors.newCachedThreadPool(TimeLimit::thread);

  TimeLimit(Duration limit) {
    this.limit = limit;
  }

  /** It was not done in time, or not at all; the message says why. */
  static final class Exceeded extends Exception {
    private static final long serialVersionUID = 1L;

    Exceeded(String why) {
      super(why, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "billing-mail");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Waits for the task.
   *
   * @param abort makes a task that goes on fail soon
   */
  <T> T call(Callable<T> task, Runnable abort) throws Exceeded, ExecutionException {
    Future<T> running;
    try {
      running = threads.submit(task);
    } catch (RejectedExecutionException e) {
      throw new Exceeded("the transport is closed");
    }
    try {
      return running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      abort.run();
      running.cancel(true);
      throw new Exceeded("no answer within " + text());
    } catch (InterruptedException e) {
      abort.run();
      running.cancel(true);
      Thread.currentThread().interrupt();
      throw new Exceeded("interrupted");
    }
  }

  private String text() {
    return limit.toMillisPart() == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
