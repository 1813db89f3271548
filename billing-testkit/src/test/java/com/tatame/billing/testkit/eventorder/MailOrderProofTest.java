package com.tatame.billing.testkit.eventorder;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.eventorder.BillingUnderProof.Flaw;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever the order in which events arrive, and wherever programs die: each cause mails once or is
 * unknown, no mail contradicts what was known when it was sent, and none is missing.
 */
class MailOrderProofTest {
  private static final int SEEDS = 100;
  private static final Logger CORE = Logger.getLogger("com.tatame.billing");

  // What goes wrong in here goes wrong on purpose, thousands of times.
  @BeforeAll
  static void silence() {
    CORE.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    CORE.setLevel(null);
  }

  @Test
  void eachCauseIsMailedOnceAndNoMailContradictsWhatIsKnown() {
    Map<MailTemplate, Integer> sent = new EnumMap<>(MailTemplate.class);
    OrderProof proof = BillingUnderProof.proof(BillingUnderProof.withMail(
        new Flaw() {},
        seed -> seed.forEach((template, count) -> sent.merge(template, count, Integer::sum))));

    proof.runAsAsked("billing.mail.seeds", SEEDS).ifPresent(report -> {
      System.out.println(report);
      System.out.println("mails: " + sent);
      assertThat(sent)
          .containsKeys(
              MailTemplate.WELCOME,
              MailTemplate.SUBSCRIPTION_STARTED,
              MailTemplate.RECEIPT,
              MailTemplate.PAYMENT_FAILED,
              MailTemplate.TRIAL_ENDING);
    });
  }

  @Test
  void aMailIsNotUniqueByItsEvent() {
    assertCaught(replanned(PlannedMail::eventId), "a second mail about");
  }

  @Test
  void aMailIsNotUniqueByTheAttempt() {
    assertCaught(
        replanned(mail -> mail.template() == MailTemplate.PAYMENT_FAILED
            ? mail.cause() + mail.eventId()
            : mail.cause()),
        "a second mail about");
  }

  @Test
  void aMailIsComparedWithWhatIsKnownWhenItIsSent() {
    assertCaught(
        store -> replaced(
            store,
            InvoiceStore.class,
            (invoices, method, arguments) -> method.equals("find") ? Optional.empty() : arguments),
        "was sent, which is");
  }

  private static void assertCaught(UnaryOperator<BillingStore> wrong, String complaint) {
    Flaw flaw = new Flaw() {
      @Override
      public BillingStore of(BillingStore store) {
        return wrong.apply(store);
      }
    };

    assertThat(BillingUnderProof.proof(BillingUnderProof.withMail(flaw, sent -> {}))
            .firstDivergence(SEEDS))
        .hasValueSatisfying(caught -> assertThat(caught).hasMessageContaining(complaint));
  }

  private interface Cause {
    String of(PlannedMail mail);
  }

  private static UnaryOperator<BillingStore> replanned(Cause cause) {
    return store -> replaced(store, MailStore.class, (mails, method, arguments) -> {
      if (method.equals("plan")) {
        ((List<?>) arguments[0])
            .forEach(mail -> mails.plan(List.of(with((PlannedMail) mail, cause))));
        return Optional.empty();
      }
      return arguments;
    });
  }

  private static PlannedMail with(PlannedMail mail, Cause cause) {
    String another = cause.of(mail);
    return new PlannedMail(
        "mail_" + Integer.toHexString((mail.template() + another + mail.account()).hashCode()),
        mail.template(),
        another,
        mail.account(),
        mail.objectId(),
        mail.eventId(),
        mail.content(),
        mail.plannedAt(),
        mail.dueAt(),
        mail.expiresAt(),
        mail.copy(),
        mail.reason());
  }

  /** What a port does instead: the arguments for what it does anyway, all else is the answer. */
  private interface Instead<P> {
    Object call(P port, String method, Object[] arguments);
  }

  private static <P> BillingStore replaced(BillingStore store, Class<P> type, Instead<P> instead) {
    return FaultInjector.proxy(BillingStore.class, (proxy, method, arguments) -> {
      Object part = FaultInjector.invoke(method, store, arguments);
      if (!type.isInstance(part)) {
        return part;
      }
      P port = type.cast(part);
      return FaultInjector.proxy(type, (self, called, given) -> {
        Object answer = instead.call(port, called.getName(), given);
        if (answer != given) {
          return called.getReturnType() == void.class ? null : answer;
        }
        return FaultInjector.invoke(called, port, given);
      });
    });
  }
}
