package com.tatame.billing.ledger;

import com.tatame.billing.account.AccountId;
import java.util.List;
import java.util.Optional;

/** Port: what happened to one account's customer and to its payments. Written by commits only. */
public interface BillingEventStore {
  /**
   * One page of the account's events.
   *
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by when they happened, newest first, then by id, the greatest first
   */
  List<BillingEvent> list(
      AccountId account, BillingEventFilter filter, Optional<String> after, int limit);
}
