package com.tatame.billing.postgres;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Cancels statements on the server when their time is over, so that a statement without a caller holds no
 * locks. The request is sent by a thread of its own: with the driver's timeout for queries the caller
 * waits until the server has taken the request, which a frozen one never does.
 */
final class StatementCancellation implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StatementCancellation.class.getName());

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, StatementCancellation::thread);
  // A request that is not taken keeps its thread for a second; there are as many as connections.
  private final ExecutorService senders =
      Executors.newCachedThreadPool(StatementCancellation::thread);

  StatementCancellation() {
    timer.setRemoveOnCancelPolicy(true);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "billing-cancellation");
    thread.setDaemon(true);
    return thread;
  }

  /** Asks a server to cancel a statement, and returns once it has taken the request. */
  interface Request {
    void send() throws SQLException;
  }

  /** Cancels a statement after that time, unless it ends before. */
  Pending after(Duration limit, Request request) {
    return new Pending(limit, request);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    senders.shutdownNow();
  }

  /** The cancellation of one statement. */
  final class Pending {
    private final Request request;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final CountDownLatch sent = new CountDownLatch(1);
    private final Future<?> due;

    private Pending(Duration limit, Request request) {
      this.request = request;
      this.due =
          timer.schedule(() -> senders.execute(this::send), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void send() {
      if (decided.compareAndSet(false, true)) {
        try {
          request.send();
        } catch (SQLException e) {
          LOG.log(Level.DEBUG, "a statement was not cancelled", e);
        } finally {
          sent.countDown();
        }
      }
    }

    /**
     * The statement has ended, in whatever way.
     *
     * @param maxWait how long to wait for a request that is on its way
     * @return false if a request is still on its way, which could cancel the connection's next
     *     statement
     */
    boolean end(Duration maxWait) {
      due.cancel(false);
      if (decided.compareAndSet(false, true)) {
        return true;
      }
      try {
        return sent.await(maxWait.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
