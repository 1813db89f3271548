package com.tatame.billing.mail;

import java.time.Instant;
import java.util.Optional;

/**
 * What the service tells of a mail after it took it.
 *
 * @param id the same for a report that comes again
 * @param mailId of the mail, where the report carries it
 * @param messageId of the service
 * @param recipient the address
 * @param detail for people, without the address
 */
public record DeliveryReport(
    String id,
    Optional<String> mailId,
    Optional<String> messageId,
    String recipient,
    Kind kind,
    Optional<String> detail,
    Instant at) {
  /** What became of the mail. */
  public enum Kind {
    DELIVERED,
    /** Not delivered this time, or not any more. */
    SOFT_BOUNCED,
    /** The address doesn't exist or takes nothing: it is not written to again. */
    HARD_BOUNCED,
    /** The reader called it spam: the address is not written to again. */
    COMPLAINED
  }

  @Override
  public String toString() {
    return "DeliveryReport[id=" + id + ", mailId=" + mailId + ", kind=" + kind + "]";
  }
}
