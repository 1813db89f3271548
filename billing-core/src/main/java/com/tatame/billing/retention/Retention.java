package com.tatame.billing.retention;

import com.tatame.billing.entitlement.PastEntitlements;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.subscription.QuoteStore;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;

/** Prunes what is older than its retention. Each prune may be repeated. */
public final class Retention {
  /** So long an answer is replayed under its idempotency key, and a quote is held. */
  private static final Duration ANSWERS = Duration.ofHours(24);

  private final InboxStore inbox;
  private final IdempotencyStore answers;
  private final QuoteStore quotes;
  private final UsageStore usage;
  private final MeterReportStore meterReports;
  private final Clocks clocks;
  private final Duration events;

  /**
   * @param events how long processed events keep their payload, by the wall clock
   */
  public Retention(
      InboxStore inbox,
      IdempotencyStore answers,
      QuoteStore quotes,
      UsageStore usage,
      MeterReportStore meterReports,
      Clocks clocks,
      Duration events) {
    this.inbox = inbox;
    this.answers = answers;
    this.quotes = quotes;
    this.usage = usage;
    this.meterReports = meterReports;
    this.clocks = clocks;
    this.events = events;
  }

  /** Prunes the inbox, in batches until nothing is left that is too old. */
  public void pruneInbox() {
    Instant before = clocks.wallNow().minus(events);
    int pruned;
    do {
      pruned = inbox.prune(before, InboxStore.MAX_REPLAY);
    } while (pruned > 0);
  }

  /** Prunes kept answers and quotes. */
  public void pruneAnswers() {
    answers.prune(clocks.wallNow().minus(ANSWERS));
    quotes.prune(clocks.billingNow().minus(ANSWERS));
  }

  /** Prunes what was used longer ago than entitlements are shown of the past. */
  public void pruneUsage() {
    Instant before = clocks.billingNow().minus(PastEntitlements.RETENTION);
    usage.prune(before);
    meterReports.prune(before);
  }
}
