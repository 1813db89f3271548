package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.EntitlementSnapshot;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An entry of the entitlement cache: what was last read of an account, and when. Thread-safe. */
final class CachedEntitlement {
  private static final Duration MAX_SKEW = Duration.ofMinutes(1);

  final AccountId account;
  final EntitlementSnapshot snapshot;

  /** The instant that it was read for: what had ended by then is not in it. */
  private final Instant of;

  /** When it was so: before it was read, or found unchanged. */
  private final Instant knownAt;

  /** Whether units were used since, so that it tells no longer how many are left. */
  final boolean spent;

  volatile Instant askedAt;

  private volatile @Nullable EntitlementSnapshot stale;

  private CachedEntitlement(
      AccountId account,
      EntitlementSnapshot snapshot,
      Instant of,
      Instant knownAt,
      boolean spent,
      Instant askedAt) {
    this.account = account;
    this.snapshot = snapshot;
    this.of = of;
    this.knownAt = knownAt;
    this.spent = spent;
    this.askedAt = askedAt;
  }

  /**
   * What was read just now.
   *
   * @param of the billing instant that it was read for
   * @param asked when, in wall time, the read began
   */
  static CachedEntitlement read(
      AccountId account, EntitlementSnapshot snapshot, Instant of, Instant asked) {
    return new CachedEntitlement(account, snapshot, of, asked, false, asked);
  }

  CachedEntitlement refreshed(Instant when) {
    return new CachedEntitlement(account, snapshot, of, when, spent, askedAt);
  }

  CachedEntitlement spent() {
    return new CachedEntitlement(account, snapshot, of, knownAt, true, askedAt);
  }

  /** Whether it was known no longer than this time ago, in wall time. */
  boolean within(Duration time, Instant now) {
    return !now.isBefore(knownAt) && now.isBefore(knownAt.plus(time));
  }

  /**
   * Whether it tells what holds at this instant of billing time: what had ended by the time it was read
   * is not in it, but may have held when something was used.
   */
  boolean covers(Instant now) {
    return !now.isBefore(of.minus(MAX_SKEW));
  }

  /** The same snapshot, marked as of when it was known. */
  EntitlementSnapshot stale() {
    EntitlementSnapshot marked = stale;
    if (marked == null) {
      marked = snapshot.staleSince(knownAt);
      stale = marked;
    }
    return marked;
  }
}
