package com.tatame.billing.testkit;

import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.RenderedMail;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mail service that delivers to memory, takes what it is given, and misbehaves as it is told. Its
 * mails have no text but their template. Thread-safe.
 */
public final class SimulatedMailService implements MailTransport {
  /** What happens to the next mail. */
  public enum Mishap {
    /** It is refused, and would be again. */
    REFUSED,
    /** The address is refused, whatever is sent to it. */
    ADDRESS_REFUSED,
    /** It is not taken now. */
    BUSY,
    /** It is taken, and the answer is lost. */
    ANSWER_LOST,
    /** The connection breaks before it is taken. */
    LOST
  }

  private final boolean canFind;
  private final Map<String, Mail> rendered = new HashMap<>();
  private final List<Mail> received = new ArrayList<>();
  private final Deque<Mishap> mishaps = new ArrayDeque<>();

  private SimulatedMailService(boolean canFind) {
    this.canFind = canFind;
  }

  /** One that can be asked for what it received. */
  public static SimulatedMailService thatCanBeAsked() {
    return new SimulatedMailService(true);
  }

  /** One that can't, as SMTP. */
  public static SimulatedMailService thatCantBeAsked() {
    return new SimulatedMailService(false);
  }

  /** By what a program sends its mails here. */
  public MailService service(MailSettings settings) {
    return new MailService(renderer(), this, settings, MailListener.NONE);
  }

  /** Gives mails a text. */
  public MailRenderer renderer() {
    return mail -> {
      synchronized (this) {
        rendered.put(mail.id(), mail);
      }
      String code = mail.template().code();
      return new RenderedMail(
          mail.id(), mail.template(), mail.to(), code, code, code, mail.unsubscribe());
    };
  }

  /** What was delivered, in this order; what was sent twice is there twice. */
  public synchronized List<Mail> received() {
    return List.copyOf(received);
  }

  /** Has the next mail meet this. */
  public synchronized void next(Mishap mishap) {
    mishaps.add(mishap);
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public synchronized Outcome send(RenderedMail mail) {
    Mishap mishap = mishaps.poll();
    if (mishap == null) {
      received.add(original(mail));
      return new Accepted(Optional.of("msg_" + mail.id()));
    }
    return switch (mishap) {
      case REFUSED -> new Refused("the message is too large", false);
      case ADDRESS_REFUSED -> new Refused("the recipient is inactive", true);
      case BUSY -> new Deferred("too many messages", Optional.empty());
      case ANSWER_LOST -> {
        received.add(original(mail));
        yield new Unknown("no answer");
      }
      case LOST -> new Unknown("the connection broke");
    };
  }

  private Mail original(RenderedMail mail) {
    return Optional.ofNullable(rendered.get(mail.id())).orElseThrow();
  }

  @Override
  public boolean canFind() {
    return canFind;
  }

  @Override
  public synchronized Outcome find(String id, Instant sentAt) {
    if (!canFind) {
      throw new UnsupportedOperationException("can't be asked");
    }
    return received.stream().anyMatch(mail -> mail.id().equals(id))
        ? new Accepted(Optional.of("msg_" + id))
        : new Deferred("not received", Optional.empty());
  }

  @Override
  public void close() {}
}
