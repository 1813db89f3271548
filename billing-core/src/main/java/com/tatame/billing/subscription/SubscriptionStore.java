package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import java.util.List;
import java.util.Optional;

/** Port: the mirrored subscriptions of one account. */
public interface SubscriptionStore {
  /**
   * One page of the account's subscriptions.
   *
   * @param status only these; empty for all
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by creation, newest first, then by id
   */
  List<Subscription> list(
      AccountId account, Optional<SubscriptionStatus> status, Optional<String> after, int limit);

  /** The account's subscription with this id; somebody else's is not found. */
  Optional<Subscription> find(AccountId account, String subscriptionId);

  /** What is scheduled for the account's subscriptions, newest first; what is over is left out. */
  List<SubscriptionSchedule> schedules(AccountId account);
}
