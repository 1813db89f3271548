package com.tatame.billing.mail;

import java.time.Instant;
import java.util.Optional;

/** Port: hands mails to a service that delivers them. */
public interface MailTransport extends AutoCloseable {
  /** What came of handing a mail over. */
  sealed interface Outcome {}

  /**
   * The service has it.
   *
   * @param messageId under which the service knows it, by which its reports name it
   */
  record Accepted(Optional<String> messageId) implements Outcome {}

  /**
   * The service refuses this mail, and would again.
   *
   * @param reason for people, without the address
   * @param undeliverable whether it refuses whatever is sent to this address
   */
  record Refused(String reason, boolean undeliverable) implements Outcome {}

  /**
   * The service doesn't have it, and may take it later.
   *
   * @param reason for people, without the address
   * @param retryAfter when it may, where the service says so
   */
  record Deferred(String reason, Optional<Instant> retryAfter) implements Outcome {}

  /** The service may have it: the connection broke, or the answer was lost, after it was sent. */
  record Unknown(String reason) implements Outcome {}

  /** Which one it is, such as {@code postmark}. */
  String name();

  /** Sends it, and waits for the answer. It doesn't throw for what the other side does. */
  Outcome send(RenderedMail mail);

  /** Whether the service can be asked what became of a mail. */
  boolean canFind();

  /**
   * Asks the service for a mail whose answer was lost.
   *
   * @param id of the mail
   * @param sentAt when it was sent; wall time
   * @return {@link Accepted} if the service has it, {@link Deferred} if it surely hasn't, otherwise {@link
   *     Unknown}
   * @throws UnsupportedOperationException if the service can't be asked
   */
  Outcome find(String id, Instant sentAt);

  @Override
  void close();
}
