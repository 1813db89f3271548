package com.tatame.billing.duplicate;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: subscriptions that are one too many, and what was done about them. */
public interface DuplicateStore {
  /**
   * Accounts that may have a duplicate.
   *
   * @param position where the next search begins, in the store's own words
   */
  record Several(List<AccountId> accounts, String position) {
    public Several {
      accounts = List.copyOf(accounts);
    }
  }

  /**
   * Accounts with several subscriptions that entitle, by when that last changed. Some are listed again
   * by the next search; none is left out, however late its commit comes to be seen.
   *
   * @param position of the search before; empty to begin with all
   * @param limit 1 to 101
   */
  Several several(Optional<String> position, int limit);

  /**
   * Lists a duplicate. One that is listed stays as it is, unless it was over.
   *
   * @return as it stands in the list now
   */
  Duplicate report(Duplicate found);

  /**
   * Replaces what is listed of a subscription.
   *
   * @param from the status that it has
   * @return false, and nothing is changed, if it has another one
   */
  boolean replace(Duplicate.Status from, Duplicate next);

  /**
   * What is to be looked at, the longest due first.
   *
   * @param limit 1 to 101
   */
  List<Duplicate> due(Instant now, int limit);

  /**
   * One page, those found last first.
   *
   * @param open only those that are still to be dealt with
   * @param before only those found before the one of this subscription; empty for the first page
   * @param limit 1 to 101
   */
  List<Duplicate> list(boolean open, Optional<String> before, int limit);

  Optional<Duplicate> find(String subscriptionId);

  /** How many are still to be dealt with. */
  long open();
}
