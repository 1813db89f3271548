package com.tatame.billing.inbox;

import com.tatame.billing.audit.AuditEntry;
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

  /** Most events that one part of a replay, or of a pruning, may look at. */
  int MAX_REPLAY = 1_000;

  /**
   * Stores the events durably, all or none; those whose id is stored already stay as they are.
   *
   * @return the ids that were new
   */
  Set<String> ingest(List<ReceivedEvent> events, Instant receivedAt);

  /**
   * Stores events and applies what they say, in one commit. An event of an applied unit is processed
   * as it is stored, an ignored one is marked so; events of a stale unit or of no unit wait for a
   * worker. Events whose id is stored already stay as they are, and a unit that contains one of them
   * is not applied.
   *
   * @throws IllegalStateException if a row is refused for good; then nothing is stored
   */
  ProjectedBatch.Stored ingestAndApply(ProjectedBatch batch, Instant receivedAt);

  /**
   * Takes up to {@code max} events that are due and not leased, or whose holder's lease has
   * run out; oldest first. No event is in two claims whose leases run. An event that was abandoned
   * twice is claimed alone: if it is what ends its workers, it ends no other event's work.
   *
   * @param max 1 to {@link #MAX_CLAIM}
   */
  List<ClaimedEvent> claim(ClaimId claim, int max, Instant now, Duration lease);

  /**
   * Records how events ended. Those that the claim no longer holds are left alone, but that a release
   * of one takes back one loss of its lease: its worker was late, and the event did not end it.
   *
   * @return the sequence numbers that the claim no longer held
   */
  Set<Long> settle(ClaimId claim, List<EventOutcome> settlements, Instant now);

  InboxStatus status();

  /**
   * Stored events, newest first.
   *
   * @param before only those that arrived before the event with this id; empty for the first page
   * @param limit 1 to 101
   */
  List<EventRecord> events(EventFilter filter, Optional<String> before, int limit);

  Optional<StoredEvent> find(String id);

  /**
   * Replays events: puts them into the queue once more, with all their attempts before them. Those that
   * are claimed at this moment, and those whose payload was pruned, are left out.
   *
   * @param after the {@link ReplayBatch#next} of the part before; 0 for the first part
   * @param max most events to look at, 1 to {@link #MAX_REPLAY}
   * @param audit written in the same commit, if any event is replayed
   */
  ReplayBatch replay(ReplaySelection selection, long after, int max, Instant now, AuditEntry audit);

  /**
   * Prunes payloads and histories of events that were processed or ignored. What else is known of an
   * event stays for ever, so that a late duplicate is still deduplicated.
   *
   * @param receivedBefore those received before this instant
   * @param max most events to look at, 1 to {@link #MAX_REPLAY}
   * @return how many payloads were pruned; 0 once there are no more
   */
  int prune(Instant receivedBefore, int max);
}
