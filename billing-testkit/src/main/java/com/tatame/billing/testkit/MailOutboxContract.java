package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.mail.Mail;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.MailPlanner;
import com.tatame.billing.mail.MailSender;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.MailSubjects;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.UnknownPolicy;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EventDeliveries;
import com.tatame.billing.outbox.SubscriberStore;
import com.tatame.billing.projection.Change;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.Commits.Linked;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.time.Clocks;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A program that plans and sends a mail dies at each of its steps, and another one goes on: each cause
 * has one mail, or falls into the window that is counted.
 */
public interface MailOutboxContract extends StoreUnderTest {
  /** Between these a mail may have been sent. */
  Set<String> WINDOW = Set.of(
      "after MailStore.begin",
      "before MailTransport.send",
      "after MailTransport.send",
      "before MailStore.end");

  @Test
  default void aServiceThatCanBeAskedGetsEachMailOnceWhereverTheProgramDies() {
    eachDeath(UnknownPolicy.LEAVE, true, (step, mails, stored) -> {
      assertThat(mails).as(step).hasSize(1);
      assertThat(stored.status()).as(step).isEqualTo(MailStatus.SENT);
    });
  }

  @Test
  default void aMailThatMayHaveBeenSentIsLeftAndCounted() {
    eachDeath(UnknownPolicy.LEAVE, false, (step, mails, stored) -> {
      boolean counted = WINDOW.contains(step);
      assertThat(mails).as(step).hasSizeLessThanOrEqualTo(1);
      assertThat(mails.size() == 1 || counted).as(step).isTrue();
      assertThat(stored.status())
          .as(step)
          .isEqualTo(counted ? MailStatus.UNKNOWN : MailStatus.SENT);
      assertThat(stored.progress().losses()).as(step).isEqualTo(counted ? 1 : 0);
    });
  }

  @Test
  default void aMailThatMayHaveBeenSentIsSentOnceMore() {
    eachDeath(UnknownPolicy.RESEND, false, (step, mails, stored) -> {
      assertThat(mails)
          .as(step)
          .isNotEmpty()
          .hasSizeLessThanOrEqualTo(WINDOW.contains(step) ? 2 : 1);
      assertThat(stored.status()).as(step).isEqualTo(MailStatus.SENT);
    });
  }

  /** What holds after a program died. */
  @FunctionalInterface
  interface Ending {
    void require(String step, List<Mail> received, StoredMail stored);
  }

  private void eachDeath(UnknownPolicy policy, boolean canFind, Ending ending) {
    for (int at = 0; ; at++) {
      Run run = new Run(store(), policy, canFind, at);
      String step = run.toItsEnd();
      ending.require(step, run.received(), run.stored());
      if (step.isEmpty()) {
        assertThat(at).as("steps").isGreaterThan(8);
        return;
      }
    }
  }

  /** One mail, from its fact to its end. */
  final class Run {
    private static final int MAX_ROUNDS = 200;

    private final BillingStore store;
    private final int at;
    private final SettableClock clock;
    private final Linked linked;
    private final String subscriber = Ids.next("mail").replace('_', '-');
    private final SimulatedMailService service;
    private final MailSettings settings;
    private final List<String> steps = new ArrayList<>();

    Run(BillingStore store, UnknownPolicy policy, boolean canFind, int at) {
      this.store = store;
      this.at = at;
      Instant now = Ids.morning();
      clock = new SettableClock(now);
      linked = Commits.aLinkedCustomer(store, now);
      service =
          canFind ? SimulatedMailService.thatCanBeAsked() : SimulatedMailService.thatCantBeAsked();
      MailSettings usual = MailSettings.DEFAULT;
      settings = new MailSettings(
          usual.off(),
          usual.maxAge(),
          policy,
          usual.locale(),
          usual.zone(),
          usual.kept(),
          usual.unsubscribe());
    }

    /** Nothing in the product knows it, so that nothing survives it. */
    static final class Death extends Error {
      private static final long serialVersionUID = 1L;

      Death(String step) {
        super("died " + step, null, false, false);
      }
    }

    /** Where the program died; empty if it came to its end first. */
    String toItsEnd() {
      Program first = new Program(true);
      Fact fact = new Fact(
          linked.account().value() + ":created",
          "account.created",
          linked.subject(),
          Optional.empty(),
          Optional.empty(),
          "created",
          clock.instant());
      Commits.apply(
          store,
          linked.subject(),
          clock.instant(),
          List.of(new Change.Append(fact, Optional.of("evt_1"))));
      try {
        first.work();
      } catch (Death e) {
        // Another program goes on.
      }
      Program next = new Program(false);
      for (int round = 0; round < MAX_ROUNDS && !quiet(); round++) {
        clock.advance(Duration.ofMinutes(1));
        next.work();
      }
      clock.advance(Duration.ofMinutes(10));
      next.work();
      store.subscribers().remove(subscriber, AnAuditEntry.any());
      return steps.size() > at ? steps.get(at) : "";
    }

    private boolean quiet() {
      return find()
          .filter(mail -> mail.status() == MailStatus.SENT
              || (mail.status() == MailStatus.UNKNOWN
                  && mail.progress().nextAt().isEmpty()))
          .isPresent();
    }

    private Optional<StoredMail> find() {
      return store.mails().list(MailFilter.of(linked.account()), Optional.empty(), 10).stream()
          .findFirst();
    }

    List<Mail> received() {
      String id = stored().id();
      return service.received().stream().filter(mail -> mail.id().equals(id)).toList();
    }

    StoredMail stored() {
      assertThat(store.mails().list(MailFilter.of(linked.account()), Optional.empty(), 10))
          .hasSize(1);
      return find().orElseThrow();
    }

    private <T> T mortal(Class<T> type, T good, Set<String> methods) {
      return type.cast(Proxy.newProxyInstance(
          type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            boolean dies = methods.contains(method.getName());
            String call = type.getSimpleName() + "." + method.getName();
            if (dies) {
              step("before " + call);
            }
            try {
              Object answer = method.invoke(good, arguments);
              if (dies) {
                step("after " + call);
              }
              return answer;
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          }));
    }

    private void step(String name) {
      steps.add(name);
      if (steps.size() > at) {
        throw new Death(steps.get(at));
      }
    }

    /** A node: what delivers, plans and sends. */
    private final class Program {
      private final EventDeliveries deliveries;
      private final MailSender sender;

      Program(boolean dies) {
        Random random = new Random(at + (dies ? 0 : 1_000_000L));
        Clocks clocks = new Clocks(clock, clock);
        CatalogInForce catalog = new CatalogInForce(ACatalog.freeBasicAndPro());
        SubscriberStore subscribers = dies
            ? mortal(SubscriberStore.class, store.subscribers(), Set.of("claim", "end"))
            : store.subscribers();
        MailStore mails = dies
            ? mortal(MailStore.class, ofOneAccount(), Set.of("plan", "claim", "begin", "end"))
            : ofOneAccount();
        MailTransport transport =
            dies ? mortal(MailTransport.class, service, Set.of("send", "find")) : service;
        deliveries = new EventDeliveries(
            subscribers,
            new EndpointDelivery(store.eventEndpoints(), Optional.empty(), clock),
            () -> 0,
            clock,
            random);
        new BillingEvents(store.billingEvents(), store.eventFeed(), deliveries)
            .subscribe(
                subscriber,
                new MailPlanner(
                    mails, settings, catalog, store.products(), store.invoices(), clocks));
        sender = new MailSender(
            mails,
            new MailService(service.renderer(), transport, settings, MailListener.NONE),
            new MailSubjects(
                store.customers(),
                store.subscriptions(),
                store.invoices(),
                store.paymentIntents(),
                store.refunds(),
                store.purchases(),
                new Entitlements(store.usage(), ACatalog.freeBasicAndPro(), clock, random)),
            noInvoices(),
            catalog,
            clocks,
            random);
      }

      // What other tests left in the store isn't this program's.
      private MailStore ofOneAccount() {
        return MailStore.class.cast(Proxy.newProxyInstance(
            MailStore.class.getClassLoader(),
            new Class<?>[] {MailStore.class},
            (proxy, method, arguments) -> {
              try {
                if (method.getName().equals("claim")) {
                  arguments[1] = MailStoreContract.ALL;
                }
                Object answer = method.invoke(store.mails(), arguments);
                return method.getName().equals("claim") ? own((List<?>) answer) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
      }

      private List<StoredMail> own(List<?> claimed) {
        AccountId account = linked.account();
        return claimed.stream()
            .map(StoredMail.class::cast)
            .filter(mail -> mail.planned().account().equals(account))
            .toList();
      }

      void work() {
        deliveries.deliverDue();
        sender.sendDue();
      }
    }

    private static InvoiceControl noInvoices() {
      return InvoiceControl.class.cast(Proxy.newProxyInstance(
          InvoiceControl.class.getClassLoader(),
          new Class<?>[] {InvoiceControl.class},
          (proxy, method, arguments) -> {
            throw new AssertionError("a welcome names no invoice");
          }));
    }
  }
}
