package com.tatame.billing.testkit;

import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.projection.ClaimId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One event of the in-memory inbox and where it stands. */
final class QueuedEvent {
  final long seq;
  final ReceivedEvent received;
  final Instant receivedAt;
  EventStatus status = EventStatus.RECEIVED;
  Instant nextAttemptAt;
  Optional<ClaimId> claim = Optional.empty();
  private final List<Attempt> history = new ArrayList<>();
  private int attempts;
  private int abandoned;
  private boolean pruned;
  private Optional<String> error = Optional.empty();
  private Optional<Instant> processedAt = Optional.empty();

  QueuedEvent(long seq, ReceivedEvent received, Instant receivedAt) {
    this.seq = seq;
    this.received = received;
    this.receivedAt = receivedAt;
    this.nextAttemptAt = receivedAt;
  }

  boolean waits() {
    return status == EventStatus.RECEIVED
        || status == EventStatus.PROCESSING
        || status == EventStatus.RETRYING;
  }

  void heldBy(ClaimId newClaim) {
    status = EventStatus.PROCESSING;
    claim = Optional.of(newClaim);
  }

  void settle(EventOutcome settlement, Instant now) {
    if (settlement instanceof EventOutcome.Ignored ignored) {
      end(EventStatus.IGNORED, Optional.of(ignored.reason()), now);
    } else if (settlement instanceof EventOutcome.Dead dead) {
      attempts++;
      history.add(new Attempt(now, Attempt.Outcome.DEAD, Optional.of(dead.error())));
      end(EventStatus.DEAD, Optional.of(dead.error()), now);
    } else if (settlement instanceof EventOutcome.Retry retry) {
      attempts++;
      error = Optional.of(retry.error());
      history.add(new Attempt(now, Attempt.Outcome.FAILED, error));
      waitUntil(retry.notBefore());
    } else if (settlement instanceof EventOutcome.Release) {
      waitUntil(now);
    }
  }

  /** Its worker let the lease run out. */
  void abandon(Instant now) {
    abandoned++;
    history.add(
        new Attempt(now, Attempt.Outcome.ABANDONED, Optional.of("its worker did not come back")));
    waitUntil(nextAttemptAt);
  }

  /** A worker that had let the lease run out came back. */
  void outlived() {
    abandoned = Math.max(0, abandoned - 1);
  }

  boolean endsItsWorkers() {
    return abandoned > 1;
  }

  boolean failedOnce() {
    return attempts > 0;
  }

  void replay(Instant now) {
    ending().ifPresent(history::add);
    history.add(new Attempt(now, Attempt.Outcome.REPLAYED, Optional.empty()));
    attempts = 0;
    abandoned = 0;
    processedAt = Optional.empty();
    waitUntil(now);
  }

  boolean replayable() {
    return status != EventStatus.PROCESSING && !pruned;
  }

  /** Prunes the payload and the history; false if there is nothing to prune. */
  boolean prune() {
    boolean prunes = !pruned && processedAt.isPresent();
    if (prunes) {
      pruned = true;
      history.clear();
    }
    return prunes;
  }

  StoredEvent stored() {
    List<Attempt> all = new ArrayList<>(history);
    ending().ifPresent(all::add);
    return new StoredEvent(
        seen(), pruned ? Optional.empty() : Optional.of(received.payload()), all);
  }

  private Optional<Attempt> ending() {
    return processedAt.map(at -> new Attempt(
        at,
        status == EventStatus.IGNORED ? Attempt.Outcome.IGNORED : Attempt.Outcome.PROCESSED,
        error));
  }

  private void waitUntil(Instant due) {
    status = attempts == 0 ? EventStatus.RECEIVED : EventStatus.RETRYING;
    nextAttemptAt = due;
    claim = Optional.empty();
  }

  void end(EventStatus ended, Optional<String> why, Instant now) {
    status = ended;
    error = why;
    claim = Optional.empty();
    processedAt = ended == EventStatus.DEAD ? Optional.empty() : Optional.of(now);
  }

  ClaimedEvent claimed() {
    return new ClaimedEvent(
        seq, received.id(), received.type(), received.payload(), receivedAt, attempts, abandoned);
  }

  EventRecord seen() {
    boolean scheduled = status == EventStatus.RECEIVED || status == EventStatus.RETRYING;
    return new EventRecord(
        received.id(),
        received.type(),
        status,
        attempts,
        scheduled ? Optional.of(nextAttemptAt) : Optional.empty(),
        error,
        received.live(),
        received.apiVersion(),
        received.lane(),
        receivedAt,
        processedAt);
  }
}
