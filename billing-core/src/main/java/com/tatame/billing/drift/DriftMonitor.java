package com.tatame.billing.drift;

import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.inbox.ReadBudget;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.RowChange;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Compares what is stored with what the provider holds, customer by customer and round and round, as
 * far as the budget of reads goes. What differs is looked at again some minutes later, since its
 * event may be on its way, and only then believed.
 */
public final class DriftMonitor {
  /** How much later a difference is looked at again. */
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

  /**
   * Wires the use cases.
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
  }

  /**
   * Does one turn.
   *
   * @param position where the last one ended
   * @return where this one ended
   */
  public Optional<String> from(Optional<String> position) {
    if (policy == DriftPolicy.OFF) {
      return position;
    }
    DriftPosition before = DriftPosition.parse(position.orElse(""));
    List<DriftPosition.Suspect> suspects = lookAgain(before.suspects());
    Optional<String> last = before.after();
    List<String> slice = store.customers(last, SLICE);
    for (String customer : slice) {
      if (!affordable()) {
        return Optional.of(new DriftPosition(last, suspects).text());
      }
      if (comparison.of(customer) instanceof Comparison.Different) {
        suspects.add(new DriftPosition.Suspect(customer, wallClock.instant()));
      }
      last = Optional.of(customer);
    }
    Optional<String> next = slice.size() < SLICE ? Optional.empty() : last;
    return Optional.of(new DriftPosition(next, suspects).text());
  }

  private boolean affordable() {
    return budget.tryTake(ObjectKind.CUSTOMER, ReadPriority.ROUTINE)
        && budget.tryTake(ObjectKind.SUBSCRIPTION, ReadPriority.ROUTINE)
        && budget.tryTake(ObjectKind.INVOICE, ReadPriority.ROUTINE);
  }

  private List<DriftPosition.Suspect> lookAgain(List<DriftPosition.Suspect> suspects) {
    List<DriftPosition.Suspect> left = new ArrayList<>();
    for (DriftPosition.Suspect suspect : suspects) {
      boolean due = !suspect.since().plus(GRACE).isAfter(wallClock.instant());
      if (!due || !affordable()) {
        left.add(suspect);
      } else if (comparison.of(suspect.customerId()) instanceof Comparison.Different different) {
        believe(suspect.customerId(), different);
      }
    }
    return left;
  }

  private void believe(String customerId, Comparison.Different different) {
    for (RowChange row : different.rows()) {
      Drift.Cause cause = causes.of(customerId, row, different);
      LOG.log(
          Level.WARNING,
          "{0} {1} differs from what the provider holds: {2}",
          row.kind(),
          row.id(),
          cause.code());
      store.report(new Drift(
          "drift_" + Long.toHexString(random.nextLong()),
          customerId,
          row,
          cause,
          wallClock.instant(),
          Optional.empty(),
          Optional.empty()));
    }
    if (policy == DriftPolicy.REPAIR && different.repair()) {
      store.repaired(customerId, MONITOR, wallClock.instant());
    }
  }

  /** Reported differences, as {@link DriftStore#list}. */
  public List<Drift> list(boolean open, Optional<String> before, int limit) {
    return store.list(open, before, limit);
  }

  /** When all that is stored of a customer was last equal to what the provider holds. */
  public Optional<Instant> provenAt(String customerId) {
    return store.provenAt(customerId);
  }

  /**
   * Takes over what the provider holds of the customer, now.
   *
   * @param by who asked for it, for the record
   * @throws NotFound if there is no such difference
   * @throws Conflict if the customer changes at this moment, or events of it wait to be processed
   */
  public Drift repair(String id, String by) {
    Drift drift = find(id);
    if (drift.repairedAt().isPresent()) {
      return drift;
    }
    Comparison.Result result = comparison.of(drift.customerId());
    boolean repaired = result instanceof Comparison.Equal
        || (result instanceof Comparison.Different different && different.repair());
    if (!repaired) {
      throw Conflict.inProgress(
          TRY_AGAIN, "The customer is being changed at this moment; try again soon.");
    }
    store.repaired(drift.customerId(), by, wallClock.instant());
    return find(id);
  }

  private Drift find(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("drift", id));
  }
}
