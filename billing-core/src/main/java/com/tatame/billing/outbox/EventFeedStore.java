package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.CursorReset;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: the streams of all accounts as one feed. Written by commits only. */
public interface EventFeedStore {
  /**
   * One page, in the order of the feed. An entry appears once no transaction is running that could
   * still put another one before it.
   *
   * @param limit 1 to 1000
   * @throws CursorReset if the cursor is of another history, or older than what is kept
   */
  FeedPage page(Optional<EventCursor> after, FeedFilter filter, int limit);

  /**
   * Begins a new history if the database is another one than before, as after a restore: cursors of
   * before are no longer answered then.
   *
   * @return whether one began
   */
  boolean checkEpoch();

  /**
   * Prunes the states of entries that were appended before, with their places in the feed. The facts
   * stay in the ledger.
   *
   * @return how many were pruned; fewer than the limit once no more are so old
   */
  int prune(Instant before, int limit);

  /** The account's number of entries, which is the sequence of its last one; 0 for none. */
  long lastSequence(AccountId account);

  /**
   * Whose entitlement is to be compared with what was published of it, oldest first.
   *
   * @param now by the billing clock
   */
  List<DueEntitlement> dueEntitlements(Instant now, int limit);

  /**
   * Publishes what an account is entitled to now.
   *
   * @return false, and nothing is changed, if it was marked as changed meanwhile, or a newer catalog is
   *     in force than the one that decided
   */
  boolean publish(EntitlementDecision decision);
}
