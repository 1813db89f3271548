package com.tatame.billing.workload;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the calling thread works for, and how much time is left for it. It belongs to the thread, as a
 * logging context does: between a request and its call of the store lies code that has nothing to do
 * with either. Threads without one are the embedding program's own and use the store without a share.
 */
public final class WorkContext {
  private static final ThreadLocal<@Nullable WorkContext> CURRENT = new ThreadLocal<>();

  private final Workload workload;
  private final LongSupplier nanoTime;
  private final OptionalLong end;

  private WorkContext(Workload workload, LongSupplier nanoTime, OptionalLong end) {
    this.workload = workload;
    this.nanoTime = nanoTime;
    this.end = end;
  }

  /** That of the calling thread. */
  public static Optional<WorkContext> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Does work in the calling thread, of which each call of the store has the workload's limit. */
  public static <T> T call(Workload workload, Supplier<T> work) {
    return in(new WorkContext(workload, () -> 0, OptionalLong.empty()), work);
  }

  /** As {@link #call(Workload, Supplier)}. */
  public static void run(Workload workload, Runnable work) {
    call(workload, () -> {
      work.run();
      return Boolean.TRUE;
    });
  }

  /**
   * Does work in the calling thread, of which all calls together have the time.
   *
   * @param nanoTime a clock of nanoseconds that never goes back, such as {@code System::nanoTime}
   */
  public static <T> T within(
      Duration time, Workload workload, LongSupplier nanoTime, Supplier<T> work) {
    OptionalLong end = OptionalLong.of(nanoTime.getAsLong() + time.toNanos());
    return in(new WorkContext(workload, nanoTime, end), work);
  }

  /** The work, to be done by another thread in the context of this one. */
  public static <T> Supplier<T> carried(Supplier<T> work) {
    WorkContext own = CURRENT.get();
    return own == null ? work : () -> in(own, work);
  }

  /** Threads that work in the context of this one, whichever hands them the work. */
  public static Executor carrying(Executor threads) {
    WorkContext own = CURRENT.get();
    return own == null
        ? threads
        : work -> threads.execute(() -> in(own, () -> {
          work.run();
          return Boolean.TRUE;
        }));
  }

  private static <T> T in(WorkContext context, Supplier<T> work) {
    WorkContext before = CURRENT.get();
    CURRENT.set(context);
    try {
      return work.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  public Workload workload() {
    return workload;
  }

  /** How long a call that begins now may take; zero or less if the time is over. */
  public Duration remaining() {
    if (end.isEmpty()) {
      return workload.limit();
    }
    Duration left = Duration.ofNanos(end.getAsLong() - nanoTime.getAsLong());
    return left.compareTo(workload.limit()) < 0 ? left : workload.limit();
  }
}
