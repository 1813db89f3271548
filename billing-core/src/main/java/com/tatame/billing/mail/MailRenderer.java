package com.tatame.billing.mail;

/** Port: gives mails their text, in the reader's language. */
@FunctionalInterface
public interface MailRenderer {
  /**
   * The mail's text. The language is the nearest that there are texts in.
   *
   * @throws IllegalStateException if the template can't be rendered, such as one that the operator
   *     replaced by a broken one; the message names the file
   */
  RenderedMail render(Mail mail);
}
