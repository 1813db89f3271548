package com.tatame.billing.drift;

import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Projection;
import com.tatame.billing.projection.Projections;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.projection.UnreadableRow;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  /** Of a coupon or promotion code: the provider sends no event when one is redeemed. */
  private static final Set<String> UNANNOUNCED = Set.of("timesRedeemed");

  private final DriftStore drift;
  private final Projections projections;
  private final ObjectReads reads;
  private final ProviderState providerState;
  private final StoredRows stored;
  private final WaitingEvents waiting;
  private final LinkComparison links;

  public Comparison(
      DriftStore drift,
      InboxStore inbox,
      Projections projections,
      ObjectReads reads,
      ProviderState providerState) {
    this.drift = drift;
    this.projections = projections;
    this.reads = reads;
    this.providerState = providerState;
    stored = new StoredRows(projections);
    waiting = new WaitingEvents(inbox, stored);
    links = new LinkComparison(stored);
  }

  /**
   * Compares a customer, its subscriptions and invoices, its link and what its subscriptions entitle
   * to.
   *
   * @throws StoreUnavailable if the store can't be asked; the provider's failures are a result
   */
  ComparisonResult of(String customerId) {
    SubjectId subject = new SubjectId(customerId);
    return guarded(
        new ObjectRef(ObjectKind.CUSTOMER, customerId), subject, () -> customer(subject));
  }

  /**
   * Compares one object.
   *
   * @throws StoreUnavailable if the store can't be asked; the provider's failures are a result
   */
  ComparisonResult of(MirroredObject row) {
    return guarded(row.object(), row.subject(), () -> object(row));
  }

  // One row that can't be read must not keep all others from being compared.
  private ComparisonResult guarded(
      ObjectRef object, SubjectId subject, Supplier<ComparisonResult> comparison) {
    try {
      return comparison.get();
    } catch (StoreUnavailable e) {
      throw e;
    } catch (UnreadableRow e) {
      return guarded(e.object(), e.subject(), () -> unreadable(e));
    } catch (BillingException e) {
      LOG.log(Level.INFO, "{0} can''t be compared now: {1}", RowNames.of(object), e.code());
      return new ComparisonResult.Unknown();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, RowNames.of(object) + " can't be compared", e);
      Differences differences = new Differences(SubjectState.nothing(subject), List.of());
      differences.addLasting(
          unreadable(object, e.getClass().getSimpleName()), Drift.Cause.UNREADABLE);
      return differences;
    }
  }

  private ComparisonResult customer(SubjectId subject) {
    // The version is loaded before anything is read, as for every read that may be committed. A row
    // that can't be read shows here: the events that wait fail because of it.
    ObjectRef customer = new ObjectRef(ObjectKind.CUSTOMER, subject.value());
    SubjectState before = stored.load(subject, Set.of(customer));
    if (waiting.in(subject.value())) {
      return new ComparisonResult.Unknown();
    }
    List<Observation> held = providerState.beside(before, List.of(reads.read(customer, subject)));
    SubjectState known =
        projections.load(held).getOrDefault(subject, SubjectState.nothing(subject));
    if (known.version() != before.version() || !ProviderState.allOf(subject, held)) {
      return new ComparisonResult.Unknown();
    }
    Differences differences = compared(known, held, projections.reconcile(known, held));
    differences.comparedWholeCustomer();
    known.rows().keySet().forEach(object -> differences.comparedAlso(RowNames.of(object)));
    known
        .linked()
        .ifPresent(account ->
            differences.comparedAlso(RowNames.of(RowNames.ENTITLEMENT, account.value())));
    links.compare(known, held, differences);
    if (differences.isEmpty()) {
      drift.prove(subject.value(), projections.clocks().wallNow());
      return new ComparisonResult.Equal(subject, differences.compared());
    }
    return differences;
  }

  private ComparisonResult object(MirroredObject row) {
    if (row.withCustomer() && isLinkInDoubt(row.subject())) {
      // Which account its columns ought to name, a person decides first.
      return new ComparisonResult.Unknown();
    }
    SubjectId subject = row.subject();
    SubjectState before = stored.load(subject, Set.of(row.object()));
    Observation seen = reads.read(row.object(), subject);
    if (!seen.subject().equals(subject)) {
      // A commit needs the version of the right subject from before the read.
      subject = seen.subject();
      before = stored.load(subject, Set.of(row.object()));
      seen = reads.read(row.object(), subject);
    }
    SubjectState known =
        projections.load(List.of(seen)).getOrDefault(subject, SubjectState.nothing(subject));
    if (!seen.subject().equals(subject)
        || known.version() != before.version()
        || waiting.of(seen)) {
      return new ComparisonResult.Unknown();
    }
    List<Observation> held = List.of(seen);
    Differences differences =
        compared(known, held, links.entitledAsLinked(known, projections.reconcile(known, held)));
    compareColumns(row, seen, differences);
    if (differences.isEmpty()) {
      return new ComparisonResult.Equal(subject, differences.compared());
    }
    if (isUnannounced(differences.rows())) {
      return repair(differences).isEmpty()
          ? new ComparisonResult.Unknown()
          : new ComparisonResult.Equal(subject, differences.compared());
    }
    return differences;
  }

  private boolean isLinkInDoubt(SubjectId customer) {
    return of(customer.value()) instanceof Differences differences
        && differences.rows().stream().anyMatch(row -> row.kind().equals(RowNames.LINK));
  }

  private static boolean isUnannounced(List<RowChange> rows) {
    return rows.stream()
        .allMatch(row -> (row.kind().equals(ObjectKind.COUPON.code())
                || row.kind().equals(ObjectKind.PROMOTION_CODE.code()))
            && UNANNOUNCED.containsAll(row.before().keySet())
            && UNANNOUNCED.containsAll(row.after().keySet()));
  }

  /** The stored row is replaced without having been read. */
  private ComparisonResult unreadable(UnreadableRow row) {
    SubjectState known = new SubjectState(
        row.subject(), row.version(), Map.of(), Optional.empty(), Map.of(), Optional.empty());
    Observation seen = reads.read(row.object(), row.subject());
    // Links and entitlements follow from all rows of a customer, and are left to the next round.
    List<Change> repair = projections.reconcile(known, List.of(seen)).changes().stream()
        .filter(change -> change instanceof Change.Put || change instanceof Change.Tombstone)
        .toList();
    boolean understood = !repair.isEmpty() && seen.subject().equals(row.subject());
    Differences differences = new Differences(known, understood ? repair : List.of());
    RowChange difference = unreadable(row.object(), "this version can't read the stored row");
    if (understood) {
      differences.add(difference, Drift.Cause.UNREADABLE);
    } else {
      differences.addLasting(difference, Drift.Cause.UNREADABLE);
    }
    return differences;
  }

  private static RowChange unreadable(ObjectRef object, String reason) {
    return new RowChange(object.kind().code(), object.id(), unreadable(reason), new TreeMap<>());
  }

  private static SortedMap<String, String> unreadable(String reason) {
    return new TreeMap<>(Map.of("unreadable", reason));
  }

  private Differences compared(SubjectState known, List<Observation> held, Projection projection) {
    Differences differences = new Differences(known, projection.changes());
    Set<String> contradicted = contradicted(known, held);
    held.forEach(seen -> differences.comparedAlso(RowNames.of(seen.object())));
    for (RowChange row : RowChange.of(known, projection)) {
      if (contradicted.contains(RowNames.of(row))) {
        differences.add(row, Drift.Cause.CONTRADICTION);
      } else {
        differences.add(row);
      }
    }
    for (Observation seen : held) {
      if (seen.content() instanceof Observation.Unreadable content) {
        RowChange row = new RowChange(
            seen.object().kind().code(),
            seen.object().id(),
            new TreeMap<>(),
            unreadable(content.reason()));
        differences.addLasting(row, Drift.Cause.UNREADABLE);
      }
    }
    return differences;
  }

  private static void compareColumns(
      MirroredObject row, Observation seen, Differences differences) {
    SortedMap<String, String> before = new TreeMap<>();
    SortedMap<String, String> after = new TreeMap<>();
    for (MirroredObject.Copy copy : row.copies()) {
      copy.stored().ifPresent(text -> before.put(copy.column(), text));
      copy.derived().ifPresent(text -> after.put(copy.column(), text));
    }
    // A state that differs is replaced together with all columns that follow from it.
    if (!row.subject().equals(seen.subject()) && differences.isEmpty()) {
      before.put("subject", row.subject().value());
      after.put("subject", seen.subject().value());
    }
    differences.comparedAlso(RowNames.ofColumns(row.object()));
    if (seen.state().isEmpty() || (before.isEmpty() && after.isEmpty())) {
      return;
    }
    differences.add(
        new RowChange(RowNames.columnsKind(row.object()), row.object().id(), before, after),
        Drift.Cause.ROW_ALTERED);
    if (!differences.isRepairedBy(
        change -> change instanceof Change.Put put && put.state().ref().equals(row.object()))) {
      StoredObject stored =
          Optional.ofNullable(differences.known().rows().get(row.object())).orElseThrow();
      differences.repairBy(
          new Change.Put(stored.state().orElseThrow(), seen.asOf(), Observation.Source.READ));
    }
  }

  /**
   * Takes over what the provider holds, but for what needs a person.
   *
   * @return the names of the rows that are equal now; none if another writer changed the customer
   *     meanwhile
   */
  Set<String> repair(Differences differences) {
    List<Change> repair = differences.repair();
    if (repair.isEmpty()) {
      return Set.of();
    }
    SubjectState known = differences.known();
    Unit unit = new Unit(known.subject(), known.version(), Optional.empty(), Set.of(), repair);
    if (!(projections.commit(List.of(unit)).get(0) instanceof CommitResult.Applied)) {
      return Set.of();
    }
    if (differences.repairProvesCustomer()) {
      drift.prove(known.subject().value(), projections.clocks().wallNow());
    }
    return differences.equalAfterRepair();
  }

  private static Set<String> contradicted(SubjectState known, List<Observation> held) {
    Set<String> contradicted = new HashSet<>();
    for (Observation seen : held) {
      boolean storedAsFinal = Optional.ofNullable(known.rows().get(seen.object()))
          .filter(row -> row.state().map(ProviderObject::terminal).orElse(true))
          .isPresent();
      if (storedAsFinal && seen.state().filter(state -> !state.terminal()).isPresent()) {
        contradicted.add(RowNames.of(seen.object()));
      }
    }
    return contradicted;
  }
}
