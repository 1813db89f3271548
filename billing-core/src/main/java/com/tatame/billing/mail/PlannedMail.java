package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * A mail that is to be sent once for its cause.
 *
 * @param cause what makes it unique among the mails of its template and account, see {@link
 *     MailPlanner}
 * @param account whose customer it is written to
 * @param objectId what it is about: an invoice, a subscription, a payment, a refund, a purchase, a
 *     feature or the account
 * @param eventId the entry of the account's stream by which it was planned
 * @param content without name, link and lines, the plan of what has ended or that a new account
 *     has, the price after a trial, and what a refund is for, which are looked up when it is sent
 * @param plannedAt wall time
 * @param dueAt before which it is not sent, by the billing clock
 * @param expiresAt after which it is too old, by the billing clock
 * @param copy 0 for the one that was planned, a higher number for each that a person sent again
 * @param reason in that person's words
 */
public record PlannedMail(
    String id,
    MailTemplate template,
    String cause,
    AccountId account,
    String objectId,
    String eventId,
    MailContent content,
    Instant plannedAt,
    Instant dueAt,
    Instant expiresAt,
    int copy,
    Optional<String> reason) {
  /** Whether a person sent it. */
  public boolean manual() {
    return copy > 0;
  }

  @Override
  public String toString() {
    return "PlannedMail[id=" + id + ", template=" + template.code() + ", cause=" + cause + "]";
  }
}
