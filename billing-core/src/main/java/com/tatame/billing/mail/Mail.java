package com.tatame.billing.mail;

import java.net.URI;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/**
 * A mail before it has a text.
 *
 * @param id the same for each attempt
 * @param to the address
 * @param locale of the reader
 * @param zone in which the reader's dates are
 * @param unsubscribe where one request switches this kind of mail off; of optional ones only
 */
public record Mail(
    String id,
    MailTemplate template,
    MailContent content,
    String to,
    Locale locale,
    ZoneId zone,
    Optional<URI> unsubscribe) {
  @Override
  public String toString() {
    return "Mail[id=" + id + ", template=" + template.code() + "]";
  }
}
