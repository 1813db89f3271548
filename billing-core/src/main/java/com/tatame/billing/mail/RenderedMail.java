package com.tatame.billing.mail;

import java.net.URI;
import java.util.Optional;

/**
 * A mail as it is sent.
 *
 * @param id the same for each attempt; transports pass it on, so that the service can be asked for it
 *     and its reports name it
 * @param to the address
 * @param text for readers without HTML
 * @param unsubscribe for {@code List-Unsubscribe} with one click (RFC 8058)
 */
public record RenderedMail(
    String id,
    MailTemplate template,
    String to,
    String subject,
    String text,
    String html,
    Optional<URI> unsubscribe) {
  @Override
  public String toString() {
    return "RenderedMail[id=" + id + ", template=" + template.code() + "]";
  }
}
