package com.tatame.billing.testkit;

import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.Settlement;
import com.tatame.billing.projection.ClaimId;
import java.time.Instant;
import java.util.Optional;

/** One event of the in-memory inbox and where it stands. */
final class QueuedEvent {
  final long seq;
  final ReceivedEvent received;
  final Instant receivedAt;
  EventStatus status = EventStatus.RECEIVED;
  Instant nextAttemptAt;
  Optional<ClaimId> claim = Optional.empty();
  private int attempts;
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

  void settle(Settlement settlement, Instant now) {
    if (settlement instanceof Settlement.Ignored ignored) {
      end(EventStatus.IGNORED, Optional.of(ignored.reason()), now);
    } else if (settlement instanceof Settlement.Dead dead) {
      attempts++;
      end(EventStatus.DEAD, Optional.of(dead.error()), now);
    } else if (settlement instanceof Settlement.Retry retry) {
      attempts++;
      error = Optional.of(retry.error());
      waitUntil(retry.notBefore());
    } else if (settlement instanceof Settlement.Release) {
      waitUntil(now);
    }
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
    return new ClaimedEvent(seq, received.id(), received.type(), received.payload(), attempts);
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
