package com.tatame.billing.mailservice;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who mails come from.
 *
 * @param address one that the mail service may send for
 * @param name shown beside it
 * @param replyTo where answers go, if not to the address
 */
public record SenderAddress(String address, String name, Optional<String> replyTo) {
  private static final Pattern NAMED = Pattern.compile("(?<name>[^<>]*)<(?<address>[^<>]*)>");

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException naming the part that can't be used
   */
  public SenderAddress {
    MailAddress.check("address", address);
    replyTo.ifPresent(reply -> MailAddress.check("replyTo", reply));
    if (!name.equals(SingleLine.of(name))) {
      throw new IllegalArgumentException("name: must be one line");
    }
  }

  /**
   * Reads {@code billing@example.com} or {@code Acme <billing@example.com>}.
   *
   * @throws IllegalArgumentException naming the part that can't be used
   */
  public static SenderAddress parse(String text, Optional<String> replyTo) {
    Matcher named = NAMED.matcher(text.strip());
    return named.matches()
        ? new SenderAddress(named.group("address"), named.group("name").strip(), replyTo)
        : new SenderAddress(text.strip(), "", replyTo);
  }
}
