package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.invoice.InvoiceStore;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventStore;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentMethodStore;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.PromotionStore;
import com.tatame.billing.store.StoreMode;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStore;
import com.tatame.billing.tax.TaxIdStore;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores that break one rule of another port each. */
@SuppressWarnings("unchecked") // Arguments of the ports' methods come untyped through a proxy.
final class BadPorts {
  private BadPorts() {}

  static class IntroducesEverybodyAgain extends ForwardingStore {
    @Override
    public CustomerStore customers() {
      return spoil(CustomerStore.class, good.customers(), Map.of("introduce", args -> {
        Set<AccountId> all = new HashSet<>();
        ((List<Principal>) args[0]).forEach(user -> all.add(user.account()));
        return all;
      }));
    }
  }

  static class SaysThatItIsMoved extends ForwardingStore {
    @Override
    public StoreMode mode() {
      return StoreMode.FROZEN;
    }
  }

  static class LoadsOnlyWhatIsAskedFor extends ForwardingStore {
    @Override
    public ProjectionStore projections() {
      return spoil(ProjectionStore.class, good.projections(), Map.of("load", args -> {
        Map<SubjectId, SubjectState> all = new HashMap<>();
        for (SubjectQuery wanted : (Collection<SubjectQuery>) args[0]) {
          SubjectState known = Commits.known(good, wanted);
          Map<ObjectRef, StoredObject> rows = new HashMap<>(known.rows());
          rows.keySet().retainAll(wanted.objects());
          all.put(
              wanted.subject(),
              new SubjectState(
                  known.subject(),
                  known.version(),
                  rows,
                  known.linked(),
                  known.customerOf(),
                  known.recorded()));
        }
        return all;
      }));
    }
  }

  static class LoadsNoEntryForTheUnseen extends ForwardingStore {
    @Override
    public ProjectionStore projections() {
      return spoil(ProjectionStore.class, good.projections(), Map.of("load", args -> {
        Map<SubjectId, SubjectState> all =
            new HashMap<>(good.projections().load((Collection<SubjectQuery>) args[0]));
        all.values().removeIf(known -> known.version() == 0);
        return all;
      }));
    }
  }

  static class OpensASecondCommand extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("open", args -> {
        good.commands().open((Command) args[0], AnAuditEntry.any());
        return args[0];
      }));
    }
  }

  static class ForgetsTheUndecided extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("open", args -> {
        Command planned = (Command) args[0];
        Command open = good.commands().open(planned, AnAuditEntry.any());
        return open.state() == CommandState.NEEDS_OPERATOR ? planned : open;
      }));
    }
  }

  static class ForgetsWhatIsOpen extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of("findOpen", args -> Optional.<Command>empty()));
    }
  }

  static class ForgetsRequests extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of(
              "ofRequest",
              args -> good.commands().ofRequest((RequestKey) args[0]).stream()
                  .filter(command -> !command.state().settled())
                  .toList()));
    }
  }

  static class RenewsForAnybody extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("renew", args -> {
        CommandId id = (CommandId) args[0];
        return good.commands()
            .renew(id, args[1].toString(), (Integer) args[2], (Instant) args[3], (Duration) args[4])
            .or(() -> good.commands().find(id));
      }));
    }
  }

  static class RaisesNothing extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of("renew", args -> good.commands().find((CommandId) args[0])));
    }
  }

  static class DecidesAgain extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("resolve", args -> {
        CommandId id = (CommandId) args[0];
        return good.commands()
            .resolve(id, (Integer) args[1], (Resolution) args[2], AnAuditEntry.any())
            .or(() -> good.commands().find(id));
      }));
    }
  }

  static class ListsEverybodysCommands extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of(
              "list",
              args -> good.commands()
                  .list(JournalFilter.ALL, (Optional<CommandId>) args[1], (Integer) args[2])));
    }
  }

  static class TellsEverybodysEvents extends ForwardingStore {
    @Override
    public BillingEventStore billingEvents() {
      return (account, filter, after, limit) -> {
        if (filter.subscriptionId().isPresent()) {
          return List.of(new BillingEvent(
              new Fact(
                  "in_1:paid",
                  "invoice.paid",
                  new SubjectId("cus_1"),
                  filter.subscriptionId(),
                  Optional.empty(),
                  "paid",
                  Instant.EPOCH),
              Optional.of(account),
              Cause.READ,
              Instant.EPOCH));
        }
        return good.billingEvents().list(account, filter, after, limit);
      };
    }
  }

  static class ForgetsWhoTold extends ForwardingStore {
    @Override
    public BillingEventStore billingEvents() {
      return (account, filter, after, limit) ->
          good.billingEvents().list(account, filter, after, limit).stream()
              .map(event ->
                  new BillingEvent(event.fact(), event.account(), Cause.READ, event.knownAt()))
              .toList();
    }
  }

  static class SendsTwice extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(
          CommandJournal.class,
          good.commands(),
          Map.of(
              "begin",
              args -> good.commands()
                  .begin((CommandId) args[0], (String) args[1], (Instant) args[2], Duration.ZERO)));
    }
  }

  static class EndsWithoutLease extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("end", args -> true));
    }
  }

  static class HandsOutAnothersSubscription extends ForwardingStore {
    @Override
    public SubscriptionStore subscriptions() {
      return spoil(
          SubscriptionStore.class,
          good.subscriptions(),
          Map.of("find", args -> anySubscription((String) args[1])));
    }

    private Optional<Subscription> anySubscription(String id) {
      return seen.stream()
          .flatMap(account -> good.subscriptions().find(account, id).stream())
          .findFirst();
    }

    final Set<AccountId> seen = new HashSet<>();

    @Override
    public ProjectionStore projections() {
      return spoil(ProjectionStore.class, good.projections(), Map.of("commit", args -> {
        List<Unit> units = (List<Unit>) args[0];
        units.forEach(unit -> unit.changes().forEach(change -> {
          if (change instanceof Change.Link link) {
            seen.add(link.account());
          }
        }));
        return good.projections().commit(units, (Instant) args[1]);
      }));
    }
  }

  static class HandsOutAnothersSession extends HandsOutAnothersSubscription {
    private final Map<String, Object> sessions = new HashMap<>();

    @Override
    public CheckoutStore checkouts() {
      return spoil(CheckoutStore.class, good.checkouts(), Map.of("find", args -> anySession(args)));
    }

    private Object anySession(Object[] args) {
      return Optional.ofNullable(sessions.get((String) args[1]));
    }

    @Override
    public ProjectionStore projections() {
      return spoil(ProjectionStore.class, good.projections(), Map.of("commit", args -> {
        List<Unit> units = (List<Unit>) args[0];
        units.forEach(unit -> unit.changes().forEach(change -> {
          if (change instanceof Change.Put put) {
            sessions.put(put.state().id(), put.state());
          }
        }));
        return good.projections().commit(units, (Instant) args[1]);
      }));
    }
  }

  static class HandsOutAnothersInvoice extends HandsOutAnothersSubscription {
    @Override
    public InvoiceStore invoices() {
      return spoil(
          InvoiceStore.class,
          good.invoices(),
          Map.of(
              "find",
              args -> seen.stream()
                  .flatMap(account -> good.invoices().find(account, (String) args[1]).stream())
                  .findFirst()));
    }
  }

  static class PagesInvoicesFromTheTop extends ForwardingStore {
    @Override
    public InvoiceStore invoices() {
      return spoil(
          InvoiceStore.class,
          good.invoices(),
          Map.of(
              "list",
              args ->
                  good.invoices().list((AccountId) args[0], Optional.empty(), (Integer) args[2])));
    }
  }

  static class HandsOutAnothersPaymentMethod extends HandsOutAnothersSubscription {
    @Override
    public PaymentMethodStore paymentMethods() {
      return spoil(
          PaymentMethodStore.class,
          good.paymentMethods(),
          Map.of(
              "find",
              args -> seen.stream()
                  .flatMap(
                      account -> good.paymentMethods().find(account, (String) args[1]).stream())
                  .findFirst()));
    }
  }

  static class ListsEverybodysPaymentMethods extends HandsOutAnothersSubscription {
    @Override
    public PaymentMethodStore paymentMethods() {
      return spoil(
          PaymentMethodStore.class,
          good.paymentMethods(),
          Map.of(
              "list",
              args -> seen.stream()
                  .flatMap(account ->
                      good.paymentMethods().list(account, Optional.empty(), 101).stream())
                  .toList()));
    }
  }

  static class HandsOutAnothersTaxId extends HandsOutAnothersSubscription {
    @Override
    public TaxIdStore taxIds() {
      return spoil(
          TaxIdStore.class,
          good.taxIds(),
          Map.of(
              "find",
              args -> seen.stream()
                  .flatMap(account -> good.taxIds().find(account, (String) args[1]).stream())
                  .findFirst()));
    }
  }

  static class CapsCoupons extends ForwardingStore {
    @Override
    public PromotionStore promotions() {
      return ids -> {
        List<Coupon> coupons = good.promotions().coupons(ids);
        return coupons.subList(0, Math.min(100, coupons.size()));
      };
    }
  }

  static class CapsSets extends ForwardingStore {
    @Override
    public ProductStore products() {
      return spoil(ProductStore.class, good.products(), Map.of("pricesOf", args -> {
        List<Price> prices = good.products().pricesOf((Set<String>) args[0]);
        return prices.subList(0, Math.min(100, prices.size()));
      }));
    }
  }

  static class SharesKeys extends ForwardingStore {
    private static final AccountId EVERYBODY = new AccountId("everybody");

    @Override
    public IdempotencyStore idempotency() {
      return spoil(
          IdempotencyStore.class,
          good.idempotency(),
          Map.of("reserve", args -> reserve(args), "complete", args -> complete(args)));
    }

    private Object reserve(Object[] args) {
      return good.idempotency()
          .reserve(
              EVERYBODY,
              (String) args[1],
              (String) args[2],
              (String) args[3],
              (Instant) args[4],
              (Duration) args[5]);
    }

    private Object complete(Object[] args) {
      return good.idempotency()
          .complete(
              EVERYBODY,
              (String) args[1],
              (String) args[2],
              (Integer) args[3],
              (String) args[4],
              (Instant) args[5]);
    }
  }

  static class ExtendsNoKeys extends ForwardingStore {
    @Override
    public IdempotencyStore idempotency() {
      return spoil(IdempotencyStore.class, good.idempotency(), Map.of("extend", args -> true));
    }
  }

  static class AnswersWithoutLease extends ForwardingStore {
    private static final String EVERYBODYS = "everybody's";

    @Override
    public IdempotencyStore idempotency() {
      return spoil(
          IdempotencyStore.class,
          good.idempotency(),
          Map.of("reserve", args -> reserve(args), "complete", args -> complete(args)));
    }

    // Takes what is abandoned or new, and doesn't tell the holders from each other.
    private Object reserve(Object[] args) {
      IdempotencyStore.Reservation seen = good.idempotency()
          .reserve(
              (AccountId) args[0],
              (String) args[1],
              (String) args[2],
              (String) args[3],
              (Instant) args[4],
              (Duration) args[5]);
      if (seen instanceof IdempotencyStore.Fresh) {
        good.idempotency().release((AccountId) args[0], (String) args[1], (String) args[3]);
        good.idempotency()
            .reserve(
                (AccountId) args[0],
                (String) args[1],
                (String) args[2],
                EVERYBODYS,
                (Instant) args[4],
                (Duration) args[5]);
      }
      return seen;
    }

    private Object complete(Object[] args) {
      return good.idempotency()
          .complete(
              (AccountId) args[0],
              (String) args[1],
              EVERYBODYS,
              (Integer) args[3],
              (String) args[4],
              (Instant) args[5]);
    }
  }

  static class ExtendsNothing extends ForwardingStore {
    @Override
    public CommandJournal commands() {
      return spoil(CommandJournal.class, good.commands(), Map.of("extend", args -> true));
    }
  }

  static class ForgetsRunning extends ForwardingStore {
    @Override
    public IdempotencyStore idempotency() {
      return spoil(
          IdempotencyStore.class,
          good.idempotency(),
          Map.of("reserve", args -> new IdempotencyStore.Fresh()));
    }
  }
}
