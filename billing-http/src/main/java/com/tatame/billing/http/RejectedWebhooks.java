package com.tatame.billing.http;

import com.tatame.billing.failure.InvalidSignature.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs why webhooks are refused, and nothing of what they hold. Any client may send any number of them:
 * of each reason the first one is logged at once, and then one line a minute says how many there were.
 */
final class RejectedWebhooks {
  static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(RejectedWebhooks.class);

  private final LongSupplier nanoTime;
  private final Map<Reason, Count> counts = new EnumMap<>(Reason.class);

  /**
   * Logs nothing yet.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  RejectedWebhooks(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Those of one reason since the last line, and when that was. */
  private record Count(long rejected, long loggedAt) {}

  void log(Reason reason) {
    long rejected = countToLog(reason);
    if (rejected > 0) {
      LOG.atWarn()
          .addKeyValue("reason", reason.code())
          .addKeyValue("rejected", rejected)
          .log("webhook rejected: {}", hint(reason));
    }
  }

  /** Counts one; how many are to be logged now, 0 for none. */
  synchronized long countToLog(Reason reason) {
    long now = nanoTime.getAsLong();
    Count count = counts.get(reason);
    if (count != null && now - count.loggedAt < BETWEEN_LINES.toNanos()) {
      counts.put(reason, new Count(count.rejected + 1, count.loggedAt));
      return 0;
    }
    counts.put(reason, new Count(0, now));
    return 1 + (count == null ? 0 : count.rejected);
  }

  private static String hint(Reason reason) {
    return switch (reason) {
      case MISSING_HEADER -> "it has no signature; it was hardly sent by Stripe";
      case MALFORMED_HEADER -> "its signature's header can't be read; a proxy may have changed it";
      case TIMESTAMP_TOO_OLD ->
        "its signature is too old; compare this machine's clock, or it was sent again by a stranger";
      case TIMESTAMP_IN_FUTURE -> "its signature is from the future; compare this machine's clock";
      case NO_MATCHING_SECRET ->
        "no webhook secret signed it; compare STRIPE_WEBHOOK_SECRET with the endpoint's signing secret";
      case UNREADABLE_BODY -> "its body is no event, though it is signed";
    };
  }
}
