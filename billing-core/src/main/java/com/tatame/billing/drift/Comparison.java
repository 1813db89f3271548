package com.tatame.billing.drift;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.payment.SetupIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.projection.UnreadableRow;
import com.tatame.billing.promotion.PromotionCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Compares what is stored with what the provider holds: all of one customer, or one object by itself.
 * Thread-safe.
 */
public final class Comparison {
  private static final Logger LOG = System.getLogger(Comparison.class.getName());
  private static final int RECENT = 20;
  private static final Set<EventStatus> WAITING =
      Set.of(EventStatus.RECEIVED, EventStatus.PROCESSING, EventStatus.RETRYING);

  /** Of a coupon or promotion code: the provider sends no event when one is redeemed. */
  private static final Set<String> UNANNOUNCED = Set.of("timesRedeemed");

  /** Kinds of objects whose subject is a payment. */
  private static final Set<ObjectKind> OF_PAYMENTS =
      Set.of(ObjectKind.REFUND, ObjectKind.DISPUTE, ObjectKind.INVOICE_PAYMENT);

  private static final String LINK = "link";
  private static final String ENTITLEMENT = "entitlement";

  /** Behind the kind of an object whose state is equal, and whose other columns are not. */
  private static final String COLUMNS = "_columns";

  private final DriftStore drift;
  private final InboxStore inbox;
  private final Projections projections;
  private final ObjectReads reads;
  private final ProviderState providerState;

  public Comparison(
      DriftStore drift,
      InboxStore inbox,
      Projections projections,
      ObjectReads reads,
      ProviderState providerState) {
    this.drift = drift;
    this.inbox = inbox;
    this.projections = projections;
    this.reads = reads;
    this.providerState = providerState;
  }

  /** What a comparison came to. */
  sealed interface Result {}

  /**
   * All is equal.
   *
   * @param subject whose rows these are
   * @param compared their names
   */
  record Equal(SubjectId subject, Set<String> compared) implements Result {}

  /** It could not be compared now: events wait, or it was changed meanwhile. */
  record Unknown() implements Result {}

  /** Some rows differ. */
  final class Different implements Result {
    private final SubjectState known;
    private final List<Change> repair;
    private final List<RowChange> rows = new ArrayList<>();
    private final Map<String, Drift.Cause> causes = new HashMap<>();
    private final Set<String> lasting = new HashSet<>();
    private final Set<String> compared = new HashSet<>();
    private boolean wholeCustomer;

    private Different(SubjectState known, List<Change> repair) {
      this.known = known;
      this.repair = new ArrayList<>(repair);
    }

    private void add(RowChange row, Drift.Cause cause) {
      rows.add(row);
      causes.put(name(row), cause);
      compared.add(name(row));
    }

    private void addLasting(RowChange row, Drift.Cause cause) {
      add(row, cause);
      lasting.add(name(row));
    }

    SubjectId subject() {
      return known.subject();
    }

    /** Before: as stored; after: as the provider holds it. */
    List<RowChange> rows() {
      return List.copyOf(rows);
    }

    /** The cause, where the comparison alone shows it. */
    Optional<Drift.Cause> cause(RowChange row) {
      return Optional.ofNullable(causes.get(name(row)));
    }

    SubjectState known() {
      return known;
    }

    /** The names of all rows that were compared, also of those that are equal. */
    Set<String> compared() {
      return Set.copyOf(compared);
    }

    boolean differs(String name) {
      return rows.stream().anyMatch(row -> name(row).equals(name));
    }

    /** Whether a repair makes this row equal; if not, a person must decide. */
    boolean mends(RowChange row) {
      return !repair.isEmpty() && !lasting.contains(name(row));
    }

    /**
     * Takes over what the provider holds, but for what needs a person.
     *
     * @return the names of the rows that are equal now; none if another writer changed the customer
     *     meanwhile
     */
    Set<String> repair() {
      if (rows.stream().noneMatch(this::mends)) {
        return Set.of();
      }
      Unit unit = new Unit(known.subject(), known.version(), Optional.empty(), Set.of(), repair);
      if (!(projections.commit(List.of(unit)).get(0) instanceof CommitResult.Applied)) {
        return Set.of();
      }
      Set<String> equal = new HashSet<>(compared);
      equal.removeAll(lasting);
      if (wholeCustomer && lasting.isEmpty()) {
        drift.prove(known.subject().value(), projections.clocks().wallNow());
      }
      return equal;
    }
  }

  /** Of a row in the list of differences. */
  static String name(RowChange row) {
    return name(row.kind(), row.id());
  }

  private static String name(ObjectRef object) {
    return name(object.kind().code(), object.id());
  }

  /** Of the columns that an object's state doesn't hold. */
  static String columnsName(ObjectRef object) {
    return name(object.kind().code() + COLUMNS, object.id());
  }

  private static String name(String kind, String id) {
    return kind + " " + id;
  }

  /** The object that a listed difference is about; empty for links and entitlements. */
  static Optional<ObjectRef> objectOf(RowChange row) {
    String kind = row.kind().endsWith(COLUMNS)
        ? row.kind().substring(0, row.kind().length() - COLUMNS.length())
        : row.kind();
    for (ObjectKind each : ObjectKind.values()) {
      if (each.code().equals(kind)) {
        return Optional.of(new ObjectRef(each, row.id()));
      }
    }
    return Optional.empty();
  }

  /**
   * Compares a customer, its subscriptions and invoices, its link and what its subscriptions entitle
   * to.
   *
   * @throws StoreUnavailable if the store can't be asked; the provider's failures are a result
   */
  Result of(String customerId) {
    SubjectId subject = new SubjectId(customerId);
    return guarded(
        new ObjectRef(ObjectKind.CUSTOMER, customerId), subject, () -> customer(subject));
  }

  /**
   * Compares one object.
   *
   * @throws StoreUnavailable if the store can't be asked; the provider's failures are a result
   */
  Result of(MirroredObject row) {
    return guarded(row.object(), row.subject(), () -> object(row));
  }

  // One row that can't be read must not keep all others from being compared.
  private Result guarded(ObjectRef object, SubjectId subject, Supplier<Result> comparison) {
    try {
      return comparison.get();
    } catch (StoreUnavailable e) {
      throw e;
    } catch (UnreadableRow e) {
      return guarded(e.object(), e.subject(), () -> unreadable(e));
    } catch (BillingException e) {
      LOG.log(Level.INFO, "{0} can''t be compared now: {1}", name(object), e.code());
      return new Unknown();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, name(object) + " can't be compared", e);
      Different different = new Different(SubjectState.nothing(subject), List.of());
      different.addLasting(
          unreadable(object, e.getClass().getSimpleName()), Drift.Cause.UNREADABLE);
      return different;
    }
  }

  private Result customer(SubjectId subject) {
    // The version is loaded before anything is read, as for every read that may be committed. A row
    // that can't be read shows here: the events that wait fail because of it.
    ObjectRef customer = new ObjectRef(ObjectKind.CUSTOMER, subject.value());
    SubjectState before = load(subject, Set.of(customer));
    if (eventsWait(subject.value())) {
      return new Unknown();
    }
    List<Observation> held = providerState.beside(before, List.of(reads.read(customer, subject)));
    SubjectState known =
        projections.load(held).getOrDefault(subject, SubjectState.nothing(subject));
    if (known.version() != before.version() || !ProviderState.allOf(subject, held)) {
      return new Unknown();
    }
    Different different = compared(known, held, projections.reconcile(known, held));
    different.wholeCustomer = true;
    known.rows().keySet().forEach(object -> different.compared.add(name(object)));
    known.linked().ifPresent(account -> different.compared.add(name(ENTITLEMENT, account.value())));
    compareLink(known, held, different);
    if (different.rows.isEmpty()) {
      drift.prove(subject.value(), projections.clocks().wallNow());
      return new Equal(subject, different.compared());
    }
    return different;
  }

  private Result object(MirroredObject row) {
    if (row.withCustomer() && isLinkInDoubt(row.subject())) {
      // Which account its columns ought to name, a person decides first.
      return new Unknown();
    }
    SubjectId subject = row.subject();
    SubjectState before = load(subject, Set.of(row.object()));
    Observation seen = reads.read(row.object(), subject);
    if (!seen.subject().equals(subject)) {
      // A commit needs the version of the right subject from before the read.
      subject = seen.subject();
      before = load(subject, Set.of(row.object()));
      seen = reads.read(row.object(), subject);
    }
    SubjectState known =
        projections.load(List.of(seen)).getOrDefault(subject, SubjectState.nothing(subject));
    if (!seen.subject().equals(subject)
        || known.version() != before.version()
        || lanes(seen).stream().anyMatch(this::eventsWait)) {
      return new Unknown();
    }
    List<Observation> held = List.of(seen);
    Different different =
        compared(known, held, entitledAsLinked(known, projections.reconcile(known, held)));
    compareColumns(row, seen, different);
    if (different.rows.isEmpty()) {
      return new Equal(subject, different.compared());
    }
    if (isUnannounced(different.rows)) {
      return different.repair().isEmpty()
          ? new Unknown()
          : new Equal(subject, different.compared());
    }
    return different;
  }

  private boolean isLinkInDoubt(SubjectId customer) {
    return of(customer.value()) instanceof Different different
        && different.rows.stream().anyMatch(row -> row.kind().equals(LINK));
  }

  private static boolean isUnannounced(List<RowChange> rows) {
    return rows.stream()
        .allMatch(row -> (row.kind().equals(ObjectKind.COUPON.code())
                || row.kind().equals(ObjectKind.PROMOTION_CODE.code()))
            && UNANNOUNCED.containsAll(row.before().keySet())
            && UNANNOUNCED.containsAll(row.after().keySet()));
  }

  /** The stored row is replaced without having been read. */
  private Result unreadable(UnreadableRow row) {
    SubjectState known = new SubjectState(
        row.subject(), row.version(), Map.of(), Optional.empty(), Map.of(), Optional.empty());
    Observation seen = reads.read(row.object(), row.subject());
    // Links and entitlements follow from all rows of a customer, and are left to the next round.
    List<Change> repair = projections.reconcile(known, List.of(seen)).changes().stream()
        .filter(change -> change instanceof Change.Put || change instanceof Change.Tombstone)
        .toList();
    boolean understood = !repair.isEmpty() && seen.subject().equals(row.subject());
    Different different = new Different(known, understood ? repair : List.of());
    RowChange difference = unreadable(row.object(), "this version can't read the stored row");
    if (understood) {
      different.add(difference, Drift.Cause.UNREADABLE);
    } else {
      different.addLasting(difference, Drift.Cause.UNREADABLE);
    }
    return different;
  }

  private static RowChange unreadable(ObjectRef object, String reason) {
    return new RowChange(
        object.kind().code(), object.id(), texts("unreadable", reason), new TreeMap<>());
  }

  private Different compared(SubjectState known, List<Observation> held, Projection projection) {
    Different different = new Different(known, projection.changes());
    Set<String> contradicted = contradicted(known, held);
    held.forEach(seen -> different.compared.add(name(seen.object())));
    for (RowChange row : RowChange.of(known, projection)) {
      different.rows.add(row);
      different.compared.add(name(row));
      if (contradicted.contains(name(row))) {
        different.causes.put(name(row), Drift.Cause.CONTRADICTION);
      }
    }
    for (Observation seen : held) {
      if (seen.content() instanceof Observation.Unreadable content) {
        RowChange row = new RowChange(
            seen.object().kind().code(),
            seen.object().id(),
            new TreeMap<>(),
            texts("unreadable", content.reason()));
        different.addLasting(row, Drift.Cause.UNREADABLE);
      }
    }
    return different;
  }

  // What a customer entitles to must not go to an account that the customer's own row doesn't name.
  private Projection entitledAsLinked(SubjectState known, Projection projection) {
    boolean entitles = projection.changes().stream().anyMatch(Change.Entitle.class::isInstance);
    if (!entitles
        || known
            .linked()
            .filter(account -> isLinkDenied(known.subject(), account))
            .isEmpty()) {
      return projection;
    }
    return new Projection(
        projection.changes().stream()
            .filter(change -> !(change instanceof Change.Entitle))
            .toList(),
        projection.alarms());
  }

  /** Whether the customer as it is stored names another account. */
  private boolean isLinkDenied(SubjectId customerId, AccountId account) {
    return storedCustomer(customerId)
        .flatMap(Customer::account)
        .filter(named -> !named.equals(account))
        .isPresent();
  }

  private Optional<Customer> storedCustomer(SubjectId customerId) {
    ObjectRef object = new ObjectRef(ObjectKind.CUSTOMER, customerId.value());
    return stored(object, customerId).map(Customer.class::cast);
  }

  /** A link that was made stays: who pays for whom must not change because a row differs. */
  private void compareLink(SubjectState known, List<Observation> held, Different different) {
    different.compared.add(name(LINK, known.subject().value()));
    for (Observation seen : held) {
      if (seen.state().isPresent()
          && seen.state().get() instanceof Customer customer
          && customer.account().isPresent()) {
        AccountId named = customer.account().get();
        Optional<AccountId> linked = known.linked();
        Optional<String> other = Optional.ofNullable(known.customerOf().get(named));
        if (linked.isPresent() && !linked.get().equals(named)) {
          conflict(
              different, texts("account", linked.get().value()), texts("account", named.value()));
        } else if (linked.isEmpty() && other.isPresent()) {
          if (!isCustomerOf(named, other.get())) {
            conflict(different, texts("customer", other.get()), texts("customer", customer.id()));
          }
        } else if (linked.isEmpty()) {
          different.rows.add(
              new RowChange(LINK, customer.id(), new TreeMap<>(), texts("account", named.value())));
          if (different.repair.stream().noneMatch(Change.Link.class::isInstance)) {
            different.repair.add(new Change.Link(named, customer.id(), customer.createdAt()));
          }
        }
      }
    }
  }

  // Nothing of a customer is repaired while it is open whose it is: its subscriptions would entitle
  // the wrong account.
  private static void conflict(
      Different different, SortedMap<String, String> before, SortedMap<String, String> after) {
    different.addLasting(
        new RowChange(LINK, different.subject().value(), before, after), Drift.Cause.LINK_CONFLICT);
    different.repair.clear();
    different.rows.removeIf(row -> row.kind().equals(ENTITLEMENT));
  }

  /** An account may have several customers at the provider; the first one that was linked stays. */
  private boolean isCustomerOf(AccountId account, String customerId) {
    return storedCustomer(new SubjectId(customerId))
        .flatMap(Customer::account)
        .filter(account::equals)
        .isPresent();
  }

  private static void compareColumns(MirroredObject row, Observation seen, Different different) {
    SortedMap<String, String> before = new TreeMap<>();
    SortedMap<String, String> after = new TreeMap<>();
    for (MirroredObject.Copy copy : row.copies()) {
      copy.stored().ifPresent(text -> before.put(copy.column(), text));
      copy.derived().ifPresent(text -> after.put(copy.column(), text));
    }
    // A state that differs is replaced together with all columns that follow from it.
    if (!row.subject().equals(seen.subject()) && different.rows.isEmpty()) {
      before.put("subject", row.subject().value());
      after.put("subject", seen.subject().value());
    }
    different.compared.add(columnsName(row.object()));
    if (seen.state().isEmpty() || (before.isEmpty() && after.isEmpty())) {
      return;
    }
    different.add(
        new RowChange(row.object().kind().code() + COLUMNS, row.object().id(), before, after),
        Drift.Cause.ROW_ALTERED);
    if (different.repair.stream()
        .noneMatch(
            change -> change instanceof Change.Put put && put.state().ref().equals(row.object()))) {
      StoredObject stored =
          Optional.ofNullable(different.known.rows().get(row.object())).orElseThrow();
      different.repair.add(
          new Change.Put(stored.state().orElseThrow(), seen.asOf(), Observation.Source.READ));
    }
  }

  private static SortedMap<String, String> texts(String field, String text) {
    return new TreeMap<>(Map.of(field, text));
  }

  private boolean eventsWait(String lane) {
    return inbox.events(EventFilter.ALL.withLane(lane), Optional.empty(), RECENT).stream()
        .anyMatch(event -> WAITING.contains(event.status()));
  }

  /** Where events of an object may wait: under its customer if it names one, else under its own id. */
  private Set<String> lanes(Observation seen) {
    Set<String> lanes = new HashSet<>();
    lanes.add(seen.object().id());
    lanes.add(seen.subject().value());
    customer(seen.state()).ifPresent(lanes::add);
    ObjectRef payment = new ObjectRef(ObjectKind.PAYMENT_INTENT, seen.subject().value());
    if (OF_PAYMENTS.contains(seen.object().kind())) {
      customer(stored(payment, seen.subject())).ifPresent(lanes::add);
    }
    return lanes;
  }

  private static Optional<String> customer(Optional<ProviderObject> state) {
    if (state.isEmpty()) {
      return Optional.empty();
    }
    if (state.get() instanceof PaymentIntent payment) {
      return payment.customerId();
    }
    if (state.get() instanceof SetupIntent setup) {
      return setup.customerId();
    }
    return state.get() instanceof PromotionCode code ? code.customerId() : Optional.empty();
  }

  private Optional<ProviderObject> stored(ObjectRef object, SubjectId subject) {
    return Optional.ofNullable(load(subject, Set.of(object)).rows().get(object))
        .flatMap(StoredObject::state);
  }

  private SubjectState load(SubjectId subject, Set<ObjectRef> objects) {
    return projections
        .store()
        .load(List.of(new SubjectQuery(subject, objects, Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }

  private static Set<String> contradicted(SubjectState known, List<Observation> held) {
    Set<String> contradicted = new HashSet<>();
    for (Observation seen : held) {
      boolean storedAsFinal = Optional.ofNullable(known.rows().get(seen.object()))
          .filter(row -> row.state().map(ProviderObject::terminal).orElse(true))
          .isPresent();
      if (storedAsFinal && seen.state().filter(state -> !state.terminal()).isPresent()) {
        contradicted.add(name(seen.object()));
      }
    }
    return contradicted;
  }
}
