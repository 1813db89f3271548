package com.tatame.billing.mailservice;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Delivers nothing, and says so in one line for each mail, without its address and content. */
final class ConsoleTransport implements MailTransport {
  private final Consumer<String> lines;

  ConsoleTransport(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public String name() {
    return "console";
  }

  @Override
  public Outcome send(RenderedMail mail) {
    lines.accept("mail " + SingleLine.of(mail.id()) + " (" + mail.template().code()
        + ") is not delivered: no mail service is configured");
    return new Accepted(Optional.empty());
  }

  @Override
  public boolean canFind() {
    return false;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    throw new UnsupportedOperationException("the console keeps no mail");
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
