package com.tatame.billing.mail;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: mails and what became of them. All instants are wall time, except where they say otherwise. */
public interface MailStore {
  /** Plans mails. One whose template, cause, account and copy there is already is left out. */
  void plan(List<PlannedMail> mails);

  /**
   * Claims mails about which something is to be done: planned ones that are due, and unknown ones. One
   * that was {@link MailStatus#SENDING} when its lease ended is unknown from now on.
   *
   * @param claim a name that no other claim uses
   * @param billingNow by the billing clock, by which mails become due
   * @return those that have been due the longest first
   */
  List<StoredMail> claim(String claim, int most, Instant now, Instant billingNow, Duration lease);

  /**
   * States that a claimed mail is handed to the service now.
   *
   * @return false, and nothing is changed, if it is no longer the claim's: it must not be sent
   */
  boolean begin(String id, String claim, String address, Instant now);

  /**
   * Ends what was claimed.
   *
   * @return false, and nothing is changed, if it is no longer the claim's
   */
  boolean end(String id, String claim, MailResult result, Instant now);

  /**
   * Applies reports, in any order and as often as they come: a stronger one replaces a weaker one, and
   * never the other way round. A mail of which there is a report is sent, whatever was known of it. One
   * that bounced hard, or was called spam, suppresses its address, once for each time that it becomes so.
   *
   * @return how many told something new
   */
  int report(List<DeliveryReport> reports);

  /** One page, the last planned first, then by id, the greatest first. */
  List<StoredMail> list(MailFilter filter, Optional<String> after, int limit);

  Optional<StoredMail> find(String id);

  /**
   * Plans a copy of a mail. Asked again with the same id, it changes nothing.
   *
   * @param id of the copy
   * @param reason in a person's words
   * @return the copy; empty if there is no such mail
   */
  Optional<StoredMail> copy(
      String original, String id, String reason, Instant now, Instant billingNow, AuditEntry audit);

  /** How sending is doing. */
  MailBacklog backlog(Instant now, Instant billingNow);

  /**
   * Takes addresses and people's words out of mails that were planned before and about which nothing is
   * to be done. Their rows stay, so that no cause has a second mail.
   *
   * @return how many
   */
  int prune(Instant before, int limit);

  /** The suppression of an address, in whatever case it is written. */
  Optional<AddressSuppression> suppression(String address);

  /** One page of the suppressed addresses, the last first, then by id, the greatest first. */
  List<AddressSuppression> suppressions(Optional<String> after, int limit);

  /**
   * Lets an address be written to again.
   *
   * @return false if there is no such suppression
   */
  boolean lift(String id, AuditEntry audit);

  /** What the account wants; {@link MailPreferences#NONE} if it has said nothing. */
  MailPreferences preferences(AccountId account);

  /** Replaces what the account wants. */
  void put(AccountId account, MailPreferences preferences, AuditEntry audit);
}
