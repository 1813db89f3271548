package com.tatame.billing.subscription;

import com.tatame.billing.account.AccountId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Port: the mirrored subscriptions of one account. */
public interface SubscriptionStore {
  /** The most that {@link #list} gives at a time. */
  int LARGEST_PAGE = 101;

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

  /** All of the account's subscriptions, in the order of {@link #list}. */
  default List<Subscription> all(AccountId account) {
    List<Subscription> all = new ArrayList<>();
    List<Subscription> page;
    do {
      Optional<String> last =
          all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1).id());
      page = list(account, Optional.empty(), last, LARGEST_PAGE);
      all.addAll(page);
    } while (page.size() == LARGEST_PAGE);
    return all;
  }

  /** The account's subscription with this id; another account's is not found. */
  Optional<Subscription> find(AccountId account, String subscriptionId);

  /** What is scheduled for the account's subscriptions, newest first; what is over is left out. */
  List<SubscriptionSchedule> schedules(AccountId account);
}
