package com.tatame.billing.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Prunes the feed and the requests to endpoints. The facts stay in the ledger. */
public final class OutboxRetention {
  private static final Duration ATTEMPTS = Duration.ofDays(30);
  private static final int BATCH = 1000;

  private final EventFeedStore feed;
  private final SubscriberStore subscribers;
  private final InstantSource wallClock;
  private final Duration kept;

  /**
   * Prunes nothing yet.
   *
   * @param kept how long the feed has an entry
   */
  public OutboxRetention(
      EventFeedStore feed, SubscriberStore subscribers, InstantSource wallClock, Duration kept) {
    this.feed = feed;
    this.subscribers = subscribers;
    this.wallClock = wallClock;
    this.kept = kept;
  }

  /** Prunes, in batches until nothing is left that is too old. */
  public void prune() {
    Instant now = wallClock.instant();
    while (feed.prune(now.minus(kept), BATCH) == BATCH) {}
    subscribers.pruneAttempts(now.minus(ATTEMPTS));
  }
}
