package com.tatame.billing.http;

import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.inbox.Webhooks.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Events from the payment provider, in; and how they are doing. */
final class WebhookHandlers {
  private final Webhooks webhooks;
  private final InstantSource wallClock;

  WebhookHandlers(Webhooks webhooks, InstantSource wallClock) {
    this.webhooks = webhooks;
    this.wallClock = wallClock;
  }

  record ReceiptAnswer(
      boolean received,
      @Doc("Whether it had been stored before.") boolean duplicate) {}

  record StatusAnswer(
      @Doc("Events that wait or are being processed.") long backlog,
      @Doc("Age of the oldest of the backlog.") @Nullable Long oldestUnprocessedSeconds,
      @Doc("Given up until somebody replays them.") long dead,
      @Doc("Waiting after a failed attempt.") long retrying,

      @Doc("Objects that only a read of the provider can settle.")
      long needsRead,

      @Doc("Share of the unfinished events that failed at least once, from 0 to 1.")
      double failureRate,

      @Nullable Instant lastEventAt) {}

  record EventAnswer(
      @Doc(value = "The provider's.", example = "evt_123") String id,

      @Doc(value = "As the provider names it.", example = "invoice.paid")
      String type,

      @Doc(
          value = "Where it stands.",
          oneOf = {"received", "processing", "processed", "ignored", "retrying", "dead"})
      String status,

      @Doc("Failed attempts so far.") int attempts,
      @Nullable Instant nextAttemptAt,

      @Doc("Of the last failed attempt, or why it was ignored.") @Nullable
      String error,

      boolean livemode,
      @Nullable String apiVersion,
      Instant receivedAt,
      @Nullable Instant processedAt) {}

  Answer receive(Call call) {
    Receipt receipt = webhooks.receive(call.rawBody(), call.header("Stripe-Signature"));
    return Answer.ok(new ReceiptAnswer(true, receipt.duplicate()));
  }

  Answer status(Call call) {
    InboxStatus status = webhooks.status();
    return Answer.ok(new StatusAnswer(
        status.backlog(),
        oldestAgeSeconds(status),
        status.dead(),
        status.retrying(),
        status.pendingReads(),
        failureRate(status),
        status.lastReceivedAt().orElse(null)));
  }

  Answer events(Call call) {
    PageRequest page = call.page();
    return Answer.ok(page.render(
        webhooks.events(call.query("lane"), page.after(), page.lookahead()),
        EventRecord::id,
        WebhookHandlers::event));
  }

  @Nullable
  Long oldestAgeSeconds(InboxStatus status) {
    return status
        .oldestReceivedAt()
        .map(oldest -> Math.max(0, Duration.between(oldest, wallClock.instant()).toSeconds()))
        .orElse(null);
  }

  private static double failureRate(InboxStatus status) {
    long unfinished = status.backlog() + status.dead();
    return unfinished == 0 ? 0 : (double) (status.retrying() + status.dead()) / unfinished;
  }

  private static EventAnswer event(EventRecord event) {
    return new EventAnswer(
        event.id(),
        event.type(),
        event.status().code(),
        event.attempts(),
        event.nextAttemptAt().orElse(null),
        event.error().orElse(null),
        event.live(),
        event.apiVersion().orElse(null),
        event.receivedAt(),
        event.processedAt().orElse(null));
  }
}
