package com.tatame.billing.mailservice;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address as all services read it: one, without a name, a comment or quotes. What is rarer than that
 * is refused, because a service that splits it would write to others.
 */
final class MailAddress {
  private static final int MAX_LENGTH = 254;
  private static final int MAX_LOCAL = 64;
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final Pattern LOCAL = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*");
  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

  private MailAddress() {}

  /** With its domain in ASCII; empty if it can't be written to. */
  static Optional<String> of(String address) {
    int at = address.lastIndexOf('@');
    if (at < 1 || at > MAX_LOCAL || address.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String local = address.substring(0, at);
    String domain;
    try {
      domain = IDN.toASCII(address.substring(at + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return LOCAL.matcher(local).matches() && DOMAIN.matcher(domain).matches()
        ? Optional.of(local + "@" + domain)
        : Optional.empty();
  }

  static void check(String field, String address) {
    if (of(address).isEmpty()) {
      throw new IllegalArgumentException(
          field + ": must be one address, such as billing@example.com, without a name");
    }
  }
}
