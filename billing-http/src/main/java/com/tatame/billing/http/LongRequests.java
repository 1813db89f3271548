package com.tatame.billing.http;

import com.tatame.billing.failure.Overloaded;
import com.tatame.billing.workload.WorkContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
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
  private static final int MAX_THREADS = 64;
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
    this.threads = new ThreadPoolExecutor(
        0, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
          Thread thread = new Thread(work, "billing-mutation-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Does the work.
   *
   * @param late the answer if it takes too long
   * @throws Overloaded if too much goes on whose callers have been answered
   */
  CompletableFuture<Answer> answer(Supplier<Answer> work, Answer late) {
    CompletableFuture<Answer> answer;
    try {
      answer = CompletableFuture.supplyAsync(WorkContext.carried(traces.carried(work)), threads);
    } catch (RejectedExecutionException e) {
      throw new Overloaded(
          "Too many requests wait for the payment provider. Repeat it with the same Idempotency-Key.");
    }
    return answer.copy().completeOnTimeout(late, maxWait.toMillis(), TimeUnit.MILLISECONDS);
  }
}
