package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.ledger.BillingEvent;
import java.util.Optional;

/**
 * One entry of an account's stream: what happened, and the account right after it.
 *
 * @param event what happened; its id is the receiver's key, since an entry may arrive more than once
 * @param sequence 1 for the account's first entry, and one more for each, in the order of their
 *     commits
 * @param late whether the account had an entry of a later time already: what happened earlier became
 *     known later
 * @param state empty once it is pruned
 */
public record PublishedEvent(
    BillingEvent event,
    AccountId account,
    long sequence,
    boolean late,
    Optional<AccountState> state) {
  public String id() {
    return event.id();
  }

  /** Such as {@code invoice.paid}. */
  public String type() {
    return event.fact().type();
  }
}
