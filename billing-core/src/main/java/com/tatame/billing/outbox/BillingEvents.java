package com.tatame.billing.outbox;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.time.TimeBounds;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Use cases: the ledger, and hearing of what is appended to it. */
public final class BillingEvents {
  /** Most entries of one page of the feed. */
  public static final int MAX_PAGE = 1000;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  private final BillingEventStore ledger;
  private final EventFeedStore feed;
  private final EventDeliveries deliveries;

  public BillingEvents(BillingEventStore ledger, EventFeedStore feed, EventDeliveries deliveries) {
    this.ledger = ledger;
    this.feed = feed;
    this.deliveries = deliveries;
  }

  /**
   * One page of what happened to an account, as {@link BillingEventStore#list}.
   *
   * @throws ValidationFailed if the time ends before it begins
   */
  public List<BillingEvent> list(
      AccountId account, BillingEventFilter filter, Optional<String> after, int limit) {
    TimeBounds.requireOrder(filter.from(), filter.until());
    return ledger.list(account, filter, after, limit);
  }

  /**
   * One page of the streams of all accounts, in an order in which nothing is missed: a reader that
   * goes on from {@link FeedPage#next} sees each entry.
   *
   * @param after where the last page ended; empty for the beginning
   * @param limit 1 to {@link #MAX_PAGE}
   * @throws CursorReset if the cursor is of another history, or older than what is kept
   */
  public FeedPage feed(Optional<EventCursor> after, FeedFilter filter, int limit) {
    return feed.page(after, filter, limit);
  }

  /** The number of entries of an account's stream, which grows with each: its revision. */
  public long revision(AccountId account) {
    return feed.lastSequence(account);
  }

  /**
   * Has a handler receive all entries that are appended from now on: each at least once, those of one
   * account in order, also after this program was restarted, and on one of all nodes that subscribe
   * under this name. An entry that the handler fails for is tried again over three days, and is then
   * blocked until an operator decides; meanwhile the account's next ones wait, and all other accounts go
   * on.
   *
   * @param name of the subscriber, always the same one: 1 to 64 of a to z, 0 to 9 and hyphens
   * @throws ValidationFailed if it can't be a name
   * @throws IllegalStateException if this program has a handler of that name already
   */
  public void subscribe(String name, EventHandler handler) {
    if (!NAME.matcher(name).matches()) {
      throw ValidationFailed.of(
          "name", "must be 1 to 64 of a to z, 0 to 9 and hyphens, and begin with a letter");
    }
    deliveries.subscribe(name, handler);
  }
}
