package com.tatame.billing.mail;

import java.util.Optional;

/** Hears what became of mails, for metrics. It gets neither addresses nor contents. */
@FunctionalInterface
public interface MailListener {
  /** Hears nothing. */
  MailListener NONE = (template, status, suppressed) -> {};

  /**
   * A mail has a new status, by what this program did.
   *
   * @param suppressed why it is not sent, if it is not
   */
  void ended(MailTemplate template, MailStatus status, Optional<SuppressionReason> suppressed);
}
