package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is stored about a subject at one version.
 *
 * @param facts keys of facts that are stored, though not all
 * @param owed reads that are owed, though not all
 */
record CachedSubject(
    SubjectState known, Set<String> facts, Map<ObjectRef, Change.RequireRead> owed) {
  private static final int MAX_FACTS = 64;

  /**
   * Those whose subject is the same for as long as they live, so that its version tells of every
   * change of them. What changes hands is asked for each time.
   */
  private static final Set<ObjectKind> VERSIONED_KINDS =
      EnumSet.of(ObjectKind.CUSTOMER, ObjectKind.SUBSCRIPTION, ObjectKind.INVOICE);

  static CachedSubject loaded(SubjectState known) {
    return new CachedSubject(known, Set.of(), Map.of());
  }

  boolean answers(SubjectQuery wanted) {
    return wanted.objects().stream()
            .allMatch(object ->
                VERSIONED_KINDS.contains(object.kind()) && known.rows().containsKey(object))
        && (wanted.accounts().isEmpty() || known.linked().isPresent());
  }

  /** The unit without what would change nothing, since it is stored. */
  Unit unstoredOf(Unit unit) {
    List<Change> unstored =
        unit.changes().stream().filter(change -> !knows(change)).toList();
    return new Unit(unit.subject(), unit.expectedVersion(), unit.claim(), unit.events(), unstored);
  }

  private boolean knows(Change change) {
    if (change instanceof Change.Append append) {
      return facts.contains(append.fact().key());
    } else if (change instanceof Change.RequireRead read) {
      Change.RequireRead before = owed.get(read.object());
      return before != null
          && before.priority().compareTo(read.priority()) <= 0
          && !before.since().isAfter(read.since());
    }
    return false;
  }

  /** What it is at the next version. */
  CachedSubject after(List<Change> changes) {
    Map<ObjectRef, StoredObject> rows = new HashMap<>(known.rows());
    Optional<AccountId> linked = known.linked();
    Optional<RecordedEntitlement> recorded = known.recorded();
    Set<String> storedFacts = facts.size() > MAX_FACTS ? new HashSet<>() : new HashSet<>(facts);
    Map<ObjectRef, Change.RequireRead> due = new HashMap<>(owed);
    for (Change change : changes) {
      if (change instanceof Change.Put put) {
        rows.put(
            put.state().ref(),
            new StoredObject(Optional.of(put.state()), put.asOf(), put.source()));
      } else if (change instanceof Change.Tombstone tombstone) {
        rows.put(
            tombstone.object(),
            new StoredObject(Optional.empty(), tombstone.asOf(), tombstone.source()));
      } else if (change instanceof Change.Link link) {
        linked = Optional.of(link.account());
      } else if (change instanceof Change.Entitle entitle) {
        recorded = Optional.of(entitle.recorded());
      } else if (change instanceof Change.Append append) {
        storedFacts.add(append.fact().key());
      } else if (change instanceof Change.RequireRead read) {
        due.put(read.object(), read);
      } else if (change instanceof Change.SettleRead settled) {
        due.remove(settled.object());
      }
    }
    rows.entrySet().removeIf(row -> !isLoadedAlways(row.getKey(), row.getValue()));
    due.keySet().removeIf(object -> !VERSIONED_KINDS.contains(object.kind()));
    return new CachedSubject(
        new SubjectState(
            known.subject(), known.version() + 1, rows, linked, known.customerOf(), recorded),
        storedFacts,
        due);
  }

  // All else would only become many.
  private static boolean isLoadedAlways(ObjectRef object, StoredObject row) {
    return switch (object.kind()) {
      case CUSTOMER, SUBSCRIPTION -> true;
      case INVOICE ->
        row.state()
            .filter(state -> ((Invoice) state).status() == InvoiceStatus.OPEN)
            .isPresent();
      default -> false;
    };
  }
}
