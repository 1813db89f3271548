package com.tatame.billing.mailservice;

import com.tatame.billing.mail.RenderedMail;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/** A mail in MIME: the text and the HTML as alternatives. */
final class SmtpMessage extends MimeMessage {
  private static final String UTF_8 = "UTF-8";

  private final String messageId;

  private SmtpMessage(Session session, String messageId) {
    super(session);
    this.messageId = messageId;
  }

  static SmtpMessage of(
      Session session, SenderAddress sender, RenderedMail mail, String to, Instant now)
      throws MessagingException {
    SmtpMessage message = new SmtpMessage(session, messageId(mail.id(), sender.address()));
    try {
      message.setFrom(
          sender.name().isEmpty()
              ? new InternetAddress(sender.address(), true)
              : new InternetAddress(sender.address(), sender.name(), UTF_8));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException(e);
    }
    if (sender.replyTo().isPresent()) {
      message.setReplyTo(
          new InternetAddress[] {new InternetAddress(sender.replyTo().get(), true)});
    }
    message.setRecipient(RecipientType.TO, new InternetAddress(to, true));
    message.setSubject(SingleLine.of(mail.subject()), UTF_8);
    message.setSentDate(Date.from(now));
    // So that programs that answer mails by themselves don't answer this one (RFC 3834).
    message.setHeader("Auto-Submitted", "auto-generated");
    if (mail.unsubscribe().isPresent()) {
      for (Map.Entry<String, String> header :
          UnsubscribeHeaders.of(mail.unsubscribe().get()).entrySet()) {
        message.setHeader(header.getKey(), header.getValue());
      }
    }
    MimeMultipart alternatives =
        new MimeMultipart("alternative", part(mail.text(), "plain"), part(mail.html(), "html"));
    message.setContent(alternatives);
    message.saveChanges();
    return message;
  }

  private static MimeBodyPart part(String text, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(text, UTF_8, subtype);
    // Whatever the text: lines of any length, and bytes that no server on the way changes.
    part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    return part;
  }

  /** The same for each attempt, so that programs on the way see a mail that was sent twice. */
  static String messageId(String mailId, String sender) {
    StringBuilder local = new StringBuilder();
    for (byte each : mailId.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      boolean plain = (character >= 'a' && character <= 'z')
          || (character >= 'A' && character <= 'Z')
          || (character >= '0' && character <= '9')
          || character == '-'
          || character == '_';
      local.append(plain ? String.valueOf(character) : "=%02X".formatted((int) character));
    }
    return "<" + local + sender.substring(sender.lastIndexOf('@')) + ">";
  }

  @Override
  protected void updateMessageID() throws MessagingException {
    setHeader("Message-ID", messageId);
  }
}
