package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Period;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was read of an account, with what was last reported of it while that holds. Thread-safe. */
public final class EntitlementSnapshot {
  private final AccountUsage usage;
  private volatile @Nullable Reported reported;

  private record Reported(Catalog catalog, EntitlementReport report, Period holds) {}

  /** Of which nothing was reported yet. */
  public EntitlementSnapshot(AccountUsage usage) {
    this.usage = usage;
  }

  /** What was read. */
  public AccountUsage usage() {
    return usage;
  }

  /** The same, possibly out of date. */
  public EntitlementSnapshot staleSince(Instant readAt) {
    return new EntitlementSnapshot(usage.staleSince(readAt));
  }

  // A report is by the very catalog: comparing catalogs would cost more than the report saves.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isBy(Catalog catalog, Reported reported) {
    return reported.catalog() == catalog;
  }

  /** Where the account stands; the same object for as long as nothing of it ends or begins. */
  EntitlementReport report(Catalog catalog, AccountId account, Instant now) {
    Reported last = reported;
    if (last != null && isBy(catalog, last) && last.holds().contains(now)) {
      return last.report();
    }
    EntitlementEvaluation standing = new EntitlementEvaluation(catalog, usage, now);
    EntitlementReport report = standing.report(account);
    reported = new Reported(catalog, report, new Period(now, standing.until()));
    return report;
  }
}
