package com.tatame.billing.mailservice;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A server's refusal. Its text stays here: servers quote addresses in it.
 *
 * @param code of three digits
 * @param enhanced as RFC 3463 has it, such as {@code 5.1.1}
 * @param text for the decision only
 */
record SmtpReply(int code, Optional<String> enhanced, String text) {
  private static final int MAX_NESTED = 10;
  private static final Pattern REPLY =
      Pattern.compile("([45])\\d\\d[ -](?:(\\1\\.\\d{1,3}\\.\\d{1,3})\\b)?");

  /** There is no such mailbox or domain, it moved, or it takes no mail. */
  private static final Set<String> UNDELIVERABLE =
      Set.of("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1");

  private static final Set<Integer> NO_MAILBOX = Set.of(550, 551, 553);
  private static final Pattern NO_MAILBOX_TEXT = Pattern.compile(
      "no such (?:user|recipient|mailbox)|unknown (?:user|recipient|mailbox)"
          + "|(?:user|recipient|mailbox) (?:unknown|not found|does not exist|doesn't exist"
          + "|unavailable)",
      Pattern.CASE_INSENSITIVE);

  /** Empty if the server didn't answer. */
  static Optional<SmtpReply> of(MessagingException failure) {
    @Nullable Exception next = failure;
    for (int depth = 0; next instanceof MessagingException each && depth < MAX_NESTED; depth++) {
      int code = code(each);
      if (code >= 400) {
        String text = String.valueOf(each.getMessage());
        Matcher reply = REPLY.matcher(text);
        return Optional.of(new SmtpReply(
            code, reply.find() ? Optional.ofNullable(reply.group(2)) : Optional.empty(), text));
      }
      next = each.getNextException();
    }
    return Optional.empty();
  }

  private static int code(MessagingException failure) {
    if (failure instanceof SMTPAddressFailedException address) {
      return address.getReturnCode();
    }
    if (failure instanceof SMTPSenderFailedException sender) {
      return sender.getReturnCode();
    }
    if (failure instanceof SMTPSendFailedException send) {
      return send.getReturnCode();
    }
    return failure instanceof SendFailedException ? 0 : -1;
  }

  boolean isTransient() {
    return code < 500;
  }

  /**
   * Whether it takes no mail for this address. A code alone doesn't say so: servers refuse with 550 for
   * their policies, too, and an address must not be given up for those.
   */
  boolean isUndeliverable() {
    if (enhanced.isPresent()) {
      return UNDELIVERABLE.contains(enhanced.get());
    }
    return NO_MAILBOX.contains(code) && NO_MAILBOX_TEXT.matcher(text).find();
  }

  boolean isTooLarge() {
    return code == 552 || enhanced.equals(Optional.of("5.3.4"));
  }

  @Override
  public String toString() {
    return "answered " + code + enhanced.map(more -> " " + more).orElse("");
  }
}
