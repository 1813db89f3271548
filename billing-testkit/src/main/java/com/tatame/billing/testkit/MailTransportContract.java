package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.MailTransport.Outcome;
import com.tatame.billing.mail.MailTransport.Refused;
import com.tatame.billing.mail.MailTransport.Unknown;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.testkit.MailServiceUnderTest.Behavior;
import com.tatame.billing.testkit.MailServiceUnderTest.TakenMail;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What each outcome of handing a mail over promises, and what a mail is when the service has it. */
public interface MailTransportContract {
  String LOCAL_PART = "zoe.quill";
  String ADDRESS = LOCAL_PART + "@example.com";

  /** One that is not there yet; closed by the test. */
  MailServiceUnderTest service();

  /** A mail whose content has what a service could garble. */
  static RenderedMail mail(String id) {
    return mail(id, ADDRESS, "Ihre Zahlung über 9,99 € – Zoë", Optional.empty());
  }

  private static RenderedMail mail(
      String id, String to, String subject, Optional<URI> unsubscribe) {
    return new RenderedMail(
        id,
        MailTemplate.RECEIPT,
        to,
        subject,
        "Hello Zoë,\n\n.\nA line with a dot alone, and 9,99 €.\n",
        "<!doctype html><html lang=\"de\"><body><p>Hello Zoë, 9,99&nbsp;€ &lt;b&gt;</p></body></html>\n",
        unsubscribe);
  }

  private void with(Consumer<MailServiceUnderTest> test) {
    try (MailServiceUnderTest service = service()) {
      test.accept(service);
    }
  }

  private static Outcome send(MailServiceUnderTest service, Behavior behavior, String id) {
    service.behave(behavior);
    return assertTimeoutPreemptively(
        service.timeLimit().multipliedBy(3).plusSeconds(3),
        () -> service.transport().send(mail(id)));
  }

  @Test
  default void acceptedMailIsAtTheService() {
    with(service -> {
      assertThat(send(service, Behavior.ACCEPT, "mail_1")).isInstanceOf(Accepted.class);

      assertThat(service.taken()).hasSize(1);
      TakenMail taken = service.taken().get(0);
      RenderedMail sent = mail("mail_1");
      assertThat(taken.recipients()).containsExactly(ADDRESS);
      assertThat(taken.subject()).isEqualTo(sent.subject());
      assertThat(lines(taken.text())).isEqualTo(lines(sent.text()));
      assertThat(lines(taken.html())).isEqualTo(lines(sent.html()));
    });
  }

  /** Line ends are the wire format's. */
  private static String lines(String text) {
    return text.replace("\r\n", "\n").strip();
  }

  @Test
  default void mailIdIsPassedOn() {
    with(service -> {
      send(service, Behavior.ACCEPT, "mail_1");
      send(service, Behavior.ACCEPT, "5f0c1a9e-6d1b-4c53-9a55-2f6a3a4b8d11");

      assertThat(service.taken())
          .extracting(TakenMail::id)
          .containsExactly(
              Optional.of("mail_1"), Optional.of("5f0c1a9e-6d1b-4c53-9a55-2f6a3a4b8d11"));
    });
  }

  @Test
  default void refusedMailIsNotAtTheService() {
    with(service -> {
      Outcome outcome = send(service, Behavior.REFUSE, "mail_1");

      assertThat(outcome).isInstanceOfSatisfying(Refused.class, refused -> {
        assertThat(refused.undeliverable())
            .as("the address is written to again")
            .isFalse();
        assertThat(refused.reason()).isNotBlank();
      });
      assertThat(service.taken()).isEmpty();
    });
  }

  @Test
  default void addressThatTakesNothingIsUndeliverable() {
    with(service -> {
      Outcome outcome = send(service, Behavior.REFUSE_ADDRESS, "mail_1");

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.undeliverable()).isTrue());
      assertThat(service.taken()).isEmpty();
    });
  }

  @Test
  default void deferredMailIsNotAtTheService() {
    with(service -> {
      Outcome outcome = send(service, Behavior.DEFER, "mail_1");

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Deferred.class, deferred -> assertThat(deferred.reason()).isNotBlank());
      assertThat(service.taken()).isEmpty();
    });
  }

  @Test
  default void retryAfterIsTheTimeThatTheServiceStates() {
    with(service -> {
      Outcome outcome = send(service, Behavior.DEFER, "mail_1");

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Deferred.class,
              deferred -> assertThat(deferred.retryAfter())
                  .isEqualTo(service.statedWait().map(service.now()::plus)));
    });
  }

  @Test
  default void lostAnswerIsUnknown() {
    with(service -> {
      assertThat(send(service, Behavior.LOSE_ANSWER, "mail_1"))
          .isInstanceOfSatisfying(
              Unknown.class, unknown -> assertThat(unknown.reason()).isNotBlank());
      assertThat(service.taken()).hasSize(1);
    });
  }

  @Test
  default void answerThatNeverComesIsUnknownWithinTheTimeLimit() {
    with(service -> {
      service.behave(Behavior.STAY_SILENT);
      Duration atMost = service.timeLimit().multipliedBy(3).plusSeconds(3);

      Outcome outcome =
          assertTimeoutPreemptively(atMost, () -> service.transport().send(mail("mail_1")));

      assertThat(outcome).isInstanceOf(Unknown.class);
    });
  }

  @Test
  default void refusedConnectionIsDeferred() {
    with(service -> {
      assertThat(send(service, Behavior.BE_DOWN, "mail_1")).isInstanceOf(Deferred.class);
      assertThat(service.taken()).isEmpty();
    });
  }

  @Test
  default void mailIsHandedOverOnce() {
    with(service -> {
      List<Behavior> reached = new ArrayList<>(List.of(Behavior.values()));
      reached.remove(Behavior.BE_DOWN);
      for (Behavior behavior : reached) {
        send(service, behavior, "mail_" + behavior.name().toLowerCase(Locale.ROOT));
      }

      assertThat(service.attempts()).isEqualTo(reached.size());
    });
  }

  @Test
  default void transportRecoversWithTheService() {
    with(service -> {
      for (Behavior behavior : Behavior.values()) {
        send(service, behavior, "mail_1");
        assertThat(send(service, Behavior.ACCEPT, "mail_2"))
            .as("after %s", behavior)
            .isInstanceOf(Accepted.class);
      }
    });
  }

  @Test
  default void outcomesContainNoAddress() {
    with(service -> {
      for (Behavior behavior : Behavior.values()) {
        String id = "mail_" + behavior.name().toLowerCase(Locale.ROOT);

        assertThat(send(service, behavior, id).toString())
            .as("of %s", behavior)
            .doesNotContainIgnoringCase(LOCAL_PART)
            .doesNotContainIgnoringCase("example.com");
      }
    });
  }

  @Test
  default void subjectIsOneLine() {
    with(service -> {
      String subject = "Your plan\r\nBcc: eve@example.net\r\n\r\nhidden\u0000text";
      Outcome outcome =
          service.transport().send(mail("mail_1", ADDRESS, subject, Optional.empty()));

      assertThat(outcome).isInstanceOf(Accepted.class);
      TakenMail taken = service.taken().get(0);
      assertThat(taken.subject()).startsWith("Your plan").doesNotContain("\r", "\n", "\u0000");
      assertThat(taken.recipients()).containsExactly(ADDRESS);
    });
  }

  @Test
  default void recipientIsOneAddress() {
    with(service -> {
      for (String to : List.of(
          "",
          "zoe",
          "@example.com",
          "zoe@",
          ADDRESS + ", eve@example.net",
          ADDRESS + ";eve@example.net",
          ADDRESS + "\r\nBcc: eve@example.net",
          ADDRESS + "> RCPT TO:<eve@example.net",
          "Zoe <" + ADDRESS + ">",
          "zoe quill@example.com",
          "zoe@example.com\u0000")) {
        Outcome outcome = service.transport().send(mail("mail_1", to, "Subject", Optional.empty()));

        assertThat(outcome)
            .as("to %s", to)
            .isInstanceOfSatisfying(
                Refused.class, refused -> assertThat(refused.undeliverable()).isTrue());
      }
      assertThat(service.attempts()).isZero();
    });
  }

  @Test
  default void oneClickUnsubscriptionIsAnnouncedWhereThereIsOne() {
    with(service -> {
      URI unsubscribe =
          URI.create("https://billing.example.com/emails/unsubscribe?token=" + "a1B2".repeat(30));
      service.transport().send(mail("mail_1", ADDRESS, "Limit", Optional.of(unsubscribe)));
      service.transport().send(mail("mail_2", ADDRESS, "Receipt", Optional.empty()));

      assertThat(service.taken())
          .extracting(TakenMail::unsubscribe)
          .containsExactly(Optional.of(unsubscribe), Optional.empty());
    });
  }

  @Test
  default void mailWhoseAnswerWasLostIsFound() {
    with(service -> {
      MailTransport transport = service.transport();
      send(service, Behavior.LOSE_ANSWER, "mail_1");
      service.behave(Behavior.ACCEPT);

      if (transport.canFind()) {
        assertThat(transport.find("mail_1", service.now())).isInstanceOf(Accepted.class);
      } else {
        assertThatThrownBy(() -> transport.find("mail_1", service.now()))
            .isInstanceOf(UnsupportedOperationException.class);
      }
    });
  }

  @Test
  default void mailThatIsNotAtTheServiceIsNotFound() {
    with(service -> {
      MailTransport transport = service.transport();
      if (!transport.canFind()) {
        return;
      }
      send(service, Behavior.ACCEPT, "mail_1");
      send(service, Behavior.DEFER, "mail_2");
      service.behave(Behavior.ACCEPT);

      for (Duration ago : List.of(Duration.ZERO, Duration.ofHours(1), Duration.ofDays(400))) {
        assertThat(transport.find("mail_2", service.now().minus(ago)))
            .isNotInstanceOf(Accepted.class)
            .isNotInstanceOf(Refused.class);
      }
      assertThat(transport.find("mail_2", service.now()))
          .as("a mail that was sent just now may be listed later")
          .isInstanceOf(Unknown.class);
    });
  }

  @Test
  default void serviceThatCannotBeAskedNowLeavesItUnknown() {
    with(service -> {
      MailTransport transport = service.transport();
      if (!transport.canFind()) {
        return;
      }
      service.behave(Behavior.BE_DOWN);

      assertThat(transport.find("mail_1", service.now().minus(Duration.ofHours(1))))
          .isInstanceOf(Unknown.class);
    });
  }

  @Test
  default void transportHasAName() {
    with(service -> assertThat(service.transport().name()).matches("[a-z]+"));
  }
}
