package com.tatame.billing.inbox;

import com.tatame.billing.projection.ClaimId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Port: the durable inbox. Effects of events are applied by {@link
 * com.tatame.billing.projection.ProjectionStore#commit}; what has none is settled here. All instants
 * are wall time.
 */
public interface InboxStore {
  /** Most events that one claim may ask for. */
  int MAX_CLAIM = 200;

  /**
   * Stores the events durably, all or none; those whose id is stored already stay as they are.
   *
   * @return the ids that were new
   */
  Set<String> ingest(List<ReceivedEvent> events, Instant receivedAt);

  /**
   * Takes up to {@code max} events that are due and that nobody holds, or whose holder's lease has
   * run out; oldest first. No event is in two claims whose leases run.
   *
   * @param max 1 to {@link #MAX_CLAIM}
   */
  List<ClaimedEvent> claim(ClaimId claim, int max, Instant now, Duration lease);

  /**
   * Records how events ended. Those that the claim no longer holds are left alone.
   *
   * @return the sequence numbers that the claim no longer held
   */
  Set<Long> settle(ClaimId claim, List<Settlement> settlements, Instant now);

  InboxStatus status();

  /**
   * Stored events, newest first.
   *
   * @param lane only those of this customer or object; empty for all
   * @param before only those that arrived before the event with this id; empty for the first page
   * @param limit 1 to 101
   */
  List<EventRecord> events(Optional<String> lane, Optional<String> before, int limit);
}
