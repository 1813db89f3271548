package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Products;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.checkout.CheckoutSessions.NewItemCheckout;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerAccounts.NewCustomer;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.customer.CustomerUpdate.Field;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.purchase.SaleTerms;
import com.tatame.billing.refund.RefundControl;
import com.tatame.billing.refund.RefundControl.NewRefund;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gateways that break one rule each. */
final class BadGateways {
  private BadGateways() {}

  static class AlwaysAlive extends ForwardingGateway {
    @Override
    public void ping() {
      // says nothing, whatever is wrong
    }
  }

  static class AlwaysReachable extends ForwardingGateway {
    @Override
    public boolean reachable() {
      return true;
    }
  }

  static class ReportsAStoredFailureAsUnknown extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) -> {
        try {
          return good.customers().create(customer, command, key);
        } catch (ProviderUnavailable e) {
          throw new ProviderUnavailable(Execution.UNKNOWN, e.retryAfter(), "unknown", e);
        }
      };
    }
  }

  static class ClearsTheNameWithTheEmail extends ForwardingGateway {
    @Override
    public CustomerDetails customerDetails() {
      return (customer, update, key) -> good.customerDetails()
          .update(customer, update.withName(new Field<>(true, update.name().value())), key);
    }
  }

  static class ChangesUnderAnyKey extends ForwardingGateway {
    @Override
    public CustomerDetails customerDetails() {
      return (customer, update, key) ->
          good.customerDetails().update(customer, update, Ids.next("key"));
    }
  }

  static class ListsTheFirstPageOnly extends ForwardingGateway {
    @Override
    public CustomerList customerList() {
      return (after, limit) -> good.customerList().page(Optional.empty(), limit);
    }
  }

  static class TakesAnOutageForNoCustomers extends ForwardingGateway {
    @Override
    public CustomerList customerList() {
      return (after, limit) -> {
        try {
          return good.customerList().page(after, limit);
        } catch (ProviderUnavailable e) {
          return List.of();
        }
      };
    }
  }

  static class TakesAnythingForAnEvent extends ForwardingGateway {
    @Override
    public EventSource events() {
      return ForwardingStore.spoil(
          EventSource.class,
          good.events(),
          Map.of(
              "kept",
              args -> Optional.of(new ReceivedEvent(
                  "evt_1",
                  "customer.created",
                  engine.now(),
                  false,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  args[0].toString()))));
    }
  }

  static class FindsAnybodys extends ForwardingGateway {
    @Override
    public CommandTraces traces() {
      return ForwardingStore.spoil(
          CommandTraces.class,
          good.traces(),
          Map.of(
              "made",
              args -> good.customers()
                  .create(
                      new NewCustomer(Ids.account(), Optional.empty(), Optional.empty()),
                      Ids.next("command"),
                      Ids.next("key"))
                  .state()
                  .map(ProviderObject::ref)));
    }
  }

  static class FindsAllBeginnings extends ForwardingGateway {
    @Override
    public CommandTraces traces() {
      return ForwardingStore.spoil(
          CommandTraces.class,
          good.traces(),
          Map.of(
              "changed",
              args -> good.traces()
                  .changed(
                      (ObjectKind) args[0],
                      args[1].toString().replaceFirst(":[a-z]+$", ""),
                      (Instant) args[2])));
    }
  }

  static class TakesAnOutageForAbsenceOfTraces extends ForwardingGateway {
    @Override
    public CommandTraces traces() {
      return ForwardingStore.spoil(CommandTraces.class, good.traces(), Map.of("made", args -> {
        try {
          return good.traces()
              .made(ObjectKind.CUSTOMER, Optional.empty(), args[2].toString(), (Instant) args[3]);
        } catch (ProviderUnavailable e) {
          return Optional.empty();
        }
      }));
    }
  }

  static class ReadsOnePage extends ForwardingGateway {
    @Override
    public Products products() {
      return ForwardingStore.spoil(Products.class, good.products(), Map.of("products", args -> {
        List<Observation> all = good.products().products();
        return all.subList(0, Math.min(all.size(), 100));
      }));
    }
  }

  static class ForgetsTheAccount extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) -> good.customers()
          .create(
              new NewCustomer(new AccountId("another"), customer.email(), customer.name()),
              command,
              key);
    }
  }

  static class DatesAnswersLate extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) -> {
        Observation answer = good.customers().create(customer, command, key);
        return Observation.read(
            answer.state().orElseThrow(), answer.asOf().plus(Duration.ofSeconds(1)));
      };
    }
  }

  static class IgnoresKeys extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) ->
          good.customers().create(customer, command, Ids.next("key"));
    }

    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class,
          good.checkouts(),
          Map.of(
              "create",
              args -> good.checkouts()
                  .create((NewSubscriptionCheckout) args[0], (String) args[1], Ids.next("key"))));
    }
  }

  static class SellsAtTheListPrice extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("create", args -> {
            NewItemCheckout asked = (NewItemCheckout) args[0];
            SaleTerms dearer = new SaleTerms(
                asked.terms().sale(), asked.terms().name(), asked.terms().sale().listPrice());
            NewItemCheckout opened = new NewItemCheckout(
                asked.account(),
                asked.customerId(),
                asked.email(),
                dearer,
                asked.successUrl(),
                asked.cancelUrl());
            return good.checkouts().create(opened, (String) args[1], (String) args[2]);
          }));
    }
  }

  static class RefundsAllOfIt extends ForwardingGateway {
    @Override
    public RefundControl refunds() {
      return ForwardingStore.spoil(RefundControl.class, good.refunds(), Map.of("create", args -> {
        NewRefund asked = (NewRefund) args[0];
        NewRefund all = new NewRefund(
            asked.paymentIntentId(), Optional.empty(), asked.reason(), asked.metadata());
        return good.refunds().create(all, (String) args[1], (String) args[2]);
      }));
    }
  }

  static class TellsNoSecret extends ForwardingGateway {
    @Override
    public PaymentIntentControl paymentIntents() {
      return ForwardingStore.spoil(
          PaymentIntentControl.class,
          good.paymentIntents(),
          Map.of(
              "read",
              args -> new PaymentIntentControl.Handle(
                  good.paymentIntents().read((String) args[0]).observation(), Optional.empty())));
    }
  }

  static class ForgetsTheGuest extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("create", args -> {
            NewItemCheckout asked = (NewItemCheckout) args[0];
            NewItemCheckout opened = new NewItemCheckout(
                new AccountId("another"),
                asked.customerId(),
                asked.email(),
                asked.terms(),
                asked.successUrl(),
                asked.cancelUrl());
            return good.checkouts().create(opened, (String) args[1], (String) args[2]);
          }));
    }
  }

  static class AnswersByKeyAlone extends ForwardingGateway {
    private final Map<String, Observation> answers = new HashMap<>();

    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) ->
          answers.computeIfAbsent(key, first -> good.customers().create(customer, command, first));
    }
  }

  static class TakesTheLostForUnsent extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) -> {
        try {
          return good.customers().create(customer, command, key);
        } catch (ProviderUnavailable e) {
          throw new ProviderUnavailable(
              Execution.NOT_EXECUTED, e.retryAfter(), "It was not sent.", e);
        }
      };
    }
  }

  static class SwallowsFailures extends ForwardingGateway {
    @Override
    public CustomerAccounts customers() {
      return (customer, command, key) -> {
        try {
          return good.customers().create(customer, command, key);
        } catch (ProviderUnavailable e) {
          return good.customers().create(customer, command, key);
        }
      };
    }
  }

  static class TakesTheAbsentForUnreadable extends ForwardingGateway {
    @Override
    public ObjectReads reads() {
      return (object, subject) -> {
        Observation seen = good.reads().read(object, subject);
        return new Observation(
            object,
            subject,
            seen.source(),
            seen.asOf(),
            new Observation.Unreadable("absent"),
            Optional.empty());
      };
    }
  }

  static class TakesAnOutageForAbsence extends ForwardingGateway {
    @Override
    public ObjectReads reads() {
      return (object, subject) -> {
        try {
          return good.reads().read(object, subject);
        } catch (ProviderUnavailable e) {
          return Observation.absent(object, subject, engine.now());
        }
      };
    }
  }

  static class LosesTheCommand extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class,
          good.checkouts(),
          Map.of(
              "create",
              args -> good.checkouts()
                  .create((NewSubscriptionCheckout) args[0], "another", (String) args[2])));
    }
  }

  static class ExpiresNothing extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("expire", args -> {
            ObjectRef session = new ObjectRef(ObjectKind.CHECKOUT_SESSION, (String) args[0]);
            Observation seen = good.reads().read(session, new SubjectId("cus_any"));
            CheckoutSession open = (CheckoutSession) seen.state().orElseThrow();
            return Observation.read(expired(open), seen.asOf());
          }));
    }

    private static CheckoutSession expired(CheckoutSession open) {
      return new CheckoutSession(
          open.id(),
          open.customerId(),
          open.account(),
          open.commandId(),
          CheckoutSession.Status.EXPIRED,
          open.paid(),
          open.subscriptionId(),
          open.expiresAt(),
          open.createdAt());
    }
  }

  static class TellsAddressesForEver extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("read", args -> {
            CheckoutSessions.Handle handle = good.checkouts().read((String) args[0]);
            return new CheckoutSessions.Handle(
                handle.observation(), Optional.of("https://checkout.example.com/" + args[0]));
          }));
    }
  }

  static class GivesNoTrial extends ForwardingGateway {
    @Override
    public CheckoutSessions checkouts() {
      return ForwardingStore.spoil(
          CheckoutSessions.class, good.checkouts(), Map.of("create", args -> {
            NewSubscriptionCheckout wanted = (NewSubscriptionCheckout) args[0];
            return good.checkouts()
                .create(
                    new NewSubscriptionCheckout(
                        wanted.account(),
                        wanted.customerId(),
                        wanted.priceId(),
                        wanted.quantity(),
                        0,
                        wanted.tier(),
                        wanted.interval(),
                        wanted.successUrl(),
                        wanted.cancelUrl()),
                    (String) args[1],
                    (String) args[2]);
          }));
    }
  }

  /** A gateway whose way to steer subscriptions is replaced in one method. */
  abstract static class SteersBadly extends ForwardingGateway {
    private final String method;

    SteersBadly(String method) {
      this.method = method;
    }

    abstract Object steer(SubscriptionControl control, Object[] arguments);

    @Override
    public SubscriptionControl subscriptions() {
      return ForwardingStore.spoil(
          SubscriptionControl.class,
          good.subscriptions(),
          Map.of(method, args -> steer(good.subscriptions(), args)));
    }
  }

  static class LosesTheReason extends SteersBadly {
    LosesTheReason() {
      super("cancelNow");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.cancelNow((String) args[0], Optional.empty(), (String) args[2]);
    }
  }

  static class EndsTheSubscriptionWithItsTrial extends SteersBadly {
    EndsTheSubscriptionWithItsTrial() {
      super("endTrial");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.cancelNow((String) args[0], Optional.empty(), (String) args[1]);
    }
  }

  static class CancelsAtOnce extends SteersBadly {
    CancelsAtOnce() {
      super("cancelAtPeriodEnd");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.cancelNow((String) args[0], Optional.empty(), (String) args[2]);
    }
  }

  static class KeepsNothing extends SteersBadly {
    KeepsNothing() {
      super("keep");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      ObjectRef subscription = new ObjectRef(ObjectKind.SUBSCRIPTION, (String) args[0]);
      return good.reads().read(subscription, new SubjectId("cus_any"));
    }
  }

  static class CancelsAgain extends SteersBadly {
    CancelsAgain() {
      super("cancelAtPeriodEnd");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.cancelAtPeriodEnd((String) args[0], Optional.empty(), Ids.next("key"));
    }
  }

  static class RemembersAnswers extends SteersBadly {
    private final Map<String, Observation> answers = new HashMap<>();

    RemembersAnswers() {
      super("cancelAtPeriodEnd");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return answers.computeIfAbsent(
          (String) args[2],
          key -> control.cancelAtPeriodEnd((String) args[0], Optional.empty(), key));
    }
  }

  static class KeepsUnderAnyKey extends SteersBadly {
    KeepsUnderAnyKey() {
      super("keep");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.keep((String) args[0], Ids.next("key"));
    }
  }

  static class ListsTheLiving extends SteersBadly {
    ListsTheLiving() {
      super("ofCustomer");
    }

    @Override
    Object steer(SubscriptionControl control, Object[] args) {
      return control.ofCustomer((String) args[0]).stream()
          .filter(seen -> seen.state().filter(state -> !state.terminal()).isPresent())
          .toList();
    }
  }
}
