package com.tatame.billing.ledger;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.TimeBounds;
import java.util.List;
import java.util.Optional;

/** Use cases: the trail of everything that moved money or changed a subscription. */
public final class BillingEvents {
  private final BillingEventStore store;

  public BillingEvents(BillingEventStore store) {
    this.store = store;
  }

  /**
   * One page, as {@link BillingEventStore#list}.
   *
   * @throws ValidationFailed if the time ends before it begins
   */
  public List<BillingEvent> list(
      AccountId account, BillingEventFilter filter, Optional<String> after, int limit) {
    TimeBounds.requireOrder(filter.from(), filter.until());
    return store.list(account, filter, after, limit);
  }
}
