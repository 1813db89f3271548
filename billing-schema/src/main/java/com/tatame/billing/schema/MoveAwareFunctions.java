package com.tatame.billing.schema;

import com.tatame.billing.command.Pause;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls whichever of two stores takes the writes, the configured one or the one that it is being
 * moved to, so that a program need not be started anew when the move switches over, or back.
 *
 * <p>A call that a store refused since it takes no writes was certainly not executed, and is repeated
 * on the other side once that is open. Until then callers wait a little, and get a retryable failure
 * if it takes longer. Reads are answered by both sides, so the mode of the used one is looked at once
 * a second: after a switch none is older than that.
 *
 * <p>A side is left only while it says that it takes no writes and the other says that it is open and
 * the end of the same move. A side that can't be reached is never left: an empty database that is
 * the target of no move is open, too.
 */
public final class MoveAwareFunctions implements SqlFunctions {
  private static final Logger LOG = System.getLogger(MoveAwareFunctions.class.getName());

  /** How long what was seen of the used side is good for. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** How long a refused call waits for a side that is open. */
  static final Duration MAX_WAIT = Duration.ofSeconds(2);

  /** Between two looks while calls wait. */
  static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  /** Of more callers those that come last are not kept: their threads are needed for reads. */
  static final int MAX_WAITING = 64;

  private final Side configured;
  private final Side target;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final ReentrantLock looking = new ReentrantLock();
  private final Semaphore waiting = new Semaphore(MAX_WAITING);
  private volatile Use use;

  /**
   * The side that is used.
   *
   * @param functions of that side
   * @param open whether it took writes at the last look
   * @param lookedAt when that look began
   * @param lookAgainAt when the next one is due
   */
  private record Use(
      Side side, SqlFunctions functions, boolean open, long lookedAt, long lookAgainAt) {}

  /** One of the two, opened when it is first needed. */
  private static final class Side {
    private final String name;
    private final Supplier<? extends SqlFunctions> opener;
    private @Nullable SqlFunctions opened;

    Side(String name, Supplier<? extends SqlFunctions> opener) {
      this.name = name;
      this.opener = opener;
    }

    synchronized SqlFunctions functions() {
      SqlFunctions functions = opened;
      if (functions == null) {
        functions = opener.get();
        opened = functions;
      }
      return functions;
    }

    /** Empty if it can't be asked, or has never heard of moves. */
    Optional<StoreState> state() {
      try {
        return Optional.of(StoreState.of(functions()));
      } catch (SqlFunctionFailed | BillingException | IllegalStateException e) {
        LOG.log(Level.DEBUG, () -> "Whether " + name + " takes writes is not known", e);
        return Optional.empty();
      }
    }

    synchronized void close() {
      if (opened != null) {
        opened.close();
      }
    }
  }

  /**
   * Uses the configured store, or the other one if it has been moved there.
   *
   * @param configured the store that the program is configured with
   * @param target opens the one that it is being moved to, when it is first needed; may throw while
   *     that does not exist
   * @param nanoTime a clock of nanoseconds that never goes back, such as {@code System::nanoTime}
   * @param pause how a caller waits while neither side is open
   */
  public MoveAwareFunctions(
      SqlFunctions configured,
      Supplier<? extends SqlFunctions> target,
      LongSupplier nanoTime,
      Pause pause) {
    this.configured = new Side("the configured store", () -> configured);
    this.target = new Side("the store that it is being moved to", target);
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.use = look(this.configured);
  }

  @Override
  public String call(String function, String argument) {
    return follow(side -> side.call(function, argument));
  }

  @Override
  public Optional<String> call(String function, String argument, List<String> texts) {
    return follow(side -> side.call(function, argument, texts));
  }

  @Override
  public boolean readOnly() {
    return current().readOnly();
  }

  @Override
  public boolean down() {
    return use.functions.down();
  }

  /** Closes both sides, as far as they were opened. */
  @Override
  public void close() {
    configured.close();
    target.close();
  }

  private <T> T follow(Function<SqlFunctions, T> call) {
    try {
      return call.apply(current());
    } catch (SqlFunctionFailed e) {
      if (e.meaning() != SqlStateMeaning.PAUSED) {
        throw e;
      }
      return repeat(call, e);
    }
  }

  private SqlFunctions current() {
    Use last = use;
    if (nanoTime.getAsLong() - last.lookAgainAt >= 0 && looking.tryLock()) {
      try {
        last = look(use.side);
        use = last;
      } finally {
        looking.unlock();
      }
    }
    return last.functions;
  }

  private <T> T repeat(Function<SqlFunctions, T> call, SqlFunctionFailed first) {
    if (!waiting.tryAcquire()) {
      throw paused(first);
    }
    try {
      SqlFunctionFailed refusal = first;
      long end = nanoTime.getAsLong() + MAX_WAIT.toNanos();
      while (true) {
        Use seen = lookSince(nanoTime.getAsLong(), end);
        if (seen.open) {
          try {
            return call.apply(seen.functions);
          } catch (SqlFunctionFailed e) {
            if (e.meaning() != SqlStateMeaning.PAUSED) {
              throw e;
            }
            refusal = e;
          }
        }
        if (nanoTime.getAsLong() - end >= 0 || Thread.currentThread().isInterrupted()) {
          throw paused(refusal);
        }
        pause.pause(BETWEEN_LOOKS);
      }
    } finally {
      waiting.release();
    }
  }

  private static StoreUnavailable paused(SqlFunctionFailed refusal) {
    return StoreUnavailable.writesPaused(
        "The store is being moved and takes no writes meanwhile. Try again in a moment.", refusal);
  }

  /** What was seen by a look that began later than that, be it another caller's. */
  private Use lookSince(long refusedAt, long end) {
    try {
      if (looking.tryLock(end - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
        try {
          if (use.lookedAt - refusedAt <= 0) {
            use = look(use.side);
          }
        } finally {
          looking.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return use;
  }

  private Use look(Side side) {
    long now = nanoTime.getAsLong();
    Optional<StoreState> state = side.state();
    if (state.isEmpty() || state.get().open()) {
      return seen(side, state.isPresent(), now);
    }
    Side other = side == configured ? target : configured;
    if (other
        .state()
        .filter(there -> there.open() && there.sameMove(state.get()))
        .isEmpty()) {
      return seen(side, false, now);
    }
    LOG.log(Level.INFO, "The move has switched: from now on {0} is used", other.name);
    return seen(other, true, now);
  }

  private Use seen(Side side, boolean open, long lookedAt) {
    return new Use(
        side, side.functions(), open, lookedAt, nanoTime.getAsLong() + LOOK_EVERY.toNanos());
  }
}
