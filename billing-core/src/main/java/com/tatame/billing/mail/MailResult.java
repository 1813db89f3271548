package com.tatame.billing.mail;

import java.time.Instant;
import java.util.Optional;

/** What came of a claimed mail. */
public sealed interface MailResult {
  /** The service has it. */
  record Sent(Optional<String> messageId) implements MailResult {}

  /**
   * The service refuses it.
   *
   * @param undeliverable whether it refuses whatever is sent to the address, which is suppressed then
   */
  record Refused(String detail, boolean undeliverable) implements MailResult {}

  /** It was surely not sent, and is tried again later. */
  record Postponed(String detail, Instant nextAt) implements MailResult {}

  /**
   * The service may have it.
   *
   * @param nextAt when it is looked for, or sent once more; empty if it is left at that
   */
  record Lost(String detail, Optional<Instant> nextAt) implements MailResult {}

  /** It is not sent. */
  record Suppressed(SuppressionReason reason) implements MailResult {}
}
