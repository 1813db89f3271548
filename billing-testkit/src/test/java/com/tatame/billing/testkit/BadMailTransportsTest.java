package com.tatame.billing.testkit;

import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.MailTransport.Outcome;
import com.tatame.billing.mail.MailTransport.Refused;
import com.tatame.billing.mail.MailTransport.Unknown;
import com.tatame.billing.mail.RenderedMail;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of mail transports notices each rule that is broken. */
final class BadMailTransportsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T09:00:00Z"));

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of(SendsHtmlAsText.class, "acceptedMailIsAtTheService"),
        Arguments.of(MakesItsOwnIds.class, "mailIdIsPassedOn"),
        Arguments.of(SuppressesForAnyRefusal.class, "refusedMailIsNotAtTheService"),
        Arguments.of(NeverSuppresses.class, "addressThatTakesNothingIsUndeliverable"),
        Arguments.of(DefersWhatIsRefused.class, "refusedMailIsNotAtTheService"),
        Arguments.of(TakesWhatIsDeferred.class, "deferredMailIsNotAtTheService"),
        Arguments.of(IgnoresRetryAfter.class, "retryAfterIsTheTimeThatTheServiceStates"),
        Arguments.of(DefersLostAnswers.class, "lostAnswerIsUnknown"),
        Arguments.of(DefersLostAnswers.class, "answerThatNeverComesIsUnknownWithinTheTimeLimit"),
        Arguments.of(WaitsForEver.class, "answerThatNeverComesIsUnknownWithinTheTimeLimit"),
        Arguments.of(DoesNotKnowWhenItIsDown.class, "refusedConnectionIsDeferred"),
        Arguments.of(TriesAgainByItself.class, "mailIsHandedOverOnce"),
        Arguments.of(BreaksForGood.class, "transportRecoversWithTheService"),
        Arguments.of(QuotesTheService.class, "outcomesContainNoAddress"),
        Arguments.of(TrustsSubjects.class, "subjectIsOneLine"),
        Arguments.of(SplitsRecipients.class, "recipientIsOneAddress"),
        Arguments.of(NeverUnsubscribes.class, "oneClickUnsubscriptionIsAnnouncedWhereThereIsOne"),
        Arguments.of(AlwaysUnsubscribes.class, "oneClickUnsubscriptionIsAnnouncedWhereThereIsOne"),
        Arguments.of(FindsNothing.class, "mailWhoseAnswerWasLostIsFound"),
        Arguments.of(FindsThoughItCannot.class, "mailWhoseAnswerWasLostIsFound"),
        Arguments.of(FindsAnything.class, "mailThatIsNotAtTheServiceIsNotFound"),
        Arguments.of(IsSureAtOnce.class, "mailThatIsNotAtTheServiceIsNotFound"),
        Arguments.of(IsSureWithoutAsking.class, "serviceThatCannotBeAskedNowLeavesItUnknown"),
        Arguments.of(HasNoName.class, "transportHasAName"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isCaught(Class<?> binding, String test) {
    FailingContractTests.assertThatItFails(binding, test);
  }

  /** A binding of the contract that is also the service, and breaks a rule. */
  abstract static class Bad extends InMemoryMailService implements MailTransportContract {
    Bad() {
      super(CLOCK);
    }

    @Override
    public MailServiceUnderTest service() {
      return this;
    }
  }

  static class SendsHtmlAsText extends Bad {
    @Override
    TakenMail taken(RenderedMail mail) {
      TakenMail right = super.taken(mail);
      return new TakenMail(
          right.id(),
          right.recipients(),
          right.subject(),
          right.html(),
          right.html(),
          right.unsubscribe());
    }
  }

  static class MakesItsOwnIds extends Bad {
    @Override
    TakenMail taken(RenderedMail mail) {
      TakenMail right = super.taken(mail);
      return new TakenMail(
          Optional.of("id-" + attempts()),
          right.recipients(),
          right.subject(),
          right.text(),
          right.html(),
          right.unsubscribe());
    }
  }

  static class SuppressesForAnyRefusal extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now == Behavior.REFUSE ? Behavior.REFUSE_ADDRESS : now, mail);
    }
  }

  static class NeverSuppresses extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now == Behavior.REFUSE_ADDRESS ? Behavior.REFUSE : now, mail);
    }
  }

  static class DefersWhatIsRefused extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now == Behavior.REFUSE ? Behavior.DEFER : now, mail);
    }
  }

  static class TakesWhatIsDeferred extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now == Behavior.DEFER ? Behavior.ACCEPT : now, mail);
    }
  }

  static class IgnoresRetryAfter extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now, mail) instanceof Deferred deferred
          ? new Deferred(deferred.reason(), Optional.empty())
          : super.answer(now, mail);
    }
  }

  static class DefersLostAnswers extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now, mail) instanceof Unknown unknown
          ? new Deferred(unknown.reason(), Optional.empty())
          : super.answer(now, mail);
    }
  }

  static class WaitsForEver extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      if (now == Behavior.STAY_SILENT) {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return super.answer(now, mail);
    }
  }

  static class DoesNotKnowWhenItIsDown extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return now == Behavior.BE_DOWN ? new Unknown("it failed") : super.answer(now, mail);
    }
  }

  static class TriesAgainByItself extends Bad {
    @Override
    Outcome handOver(RenderedMail mail) {
      Outcome first = super.handOver(mail);
      return first instanceof Deferred ? super.handOver(mail) : first;
    }
  }

  static class BreaksForGood extends Bad {
    private boolean broken;

    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      broken |= now == Behavior.LOSE_ANSWER;
      return broken ? new Deferred("closed", Optional.empty()) : super.answer(now, mail);
    }
  }

  static class QuotesTheService extends Bad {
    @Override
    Outcome answer(Behavior now, RenderedMail mail) {
      return super.answer(now, mail) instanceof Refused refused
          ? new Refused("550 <" + mail.to() + ">: no such user", refused.undeliverable())
          : super.answer(now, mail);
    }
  }

  static class TrustsSubjects extends Bad {
    @Override
    TakenMail taken(RenderedMail mail) {
      TakenMail right = super.taken(mail);
      return new TakenMail(
          right.id(),
          right.recipients(),
          mail.subject(),
          right.text(),
          right.html(),
          right.unsubscribe());
    }
  }

  static class SplitsRecipients extends Bad {
    @Override
    Outcome handOver(RenderedMail mail) {
      Outcome last = new Accepted(Optional.empty());
      for (String to : Arrays.asList(mail.to().split(",", -1))) {
        last = super.handOver(new RenderedMail(
            mail.id(),
            mail.template(),
            to.strip(),
            mail.subject(),
            mail.text(),
            mail.html(),
            mail.unsubscribe()));
      }
      return last;
    }
  }

  abstract static class UnsubscribesAt extends Bad {
    private final Optional<URI> everywhere;

    UnsubscribesAt(Optional<URI> everywhere) {
      this.everywhere = everywhere;
    }

    @Override
    TakenMail taken(RenderedMail mail) {
      TakenMail right = super.taken(mail);
      return new TakenMail(
          right.id(), List.of(mail.to()), right.subject(), right.text(), right.html(), everywhere);
    }
  }

  static class NeverUnsubscribes extends UnsubscribesAt {
    NeverUnsubscribes() {
      super(Optional.empty());
    }
  }

  static class AlwaysUnsubscribes extends UnsubscribesAt {
    AlwaysUnsubscribes() {
      super(Optional.of(URI.create("https://billing.example.com/emails/unsubscribe")));
    }
  }

  static class FindsNothing extends Bad {
    @Override
    Outcome lookUp(String id, Instant sentAt) {
      return new Deferred("not here", Optional.empty());
    }
  }

  static class FindsThoughItCannot extends Bad {
    @Override
    boolean canFind() {
      return false;
    }
  }

  static class FindsAnything extends Bad {
    @Override
    Outcome lookUp(String id, Instant sentAt) {
      return new Accepted(Optional.empty());
    }
  }

  static class IsSureAtOnce extends Bad {
    @Override
    Outcome lookUp(String id, Instant sentAt) {
      return super.lookUp(id, sentAt.minus(Duration.ofDays(1)));
    }
  }

  static class IsSureWithoutAsking extends Bad {
    @Override
    Outcome lookUp(String id, Instant sentAt) {
      return super.lookUp(id, sentAt) instanceof Unknown
          ? new Deferred("not here", Optional.empty())
          : super.lookUp(id, sentAt);
    }
  }

  static class HasNoName extends Bad {
    @Override
    String name() {
      return "";
    }
  }
}
