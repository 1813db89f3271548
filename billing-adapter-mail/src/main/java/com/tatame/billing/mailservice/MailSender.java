package com.tatame.billing.mailservice;

import java.util.Optional;

/**
 * Who mails come from.
 *
 * @param address one that the mail service may send for
 * @param name shown beside it
 * @param replyTo where answers go, if not to the address
 */
public record MailSender(String address, String name, Optional<String> replyTo) {
  /**
   * Checks it.
   *
   * @throws IllegalArgumentException naming the part that can't be used
   */
  public MailSender {
    MailAddress.check("address", address);
    replyTo.ifPresent(reply -> MailAddress.check("replyTo", reply));
    if (!name.equals(SingleLine.of(name))) {
      throw new IllegalArgumentException("name: must be one line");
    }
  }
}
