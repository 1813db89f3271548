package com.tatame.billing.testkit;

import com.tatame.billing.mail.MailTransport;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A mail service that does what a test asks for, and the transport that hands mails to it. */
public interface MailServiceUnderTest extends AutoCloseable {
  /**
   * What it does with a mail. Where it answers with a reason, the reason quotes the address, as real
   * services do.
   */
  enum Behavior {
    ACCEPT,
    /** It takes this mail never, and others to the same address. */
    REFUSE,
    /** It takes no mail to this address. */
    REFUSE_ADDRESS,
    /** It takes it later; see {@link #statedWait}. */
    DEFER,
    /** It takes it, and the connection breaks before the answer. */
    LOSE_ANSWER,
    /** It takes it, and never answers. */
    STAY_SILENT,
    /** Nothing listens at its address. */
    BE_DOWN
  }

  /**
   * A mail that it has taken.
   *
   * @param id of the mail, as it was passed on
   * @param recipients all of them
   * @param unsubscribe the URI in {@code List-Unsubscribe}, if one click is announced, too
   */
  record TakenMail(
      Optional<String> id,
      List<String> recipients,
      String subject,
      String text,
      String html,
      Optional<URI> unsubscribe) {}

  /** Under test, the same one for the whole test. */
  MailTransport transport();

  /** How it behaves from now on; it begins with {@link Behavior#ACCEPT}. */
  void behave(Behavior behavior);

  /** What it has taken, in order; a mail that was taken twice is there twice. */
  List<TakenMail> taken();

  /** How often it was asked to take a mail, whatever came of it. */
  int attempts();

  /** Wall time of the transport. */
  Instant now();

  /** What the transport may take at most for one mail. */
  Duration timeLimit();

  /** How long it says to wait where it defers; empty if it can't say so. */
  Optional<Duration> statedWait();

  @Override
  void close();
}
