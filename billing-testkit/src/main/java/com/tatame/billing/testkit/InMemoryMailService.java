package com.tatame.billing.testkit;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.MailTransport.Outcome;
import com.tatame.billing.mail.MailTransport.Refused;
import com.tatame.billing.mail.MailTransport.Unknown;
import com.tatame.billing.mail.RenderedMail;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A mail service in memory, whose answers are lost when a test wants it. Thread-safe. */
public class InMemoryMailService implements MailServiceUnderTest {
  private static final Pattern ADDRESS = Pattern.compile("[^\\s@,;<>]+@[^\\s@,;<>\\p{Cntrl}]+");
  private static final Duration WAIT = Duration.ofMinutes(2);
  /** Until then it may not list yet what it has taken. */
  private static final Duration UNLISTED = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final List<TakenMail> taken = new ArrayList<>();
  private Behavior behavior = Behavior.ACCEPT;
  private int attempts;

  /** One that goes by this wall time. */
  public InMemoryMailService(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public final MailTransport transport() {
    return new MailTransport() {
      @Override
      public String name() {
        return InMemoryMailService.this.name();
      }

      @Override
      public Outcome send(RenderedMail mail) {
        synchronized (InMemoryMailService.this) {
          return handOver(mail);
        }
      }

      @Override
      public boolean canFind() {
        return InMemoryMailService.this.canFind();
      }

      @Override
      public Outcome find(String id, Instant sentAt) {
        synchronized (InMemoryMailService.this) {
          return lookUp(id, sentAt);
        }
      }

      @Override
      public void close() {
        // There is nothing to close.
      }
    };
  }

  String name() {
    return "memory";
  }

  boolean canFind() {
    return true;
  }

  Outcome handOver(RenderedMail mail) {
    if (!ADDRESS.matcher(mail.to()).matches()) {
      return new Refused("the address can't be written to", true);
    }
    if (behavior != Behavior.BE_DOWN) {
      attempts++;
    }
    return answer(behavior, mail);
  }

  Outcome answer(Behavior now, RenderedMail mail) {
    return switch (now) {
      case ACCEPT -> {
        taken.add(taken(mail));
        yield new Accepted(Optional.of("message-" + taken.size()));
      }
      case REFUSE -> new Refused("the service refuses the mail", false);
      case REFUSE_ADDRESS -> new Refused("the address takes no mail", true);
      case DEFER ->
        new Deferred("the service is busy", Optional.of(clock.instant().plus(WAIT)));
      case LOSE_ANSWER -> {
        taken.add(taken(mail));
        yield new Unknown("the connection was closed before an answer");
      }
      case STAY_SILENT -> {
        taken.add(taken(mail));
        yield new Unknown("no answer in time");
      }
      case BE_DOWN -> new Deferred("connection refused", Optional.empty());
    };
  }

  TakenMail taken(RenderedMail mail) {
    return new TakenMail(
        Optional.of(mail.id()),
        List.of(mail.to()),
        mail.subject().replaceAll("\\p{Cntrl}+", " "),
        mail.text(),
        mail.html(),
        mail.unsubscribe());
  }

  Outcome lookUp(String id, Instant sentAt) {
    if (behavior == Behavior.BE_DOWN) {
      return new Unknown("the service can't be asked: connection refused");
    }
    for (int i = 0; i < taken.size(); i++) {
      if (taken.get(i).id().equals(Optional.of(id))) {
        return new Accepted(Optional.of("message-" + (i + 1)));
      }
    }
    return sentAt.plus(UNLISTED).isAfter(clock.instant())
        ? new Unknown("the service may list it later")
        : new Deferred("the service doesn't have it", Optional.empty());
  }

  @Override
  public final synchronized void behave(Behavior now) {
    behavior = now;
  }

  @Override
  public final synchronized List<TakenMail> taken() {
    return List.copyOf(taken);
  }

  @Override
  public final synchronized int attempts() {
    return attempts;
  }

  @Override
  public final Instant now() {
    return clock.instant();
  }

  @Override
  public final Duration timeLimit() {
    return Duration.ofMillis(100);
  }

  @Override
  public final Optional<Duration> statedWait() {
    return Optional.of(WAIT);
  }

  @Override
  public final void close() {
    // There is nothing to close.
  }
}
