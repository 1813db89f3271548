package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.ledger.EventFacts;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubscriptionTerms;
import com.tatame.billing.observation.TermsChange;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Cores that are wrong in one rule each. The rules are pure, so what goes into them and what comes
 * out of them is falsified at the ports, and nothing in the product has to be open to it.
 */
final class Mutants {
  private static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private Mutants() {}

  /** Falsifies what the projections load and what is committed to them. */
  abstract static class WrongProjections implements BillingUnderProof.Flaw {
    StoredObject loaded(StoredObject row) {
      return row;
    }

    boolean hides(StoredObject row) {
      return false;
    }

    Unit committed(Unit unit, SubjectState stored) {
      return unit;
    }

    @Override
    public BillingStore of(BillingStore store) {
      return FaultInjector.proxy(BillingStore.class, (proxy, method, arguments) -> {
        Object part = FaultInjector.invoke(method, store, arguments);
        if (part instanceof InboxStore inbox) {
          return wrong(inbox, store.projections());
        }
        return part instanceof ProjectionStore good ? wrong(good) : part;
      });
    }

    private InboxStore wrong(InboxStore good, ProjectionStore rows) {
      return FaultInjector.proxy(
          InboxStore.class,
          (proxy, method, arguments) -> method.getName().equals("ingestAndApply")
              ? good.ingestAndApply(
                  wrong((ProjectedBatch) arguments[0], rows), (Instant) arguments[1])
              : FaultInjector.invoke(method, good, arguments));
    }

    private ProjectedBatch wrong(ProjectedBatch batch, ProjectionStore rows) {
      return new ProjectedBatch(
          batch.events(),
          batch.projected().stream()
              .map(projected -> new ProjectedBatch.ProjectedUnit(
                  projected.eventIds(),
                  committed(projected.unit(), stored(rows, projected.unit()))))
              .toList(),
          batch.ignored());
    }

    private ProjectionStore wrong(ProjectionStore good) {
      return FaultInjector.proxy(ProjectionStore.class, (proxy, method, arguments) -> {
        if (method.getName().equals("load")) {
          Map<Object, Object> known = new HashMap<>();
          good.load(wanted(arguments[0])).forEach((subject, each) -> known.put(subject, of(each)));
          return known;
        }
        if (method.getName().equals("commit")) {
          List<Unit> units = new ArrayList<>();
          for (Object unit : (List<?>) arguments[0]) {
            units.add(committed((Unit) unit, stored(good, (Unit) unit)));
          }
          return good.commit(units, (Instant) arguments[1]);
        }
        return FaultInjector.invoke(method, good, arguments);
      });
    }

    @SuppressWarnings("unchecked") // Arguments come untyped through a proxy.
    private static Collection<SubjectQuery> wanted(Object argument) {
      return (Collection<SubjectQuery>) argument;
    }

    private SubjectState of(SubjectState known) {
      Map<ObjectRef, StoredObject> rows = new HashMap<>();
      known.rows().forEach((ref, row) -> {
        if (!hides(row)) {
          rows.put(ref, loaded(row));
        }
      });
      return new SubjectState(
          known.subject(),
          known.version(),
          rows,
          known.linked(),
          known.customerOf(),
          known.recorded());
    }
  }

  private static SubjectState stored(ProjectionStore good, Unit unit) {
    Set<ObjectRef> objects = new HashSet<>();
    for (Change change : unit.changes()) {
      if (change instanceof Change.Put put) {
        objects.add(put.state().ref());
      }
    }
    SubjectQuery wanted = new SubjectQuery(unit.subject(), objects, Set.of());
    return good.load(List.of(wanted))
        .getOrDefault(unit.subject(), SubjectState.nothing(unit.subject()));
  }

  private static boolean ended(StoredObject row) {
    return row.state().map(ProviderObject::terminal).orElse(true);
  }

  /** Leaves out changes. */
  private static BillingUnderProof.Flaw without(BiPredicate<Change, SubjectState> wrong) {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        return changing(
            unit, unit.changes().stream().filter(c -> !wrong.test(c, stored)).toList());
      }
    };
  }

  private static Unit changing(Unit unit, List<Change> changes) {
    return new Unit(unit.subject(), unit.expectedVersion(), unit.claim(), unit.events(), changes);
  }

  private static BillingUnderProof.Flaw loading(
      Predicate<StoredObject> which, UnaryOperator<StoredObject> falsified) {
    return new WrongProjections() {
      @Override
      StoredObject loaded(StoredObject row) {
        return which.test(row) ? falsified.apply(row) : row;
      }
    };
  }

  private static UnaryOperator<StoredObject> asOf(Instant time) {
    return row -> new StoredObject(row.state(), time, row.source());
  }

  static BillingUnderProof.Flaw readsReplaceNothing() {
    return without(
        (change, stored) -> change instanceof Change.Put put && put.source() == Source.READ);
  }

  static BillingUnderProof.Flaw readsBuryNothing() {
    return without((change, stored) ->
        change instanceof Change.Tombstone tombstone && tombstone.source() == Source.READ);
  }

  static BillingUnderProof.Flaw snapshotsInsertNothing() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        Set<ObjectRef> inserted = new HashSet<>();
        for (Change change : unit.changes()) {
          if (change instanceof Change.Put put
              && put.source() == Source.SNAPSHOT
              && !stored.rows().containsKey(put.state().ref())) {
            inserted.add(put.state().ref());
          }
        }
        return changing(
            unit, unit.changes().stream().filter(c -> !of(c, inserted)).toList());
      }

      private static boolean of(Change change, Set<ObjectRef> objects) {
        return (change instanceof Change.Put put && objects.contains(put.state().ref()))
            || (change instanceof Change.RequireRead read && objects.contains(read.object()));
      }
    };
  }

  /** Customers never look equal to what is stored of them. */
  static BillingUnderProof.Flaw equalSnapshotsCount() {
    return loading(
        row -> row.state().filter(Customer.class::isInstance).isPresent(),
        row -> new StoredObject(
            row.state()
                .map(Customer.class::cast)
                .map(customer -> new Customer(
                    customer.id(),
                    customer.account(),
                    customer.email(),
                    Optional.of("another name"),
                    customer.delinquent(),
                    customer.createdAt(),
                    customer.defaultPaymentMethodId())),
            row.asOf(),
            row.source()));
  }

  static BillingUnderProof.Flaw newerSnapshotsReplaceNothing() {
    return loading(row -> !ended(row), asOf(NEVER));
  }

  static BillingUnderProof.Flaw ambiguousSnapshotsRequireNoRead() {
    return without((change, stored) ->
        change instanceof Change.RequireRead read && read.priority() == ReadPriority.AMBIGUOUS);
  }

  static BillingUnderProof.Flaw theEndDoesNotWinItsSecond() {
    return without((change, stored) -> change instanceof Change.Put put
        && put.source() == Source.SNAPSHOT
        && put.state().terminal()
        && Optional.ofNullable(stored.rows().get(put.state().ref()))
            .filter(row -> !put.asOf().isAfter(row.asOf().plus(marginOf(row))))
            .isPresent());
  }

  private static Duration marginOf(StoredObject row) {
    return row.source() == Source.READ ? MARGIN : Duration.ZERO;
  }

  static BillingUnderProof.Flaw olderSnapshotsReplace() {
    return loading(row -> !ended(row), asOf(Instant.EPOCH));
  }

  static BillingUnderProof.Flaw snapshotsReplaceWhatHasEnded() {
    return new WrongProjections() {
      @Override
      boolean hides(StoredObject row) {
        return ended(row);
      }
    };
  }

  static BillingUnderProof.Flaw readsReplaceWhatHasEnded() {
    Map<ObjectRef, Observation> answers = new HashMap<>();
    return new WrongProjections() {
      @Override
      public PaymentGateway of(PaymentGateway gateway) {
        ObjectReads good = gateway.reads();
        return FaultInjector.proxy(
            PaymentGateway.class,
            (proxy, method, arguments) -> method.getReturnType() == ObjectReads.class
                ? (ObjectReads) (object, subject) -> {
                  Observation answer = good.read(object, subject);
                  answers.put(object, answer);
                  return answer;
                }
                : FaultInjector.invoke(method, gateway, arguments));
      }

      @Override
      Unit committed(Unit unit, SubjectState stored) {
        List<Change> changes = new ArrayList<>(unit.changes());
        for (Change change : unit.changes()) {
          if (change instanceof Change.SettleRead settled && writesNothingTo(settled, unit)) {
            Optional.ofNullable(answers.get(settled.object()))
                .flatMap(answer ->
                    answer.state().map(state -> new Change.Put(state, answer.asOf(), Source.READ)))
                .ifPresent(changes::add);
          }
        }
        return changing(unit, changes);
      }

      private static boolean writesNothingTo(Change.SettleRead settled, Unit unit) {
        return unit.changes().stream()
            .noneMatch(change ->
                (change instanceof Change.Put put && put.state().ref().equals(settled.object()))
                    || (change instanceof Change.Tombstone tombstone
                        && tombstone.object().equals(settled.object())));
      }
    };
  }

  static BillingUnderProof.Flaw noVersionCheck() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        return new Unit(
            unit.subject(), stored.version(), unit.claim(), unit.events(), unit.changes());
      }
    };
  }

  static BillingUnderProof.Flaw factsAreKeyedByTheirEvents() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        return changing(
            unit, unit.changes().stream().map(change -> keyed(change)).toList());
      }

      private static Change keyed(Change change) {
        if (!(change instanceof Change.Append append)
            || append.cause().eventId().isEmpty()) {
          return change;
        }
        Fact fact = append.fact();
        Fact wrong = new Fact(
            append.cause().eventId().get(),
            fact.type(),
            fact.subject(),
            fact.subscriptionId(),
            fact.amount(),
            fact.status(),
            fact.occurredAt());
        return new Change.Append(wrong, append.cause());
      }
    };
  }

  /** What changed is found by comparing with the row, which depends on the order of events. */
  static BillingUnderProof.Flaw changesComeFromTheRow() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        List<Change> changes = new ArrayList<>();
        for (Change change : unit.changes()) {
          boolean statesTerms =
              change instanceof Change.Append append && append.fact().terms().isPresent();
          if (!statesTerms) {
            changes.add(change);
          }
          if (change instanceof Change.Put put && put.state() instanceof Subscription now) {
            changesOf(now, put, stored).forEach(changes::add);
          }
        }
        return changing(unit, changes);
      }

      private static Stream<Change> changesOf(
          Subscription now, Change.Put put, SubjectState stored) {
        Optional<SubscriptionTerms> before = Optional.ofNullable(stored.rows().get(now.ref()))
            .flatMap(StoredObject::state)
            .map(row -> ((Subscription) row).terms());
        String eventId = now.id() + "@" + put.asOf().getEpochSecond();
        return new EventFacts(eventId, put.asOf(), now.ref(), now.subject())
            .subscription(put.asOf(), new TermsChange(before, now.terms())).stream()
                .map(fact -> new Change.Append(fact, Optional.empty()));
      }
    };
  }

  /** An attempt to pay is dated by the payment that it belongs to. */
  static BillingUnderProof.Flaw attemptsAreAsOldAsTheirPayment() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        Optional<Instant> made = unit.changes().stream()
            .filter(Change.Put.class::isInstance)
            .map(put -> ((Change.Put) put).state())
            .filter(PaymentIntent.class::isInstance)
            .map(payment -> ((PaymentIntent) payment).createdAt())
            .findFirst();
        return changing(
            unit,
            unit.changes().stream()
                .map(change -> made.map(at -> dated(change, at)).orElse(change))
                .toList());
      }

      private static Change dated(Change change, Instant at) {
        if (!(change instanceof Change.Append append)
            || !append.fact().type().startsWith("payment.")) {
          return change;
        }
        Fact fact = append.fact();
        return new Change.Append(
            new Fact(
                fact.key(),
                fact.type(),
                fact.subject(),
                fact.subscriptionId(),
                fact.amount(),
                fact.status(),
                at),
            append.cause());
      }
    };
  }

  /** Only what a commit touches is taken over from the derivation; the rest stays as it was. */
  static BillingUnderProof.Flaw entitlementsFollowDifferences() {
    return new WrongProjections() {
      @Override
      Unit committed(Unit unit, SubjectState stored) {
        Set<String> touched = new HashSet<>();
        for (Change change : unit.changes()) {
          if (change instanceof Change.Put put && put.state() instanceof Subscription) {
            touched.add(put.state().id());
          }
        }
        return changing(
            unit,
            unit.changes().stream()
                .map(change -> change instanceof Change.Entitle entitle
                    ? new Change.Entitle(new RecordedEntitlement(
                        merged(entitle.entitlement(), stored, touched),
                        entitle.recorded().recordedAt()))
                    : change)
                .toList());
      }

      private static AccountEntitlement merged(
          AccountEntitlement derived, SubjectState stored, Set<String> touched) {
        List<AccountEntitlement.Source> given = derived.sources().stream()
            .filter(source -> touched.contains(source.subscriptionId()))
            .toList();
        List<AccountEntitlement.Source> sources = new ArrayList<>();
        // What is given takes the place of what was; what is no longer given stays.
        stored
            .entitlement()
            .ifPresent(old -> old.sources().stream()
                .filter(source -> given.stream()
                    .noneMatch(each -> each.subscriptionId().equals(source.subscriptionId())))
                .forEach(sources::add));
        sources.addAll(given);
        return new AccountEntitlement(derived.account(), sources);
      }
    };
  }
}
