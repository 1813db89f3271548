package com.tatame.billing.failure;

/**
 * A cursor is of a history that the store no longer has: it was restored or moved since, or what was
 * behind the cursor was pruned. Reading goes on from the beginning.
 */
public final class CursorReset extends BillingException {
  private static final long serialVersionUID = 1L;

  public CursorReset() {
    super(
        "cursor_reset",
        false,
        "The cursor is older than the feed: the store was restored or moved since, or the entries"
            + " behind it were pruned. Read the feed from its beginning, without a cursor; entries"
            + " that were received before have the same ids.");
  }
}
