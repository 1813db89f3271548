package com.tatame.billing.time;

import com.tatame.billing.failure.BillingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store's time as this node knows it: what its database said last, and what has passed since. All
 * nodes of a store thus count leases, retries and due times by one clock, whatever their own say; a
 * node whose clock is fast can't take what another holds. Until the store has been asked it is the
 * node's own clock.
 *
 * <p>Reading it sends no request. It lags while a machine that slept has not asked again: its leases then
 * end too early, and never too late. Thread-safe.
 */
public final class StoreClock implements InstantSource {
  /** By how much a node's clock may differ before health and logs say so. */
  public static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** How often the store is asked. */
  public static final Duration MEASURED_EVERY = Duration.ofSeconds(30);

  /** By how much the node's clock and the elapsed time may part before the store is asked at once. */
  private static final Duration JUMP = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger(StoreClock.class.getName());

  private final Supplier<Optional<Instant>> storeTime;
  private final InstantSource nodeClock;
  private final LongSupplier nanoTime;
  private volatile @Nullable Measurement last;

  /**
   * What the store answered.
   *
   * @param nodeTime what the node's clock said at that instant
   * @param nanos elapsed time at that instant
   */
  private record Measurement(Instant storeTime, Instant nodeTime, long nanos) {}

  /**
   * Asks nothing yet.
   *
   * @param storeTime asks the store; empty if it has no clock of its own
   * @param nodeClock of this machine
   * @param nanoTime elapsed time that no clock's correction touches, such as {@link System#nanoTime}
   */
  public StoreClock(
      Supplier<Optional<Instant>> storeTime, InstantSource nodeClock, LongSupplier nanoTime) {
    this.storeTime = storeTime;
    this.nodeClock = nodeClock;
    this.nanoTime = nanoTime;
  }

  /** A clock that asks no store, for programs and tests that set the time themselves. */
  public static StoreClock of(InstantSource clock) {
    return new StoreClock(Optional::empty, clock, () -> 0);
  }

  @Override
  public Instant instant() {
    return instantAt(nanoTime.getAsLong());
  }

  private Instant instantAt(long nanos) {
    Measurement seen = last;
    return seen == null ? nodeClock.instant() : seen.storeTime().plusNanos(nanos - seen.nanos());
  }

  /**
   * How far the node's own clock is ahead of the store's; negative if it is behind. Empty while the
   * store has not been asked, or has no clock of its own.
   */
  public Optional<Duration> skew() {
    return last == null
        ? Optional.empty()
        : Optional.of(Duration.between(instant(), nodeClock.instant()));
  }

  /** Whether the node's own clock differs by more than {@link #TOLERANCE}. */
  public boolean skewed() {
    return skew().filter(skew -> skew.abs().compareTo(TOLERANCE) > 0).isPresent();
  }

  /**
   * Asks the store if that was long ago, or if the node's clock was set or the machine slept since.
   * What a store that fails said before stays in force.
   */
  public void measureIfDue() {
    Measurement seen = last;
    if (seen == null || due(seen)) {
      try {
        measure();
      } catch (BillingException e) {
        LOG.log(Level.DEBUG, "the store''s time is unknown: {0}", e.code());
      }
    }
  }

  private boolean due(Measurement seen) {
    Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - seen.nanos());
    Duration byNode = Duration.between(seen.nodeTime(), nodeClock.instant());
    return elapsed.compareTo(MEASURED_EVERY) >= 0
        || byNode.minus(elapsed).abs().compareTo(JUMP) > 0;
  }

  // The answer is taken to be from the middle of the call, so it is wrong by half its time at most.
  // What this clock says anyway, within that error, stays in force: a clock that steps back for
  // nothing lets caches live longer than their ttl.
  private void measure() {
    boolean before = skewed();
    long asked = nanoTime.getAsLong();
    Optional<Instant> answer = storeTime.get();
    long answered = nanoTime.getAsLong();
    if (answer.isEmpty()) {
      return;
    }
    Duration half = Duration.ofNanos((answered - asked) / 2);
    Instant measured = answer.get().plus(half);
    Instant expected = instantAt(answered);
    boolean agrees = Duration.between(expected, measured).abs().compareTo(half) <= 0;
    last = new Measurement(agrees ? expected : measured, nodeClock.instant(), answered);
    if (skewed() && !before) {
      LOG.log(
          Level.WARNING,
          "this node''s clock differs from the database''s by {0} s; leases and retries go by the"
              + " database''s. Have the machine''s clock synchronised (NTP).",
          skew().map(StoreClock::seconds).orElse("0"));
    } else if (before && !skewed()) {
      LOG.log(Level.INFO, "this node''s clock agrees with the database''s again");
    }
  }

  private static String seconds(Duration skew) {
    return BigDecimal.valueOf(skew.toMillis(), 3).toPlainString();
  }
}
