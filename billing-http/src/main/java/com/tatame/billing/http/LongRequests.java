package com.tatame.billing.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Answers in time what takes long, and lets it go on: the next request under the same key gets the
 * result.
 */
final class LongRequests {
  private static final int MAX_THREADS = 200;
  private static final long IDLE_SECONDS = 30;

  private final Duration maxWait;
  private final RequestTraces traces;
  private final ExecutorService threads;

  /**
   * Does work on threads of its own.
   *
   * @param maxWait how long a caller waits for an answer, in real time
   */
  LongRequests(Duration maxWait, RequestTraces traces) {
    this.maxWait = maxWait;
    this.traces = traces;
    AtomicInteger count = new AtomicInteger();
    // If all are busy, the request's own thread does it, and is answered when it is done.
    this.threads = new ThreadPoolExecutor(
        0,
        MAX_THREADS,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        work -> {
          Thread thread = new Thread(work, "billing-mutation-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  /**
   * Does the work.
   *
   * @param late the answer if it takes too long
   */
  CompletableFuture<Answer> answer(Supplier<Answer> work, Answer late) {
    return CompletableFuture.supplyAsync(traces.carried(work), threads)
        .copy()
        .completeOnTimeout(late, maxWait.toMillis(), TimeUnit.MILLISECONDS);
  }
}
