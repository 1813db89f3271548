package com.tatame.billing.mail;

import java.util.Optional;
import java.util.Set;

/**
 * What an account wants of its mails.
 *
 * @param locale the language of its mails, a tag of BCP 47; empty for the default
 * @param timeZone in which dates are written, such as {@code Europe/Berlin}; empty for the default
 * @param off what it has switched off
 */
public record MailPreferences(
    Optional<String> locale, Optional<String> timeZone, Set<MailCategory> off) {
  /** Of an account that has said nothing. */
  public static final MailPreferences NONE =
      new MailPreferences(Optional.empty(), Optional.empty(), Set.of());

  public MailPreferences {
    off = Set.copyOf(off);
  }

  /** Whether a mail of this template may be sent. */
  public boolean admits(MailTemplate template) {
    return MailCategory.of(template).filter(off::contains).isEmpty();
  }
}
