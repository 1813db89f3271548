package com.tatame.billing.mail;

import java.time.Instant;
import java.util.Optional;

/**
 * A mail and what became of it. All instants are wall time.
 *
 * @param suppressed why it is not sent, if it is not
 * @param delivery the strongest that the service has reported
 */
public record StoredMail(
    PlannedMail planned,
    MailStatus status,
    Optional<SuppressionReason> suppressed,
    Progress progress,
    Optional<Delivery> delivery) {
  /**
   * How it was sent.
   *
   * @param attempts how often it was handed to the service
   * @param failures how often it was postponed
   * @param losses how often it was unknown afterwards whether the service has it
   * @param sentAt of the last attempt
   * @param messageId under which the service knows it
   * @param address to which it was sent; empty once it is pruned
   * @param detail for people: why it was refused or postponed, without the address
   * @param nextAt when something is to be done about it; empty if that is nothing
   */
  public record Progress(
      int attempts,
      int failures,
      int losses,
      Optional<Instant> sentAt,
      Optional<String> messageId,
      Optional<String> address,
      Optional<String> detail,
      Optional<Instant> nextAt) {
    /** Of a mail that was not sent yet. */
    public static Progress begun(Instant nextAt) {
      return new Progress(
          0,
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(nextAt));
    }

    @Override
    public String toString() {
      return "Progress[attempts=" + attempts + ", nextAt=" + nextAt + "]";
    }
  }

  /**
   * What the service reported.
   *
   * @param detail for people, without the address
   */
  public record Delivery(DeliveryReport.Kind kind, Instant at, Optional<String> detail) {}

  public String id() {
    return planned.id();
  }
}
