package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.entitlement.EntitlementRule;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.ledger.AccountFacts;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Folds the observations of one subject, in whatever order they came, into the rows to be written.
 * Pure: no clock, no input or output, no chance. Thread-safe.
 */
public final class Projector {
  // Snapshots by the provider's time, then reads, which were made after all of them were stored.
  private static final Comparator<Observation> FOLD_ORDER = Comparator.comparing(
          (Observation seen) -> seen.source() == Source.READ)
      .thenComparing(Observation::asOf)
      .thenComparing(seen -> seen.eventId().orElse(""))
      .thenComparing(Observation::object);

  private final CatalogInForce catalog;

  /** By a catalog that is never replaced. */
  public Projector(Catalog catalog) {
    this(new CatalogInForce(catalog));
  }

  /** By the catalog that is in force when a projection begins. */
  public Projector(CatalogInForce catalog) {
    this.catalog = catalog;
  }

  /** What must be known before {@link #project} can decide about these observations. */
  public Collection<SubjectQuery> wanted(Collection<Observation> observations) {
    Map<String, List<Observation>> bySubject = new TreeMap<>();
    observations.forEach(seen -> bySubject
        .computeIfAbsent(seen.subject().value(), id -> new ArrayList<>())
        .add(seen));
    return bySubject.values().stream().map(Projector::wantedOfOne).toList();
  }

  private static SubjectQuery wantedOfOne(List<Observation> observations) {
    var objects = new HashSet<ObjectRef>();
    var accounts = new HashSet<AccountId>();
    for (Observation seen : observations) {
      objects.add(seen.object());
      seen.state()
          .flatMap(state -> state instanceof Customer c ? c.account() : Optional.empty())
          .ifPresent(accounts::add);
    }
    return new SubjectQuery(observations.get(0).subject(), objects, accounts);
  }

  /**
   * Projects observations of one subject.
   *
   * @param known loaded before any of the reads among the observations was made
   * @param now by the billing clock, for the history of what was known when
   */
  public Projection project(SubjectState known, Collection<Observation> observations, Instant now) {
    return fold(new Fold(known, Cause.READ, now), observations, Optional.empty());
  }

  /**
   * As {@link #project(SubjectState, Collection, Instant)}, for what the provider held before this
   * product was used: living subscriptions enter the ledger with what they are sold at now.
   *
   * @param owner becomes the customer's account unless it has one, or its metadata names one
   */
  public Projection importing(
      SubjectState known,
      Collection<Observation> observations,
      Optional<AccountId> owner,
      Instant now) {
    return fold(new Fold(known, Cause.IMPORT, now), observations, owner);
  }

  /**
   * As {@link #project(SubjectState, Collection, Instant)}, to find out what differs from what the provider
   * holds, and to put it right: a read also replaces a row that calls itself final. Nothing else may,
   * since only a row that was altered can contradict a read so.
   */
  public Projection reconcile(SubjectState known, Collection<Observation> reads, Instant now) {
    return fold(new Fold(known, Cause.RECONCILIATION, now), reads, Optional.empty());
  }

  private static Projection fold(
      Fold fold, Collection<Observation> observations, Optional<AccountId> owner) {
    observations.stream().sorted(FOLD_ORDER).forEach(fold::see);
    owner.ifPresent(fold::assign);
    return fold.finish();
  }

  /** One subject's rows while its observations are folded in. */
  private final class Fold {
    private final Catalog sold = catalog.get();
    private final SubjectState known;
    private final Cause readCause;
    private final EntitlementEvidence evidence;
    private final Map<ObjectRef, StoredObject> rows;
    private final Map<ObjectRef, Change> writes = new TreeMap<>();
    private final Map<ObjectRef, Change.RequireRead> required = new TreeMap<>();
    private final Map<ObjectRef, Change.SettleRead> settled = new TreeMap<>();
    private final Map<String, Change.Append> facts = new TreeMap<>();
    private final List<String> alarms = new ArrayList<>();
    private Optional<Change.Link> link = Optional.empty();
    private Optional<Cause> linkCause = Optional.empty();
    private boolean restated;

    /**
     * @param readCause by which the facts become known that no event states
     */
    Fold(SubjectState known, Cause readCause, Instant now) {
      this.known = known;
      this.readCause = readCause;
      this.evidence = new EntitlementEvidence(known.recorded(), now);
      this.rows = new HashMap<>(known.rows());
    }

    private Optional<ProviderObject> asSold(Optional<ProviderObject> state) {
      return state.map(object -> object instanceof Subscription s ? asSold(s) : object);
    }

    private Subscription asSold(Subscription subscription) {
      Optional<Catalog.Offer> offer =
          sold.offer(subscription.mainItem().priceId(), subscription.mainItem().lookupKey());
      return subscription.sold(offer.map(o -> o.plan().tier()), offer.map(Catalog.Offer::interval));
    }

    void see(Observation seen) {
      Optional<ProviderObject> state = asSold(seen.state());
      state.ifPresent(object -> addFacts(object.facts(), seen));
      addFacts(seen.facts(), seen);
      Optional<StoredObject> stored = Optional.ofNullable(rows.get(seen.object()));
      MirrorRule.Verdict verdict = MirrorRule.decide(stored, seen, state);
      if (verdict == MirrorRule.Verdict.CONTRADICTION && readCause.equals(Cause.RECONCILIATION)) {
        verdict = MirrorRule.Verdict.REPLACE;
      }
      if (seen.source() == Source.READ && state.orElse(null) instanceof Subscription read) {
        addTerms(read, stored, verdict, seen);
      }
      if (verdict == MirrorRule.Verdict.REPLACE || verdict == MirrorRule.Verdict.TOMBSTONE) {
        evidence.observe(seen, state);
        restated |= seen.object().kind() == ObjectKind.SUBSCRIPTION;
      }
      switch (verdict) {
        case KEEP -> {}
        case REFRESH, REPLACE -> put(seen, state.orElseThrow());
        case TOMBSTONE -> writeTombstone(seen);
        case AMBIGUOUS -> require(seen.object(), ReadPriority.AMBIGUOUS, seen.asOf());
        case ASK -> require(seen.object(), ReadPriority.ROUTINE, seen.asOf());
        case CONTRADICTION ->
          alarms.add("a read of " + seen.object().id() + " contradicts its final state");
      }
      if (verdict == MirrorRule.Verdict.REPLACE
          && seen.source() == Source.SNAPSHOT
          && !state.orElseThrow().terminal()) {
        require(seen.object(), priorityOf(seen.object().kind()), seen.asOf());
      }
      if (seen.source() == Source.READ) {
        // Settled even if it can't be understood: asking again would only give the same answer.
        if (seen.content() instanceof Observation.Unreadable unreadable) {
          alarms.add("a read of " + seen.object().id() + " is unreadable: " + unreadable.reason());
        }
        required.remove(seen.object());
        settled.put(seen.object(), new Change.SettleRead(seen.object()));
      }
    }

    private void put(Observation seen, ProviderObject state) {
      rows.put(seen.object(), new StoredObject(Optional.of(state), seen.asOf(), seen.source()));
      writes.put(seen.object(), new Change.Put(state, seen.asOf(), seen.source()));
      if (state instanceof Customer customer) {
        customer.account().ifPresent(account -> claim(customer, account, causeOf(seen)));
      }
    }

    private Cause causeOf(Observation seen) {
      return seen.eventId()
          .map(id -> new Cause(Cause.Source.EVENT, Optional.of(id), seen.commandId()))
          .orElse(readCause);
    }

    private void writeTombstone(Observation seen) {
      rows.put(seen.object(), new StoredObject(Optional.empty(), seen.asOf(), seen.source()));
      writes.put(seen.object(), new Change.Tombstone(seen.object(), seen.asOf(), seen.source()));
      required.remove(seen.object());
      settled.put(seen.object(), new Change.SettleRead(seen.object()));
    }

    private void require(ObjectRef object, ReadPriority priority, Instant since) {
      required.merge(object, new Change.RequireRead(object, priority, since), Fold::moreUrgent);
    }

    private static Change.RequireRead moreUrgent(Change.RequireRead a, Change.RequireRead b) {
      return new Change.RequireRead(
          a.object(),
          a.priority().compareTo(b.priority()) <= 0 ? a.priority() : b.priority(),
          a.since().isBefore(b.since()) ? a.since() : b.since());
    }

    private void addFacts(List<Fact> stated, Observation seen) {
      Cause cause = causeOf(seen);
      stated.forEach(fact -> facts.putIfAbsent(fact.key(), new Change.Append(fact, cause)));
    }

    // Other reads state no change: when they are made depends on timing, and the event of the
    // change is on its way.
    private void addTerms(
        Subscription read,
        Optional<StoredObject> stored,
        MirrorRule.Verdict verdict,
        Observation seen) {
      if (readCause.equals(Cause.IMPORT) && !read.terminal()) {
        addFacts(List.of(read.openingBalance(seen.asOf())), seen);
      }
      if (readCause.equals(Cause.RECONCILIATION) && verdict == MirrorRule.Verdict.REPLACE) {
        stored
            .flatMap(StoredObject::state)
            .map(Subscription.class::cast)
            .filter(row -> !row.terms().equals(read.terms()))
            .ifPresent(row -> addFacts(List.of(read.reconciled(row, seen.asOf())), seen));
      }
    }

    void assign(AccountId owner) {
      if (link.isEmpty()) {
        states()
            .filter(Customer.class::isInstance)
            .map(Customer.class::cast)
            .filter(customer -> customer.account().isEmpty())
            .forEach(customer -> claim(customer, owner, readCause));
      }
    }

    // The first link of either side stays: a second customer of an account is never adopted.
    private void claim(Customer customer, AccountId account, Cause cause) {
      Optional<String> other = Optional.ofNullable(known.customerOf().get(account));
      if (known.linked().isPresent()) {
        if (!known.linked().get().equals(account)) {
          alarms.add(customer.id() + " names another account than the one it is linked to");
        }
      } else if (other.isEmpty()) {
        link = Optional.of(new Change.Link(account, customer.id(), customer.createdAt()));
        linkCause = Optional.of(cause);
      } else if (!other.get().equals(customer.id())) {
        alarms.add(customer.id() + " names an account that has customer " + other.get());
      }
    }

    Projection finish() {
      List<Change> changes = new ArrayList<>(writes.values());
      link.map(customer ->
              AccountFacts.created(customer.account(), known.subject(), customer.createdAt()))
          .ifPresent(
              fact -> facts.put(fact.key(), new Change.Append(fact, linkCause.orElseThrow())));
      changes.addAll(facts.values());
      changes.addAll(required.values());
      changes.addAll(settled.values());
      link.ifPresent(changes::add);
      entitlement().ifPresent(changes::add);
      if (restated) {
        changes.add(new Change.PublishState(known.subject()));
      }
      return new Projection(changes, alarms);
    }

    // An account has a row as soon as it had a subscription, whatever became of it, so that the
    // rows don't depend on which of its events came first.
    private Optional<Change> entitlement() {
      List<Subscription> subscriptions = subscriptions();
      if (subscriptions.isEmpty() && known.entitlement().isEmpty()) {
        return Optional.empty();
      }
      return known
          .linked()
          .or(() -> link.map(Change.Link::account))
          .map(account -> new EntitlementRule(sold).derive(account, subscriptions, invoices()))
          .filter(derived -> !Optional.of(derived).equals(known.entitlement()))
          .map(derived -> new Change.Entitle(
              evidence.of(derived),
              known.entitlement().filter(derived::decidesLike).isEmpty()));
    }

    private List<Subscription> subscriptions() {
      return states()
          .filter(Subscription.class::isInstance)
          .map(Subscription.class::cast)
          .toList();
    }

    private List<Invoice> invoices() {
      return states().filter(Invoice.class::isInstance).map(Invoice.class::cast).toList();
    }

    private Stream<ProviderObject> states() {
      return rows.values().stream().flatMap(row -> row.state().stream());
    }
  }

  private static ReadPriority priorityOf(ObjectKind kind) {
    return switch (kind) {
      case SUBSCRIPTION, CHECKOUT_SESSION, INVOICE -> ReadPriority.ENTITLING;
      case CUSTOMER,
          PRODUCT,
          PRICE,
          PAYMENT_METHOD,
          PAYMENT_INTENT,
          SETUP_INTENT,
          INVOICE_PAYMENT,
          REFUND,
          DISPUTE,
          COUPON,
          PROMOTION_CODE,
          TAX_ID,
          SUBSCRIPTION_SCHEDULE -> ReadPriority.ROUTINE;
    };
  }
}
