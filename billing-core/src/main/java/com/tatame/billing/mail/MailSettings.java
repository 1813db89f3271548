package com.tatame.billing.mail;

import com.tatame.billing.secret.SecretsKeys;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How mails are sent.
 *
 * @param off templates of which none is planned
 * @param maxAge how long after its cause a mail is still sent, where that differs from {@link
 *     MailSettings#defaultMaxAge}
 * @param unknown what is done about a mail that may have been sent
 * @param locale of accounts that have said nothing
 * @param zone in which dates are written
 * @param kept how long addresses of sent mails are kept
 * @param unsubscribe where mails are switched off, see {@link Unsubscription}; empty for no such link
 */
public record MailSettings(
    Set<MailTemplate> off,
    Map<MailTemplate, Duration> maxAge,
    UnknownPolicy unknown,
    Locale locale,
    ZoneId zone,
    Duration kept,
    Optional<UnsubscribeLink> unsubscribe) {
  /** All templates, in English, without a link to unsubscribe. */
  public static final MailSettings DEFAULT = new MailSettings(
      Set.of(),
      Map.of(),
      UnknownPolicy.LEAVE,
      Locale.ENGLISH,
      ZoneOffset.UTC,
      Duration.ofDays(90),
      Optional.empty());

  private static final Duration DAYS = Duration.ofDays(2);
  private static final Duration WEEK = Duration.ofDays(7);

  /**
   * Where mails are switched off.
   *
   * @param base to which the token is appended, such as {@code
   *     https://billing.example.com/mail/unsubscribe/}
   * @param keys by which it is made
   */
  public record UnsubscribeLink(URI base, SecretsKeys keys) {}

  public MailSettings {
    off = Set.copyOf(off);
    maxAge = Map.copyOf(maxAge);
  }

  /**
   * How long after its cause a mail is sent. Of a trial that ends it is not asked: that mail is sent
   * until the end.
   */
  public Duration maxAge(MailTemplate template) {
    return maxAge.getOrDefault(template, defaultMaxAge(template));
  }

  /** Receipts are worth having a week later; most other news is not. */
  public static Duration defaultMaxAge(MailTemplate template) {
    return switch (template) {
      case RECEIPT, PURCHASE, REFUND, PAYMENT_FAILED -> WEEK;
      case WELCOME,
          SUBSCRIPTION_STARTED,
          SUBSCRIPTION_CHANGED,
          SUBSCRIPTION_CANCELED,
          SUBSCRIPTION_ENDED,
          TRIAL_ENDING,
          PAYMENT_ACTION_REQUIRED -> DAYS;
      case LIMIT_NEAR -> Duration.ofDays(1);
    };
  }
}
