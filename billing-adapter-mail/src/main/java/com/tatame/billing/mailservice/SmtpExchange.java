package com.tatame.billing.mailservice;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** One mail's way to a server, which notes how far it has come. */
final class SmtpExchange extends SMTPTransport {
  /** What was being done, and what a refusal of it is about. */
  enum Stage {
    CONNECTION,
    SENDER,
    RECIPIENT,
    CONTENT,
    /** The end of the content was sent: from here on the server may have the mail. */
    END
  }

  private final Handover handover;
  private volatile Stage stage = Stage.CONNECTION;

  SmtpExchange(Session session, Handover handover) {
    super(session, null);
    this.handover = handover;
  }

  Stage stage() {
    return stage;
  }

  @Override
  protected void mailFrom() throws MessagingException {
    stage = Stage.SENDER;
    super.mailFrom();
  }

  @Override
  protected void rcptTo() throws MessagingException {
    stage = Stage.RECIPIENT;
    super.rcptTo();
  }

  @Override
  protected OutputStream data() throws MessagingException {
    stage = Stage.CONTENT;
    return super.data();
  }

  @Override
  protected void finishData() throws IOException, MessagingException {
    if (!handover.begin()) {
      throw new IOException("given up");
    }
    stage = Stage.END;
    super.finishData();
  }
}
