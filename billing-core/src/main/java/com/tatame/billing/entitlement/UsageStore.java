package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Port: what accounts use. All instants are by the billing clock. */
public interface UsageStore {
  /** What an account has at an instant. */
  AccountUsage read(AccountId account, Instant now);

  /**
   * By account, what {@link #read} would say in {@link AccountUsage#state}: whether something is still
   * as it was read, for a fraction of what reading it again costs.
   */
  Map<AccountId, String> states(Set<AccountId> accounts, Instant now);

  /** What an account had at an instant that has passed. */
  PastUsage past(AccountId account, Instant at);

  /**
   * What an account has, perhaps as it was some time ago and without what it used since: enough to
   * draw by, because a draw by what has changed is {@link DrawResult.Stale}, and for nothing else.
   */
  default AccountUsage recall(AccountId account, Instant now) {
    return read(account, now);
  }

  /**
   * Decides and uses in one step each, in the order given: however many callers there are at a time,
   * no limit is exceeded and no unit is lost. A draw whose key was granted before gets the same
   * answer and uses nothing.
   *
   * @return one result for each draw, in their order
   */
  List<DebitResult> consume(List<UsageDebit> debits);

  /** What was consumed, given back or not; empty if the account has no such consumption of the feature. */
  Optional<Consumption> find(AccountId account, String feature, String consumptionId);

  /**
   * Gives units back to the place and the window that they were taken from, once.
   *
   * @return what was given back, now or before; empty if the account has no such consumption of
   *     the feature
   */
  Optional<Consumption> release(
      AccountId account, String feature, String consumptionId, Instant now);

  /** Makes what is used of a feature for a lifetime this, whatever it was and whatever its limit. */
  void set(AccountId account, String feature, long value, Instant now);

  /**
   * What was used, window by window.
   *
   * @param feature only of this one; empty for all
   * @param after the last one before the page; empty for the first page
   * @param limit 1 to 101
   * @return the windows that end last first, then by feature and start
   */
  List<UsageRow> list(
      AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit);

  /** Prunes consumptions, and their keys, from before; returns how many. */
  int prune(Instant before);
}
