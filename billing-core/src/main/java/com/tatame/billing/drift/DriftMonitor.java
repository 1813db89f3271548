package com.tatame.billing.drift;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.inbox.ReadBudget;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.RowChange;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Compares what is stored with what the provider holds, in two rounds that go on side by side: customer
 * by customer, and object by object for what belongs to no customer. Both go as far as the budget of
 * reads allows. What differs is compared again some minutes later, since its event may be on its way;
 * only then it is listed. Thread-safe.
 */
public final class DriftMonitor {
  /** How much later a difference is compared again. */
  static final Duration GRACE = Duration.ofMinutes(5);

  private static final Logger LOG = System.getLogger(DriftMonitor.class.getName());
  private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
  private static final int SLICE = 100;
  private static final String MONITOR = "monitor";

  private final DriftStore store;
  private final Comparison comparison;
  private final DriftCauses causes;
  private final ReadBudget budget;
  private final DriftPolicy policy;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final Walk customers;
  private final Walk objects;

  /**
   * Makes a monitor.
   *
   * @param policy {@link DriftPolicy#OFF} leaves repairs on request possible
   */
  public DriftMonitor(
      DriftStore store,
      Comparison comparison,
      DriftCauses causes,
      ReadBudget budget,
      DriftPolicy policy,
      InstantSource wallClock,
      RandomGenerator random) {
    this.store = store;
    this.comparison = comparison;
    this.causes = causes;
    this.budget = budget;
    this.policy = policy;
    this.wallClock = wallClock;
    this.random = random;
    customers = new CustomerWalk(store, comparison);
    objects = new ObjectWalk(store, comparison);
  }

  /**
   * Compares the next page of customers.
   *
   * @param position where the last call ended
   * @return where this one ended
   */
  public Optional<String> customersFrom(Optional<String> position) {
    return walk(customers, position);
  }

  /**
   * Compares the next page of objects of which no customer's comparison knows.
   *
   * @param position where the last call ended
   * @return where this one ended
   */
  public Optional<String> objectsFrom(Optional<String> position) {
    return walk(objects, position);
  }

  private Optional<String> walk(Walk walk, Optional<String> position) {
    if (policy == DriftPolicy.OFF) {
      return position;
    }
    DriftPosition before = DriftPosition.parse(position.orElse(""));
    boolean anyOpen = store.open() > 0;
    List<DriftPosition.Suspect> suspects = compareAgain(walk, before.suspects());
    Optional<String> last = before.after();
    List<Walk.Step> page = walk.page(last, SLICE);
    for (Walk.Step step : page) {
      if (!affordable(step)) {
        return Optional.of(new DriftPosition(last, suspects).text());
      }
      if (anyOpen || !step.kinds().isEmpty()) {
        ComparisonResult result = walk.compare(step.key());
        if (anyOpen) {
          closeEqual(result, MONITOR, Optional.empty());
        }
        if (result instanceof Differences) {
          suspects.add(new DriftPosition.Suspect(step.key(), wallClock.instant()));
        }
      }
      last = Optional.of(step.key());
    }
    Optional<String> next = page.size() < SLICE ? Optional.empty() : last;
    return Optional.of(new DriftPosition(next, suspects).text());
  }

  private boolean affordable(Walk.Step step) {
    return step.kinds().stream()
        .sorted()
        .allMatch(kind -> budget.tryTake(kind, ReadPriority.ROUTINE));
  }

  private List<DriftPosition.Suspect> compareAgain(
      Walk walk, List<DriftPosition.Suspect> suspects) {
    List<DriftPosition.Suspect> left = new ArrayList<>();
    for (DriftPosition.Suspect suspect : suspects) {
      boolean due = !suspect.since().plus(GRACE).isAfter(wallClock.instant());
      Optional<Walk.Step> step = due ? walk.step(suspect.key()) : Optional.empty();
      if (!due || !step.map(this::affordable).orElse(true)) {
        left.add(suspect);
      } else if (step.isPresent() && walk.compare(suspect.key()) instanceof Differences different) {
        believe(different);
      }
    }
    return left;
  }

  private void believe(Differences different) {
    String owner = different.subject().value();
    for (RowChange row : different.rows()) {
      Drift.Cause cause = causes.of(owner, row, different);
      LOG.log(
          Level.WARNING,
          "{0} {1} differs from what the provider holds: {2}",
          row.kind(),
          row.id(),
          cause.code());
      store.report(new Drift(
          "drift_" + Long.toHexString(random.nextLong()),
          owner,
          row,
          cause,
          wallClock.instant(),
          Optional.empty(),
          Optional.empty()));
    }
    if (policy == DriftPolicy.REPAIR) {
      close(owner, comparison.repair(different), MONITOR, Optional.empty());
    }
  }

  /** What was found equal again needs no repair any more. */
  private void closeEqual(ComparisonResult result, String by, Optional<AuditEntry> audit) {
    if (result instanceof ComparisonResult.Equal equal) {
      close(equal.subject().value(), equal.compared(), by, audit);
    } else if (result instanceof Differences different) {
      Set<String> equal = new HashSet<>(different.compared());
      equal.removeIf(different::differs);
      close(different.subject().value(), equal, by, audit);
    }
  }

  private void close(String owner, Set<String> rows, String by, Optional<AuditEntry> audit) {
    if (rows.isEmpty()) {
      return;
    }
    List<String> ids = store.openOf(owner).stream()
        .filter(open -> rows.contains(RowNames.of(open.difference())))
        .map(Drift::id)
        .toList();
    if (!ids.isEmpty()) {
      store.repaired(ids, by, wallClock.instant(), audit);
    }
  }

  /** Reported differences, as {@link DriftStore#list}. */
  public List<Drift> list(boolean open, Optional<String> before, int limit) {
    return store.list(open, before, limit);
  }

  /** How many reported differences are open. */
  public long open() {
    return store.open();
  }

  /** When all that is stored of a customer was last equal to what the provider holds. */
  public Optional<Instant> provenAt(String customerId) {
    return store.provenAt(customerId);
  }

  /**
   * Takes over what the provider holds of the customer, or of the object that belongs to none, now.
   *
   * @param by who asked for it, for the record
   * @throws NotFound if there is no such difference
   * @throws Conflict if the customer changes at this moment, or events of it wait to be processed; or
   *     if no repair mends it, since the customer's link is in doubt or a row can't be read
   */
  public Drift repair(String id, String by) {
    Drift drift = find(id);
    if (drift.repairedAt().isPresent()) {
      return drift;
    }
    ComparisonResult result = compare(drift);
    Optional<AuditEntry> audit = Optional.of(repaired(drift));
    closeEqual(result, by, audit);
    if (result instanceof Differences different) {
      close(drift.customerId(), comparison.repair(different), by, audit);
    }
    Drift after = find(id);
    if (after.repairedAt().isPresent()) {
      return after;
    }
    if (result instanceof Differences different && !different.mends(drift.difference())) {
      throw Conflict.because("No repair mends this difference: its cause is "
          + different.cause(drift.difference()).orElse(drift.cause()).code()
          + ". Correct the link, or the customer's metadata at the provider.");
    }
    throw Conflict.inProgress(
        TRY_AGAIN, "The customer is being changed at this moment; try again soon.");
  }

  private AuditEntry repaired(Drift drift) {
    return AuditEntry.of(
        wallClock.instant(),
        AuditAction.REPAIR_DRIFT.code(),
        Optional.empty(),
        drift.id(),
        AuditChange.changed(
            Map.of("repaired", "false"),
            Map.of(
                "repaired",
                "true",
                "customer",
                drift.customerId(),
                "kind",
                drift.difference().kind(),
                "object",
                drift.difference().id())));
  }

  // A row that is missing here is found by its customer alone.
  private ComparisonResult compare(Drift drift) {
    return RowNames.objectOf(drift.difference())
        .flatMap(store::object)
        .filter(ObjectWalk::comparesAlone)
        .map(comparison::of)
        .orElseGet(() -> customers.compare(drift.customerId()));
  }

  private Drift find(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("drift", id));
  }
}
