package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.cache.SubjectCache;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.Projector;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnInvoice;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Nodes with a subject cache, and one without, see the same observations: all ends as if there
 * were no cache.
 */
class SubjectCacheProperties {
  private static final int WORLDS = 400;
  private static final int STEPS = 60;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant NOW = START.plusSeconds(86_400);
  private static final AccountId ADA = new AccountId("user_ada");
  private static final List<SubscriptionStatus> STATUSES = List.of(SubscriptionStatus.values());

  private final Projector projector = new Projector(ACatalog.freeBasicAndPro());
  private int overtaken;
  private int loads;
  private int asked;

  @Test
  void allEndsAsIfNobodyRememberedAnything() {
    long seed = System.nanoTime();
    for (int world = 0; world < WORLDS; world++) {
      run(new Random(seed + world), "seed " + (seed + world));
    }
    assertThat(overtaken).as("commits of what was out of date").isGreaterThan(WORLDS);
    assertThat(asked).as("loads that asked the store").isLessThan(loads * 3 / 4);
  }

  private void run(Random random, String why) {
    BillingStore twin = new InMemoryBillingStore();
    BillingStore store = new InMemoryBillingStore();
    Counted counted = new Counted(store.projections());
    List<ProjectionStore> nodes =
        List.of(new SubjectCache().over(counted), new SubjectCache().over(counted), counted);
    Set<ObjectRef> announced = new HashSet<>();
    ProjectionStore node = counted;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(6) == 0) {
        node = nodes.get(random.nextInt(nodes.size()));
      }
      Observation seen = observation(random, step);
      announced.add(seen.object());
      apply(node, seen);
      apply(twin.projections(), seen);
      loads--;

      String when = why + ", step " + step + ": " + seen;
      SubjectQuery all = new SubjectQuery(seen.subject(), announced, Set.of(ADA));
      assertThat(store.projections().load(List.of(all)))
          .as(when)
          .isEqualTo(twin.projections().load(List.of(all)));
      assertThat(store.projections().pendingReads(100))
          .as(when)
          .isEqualTo(twin.projections().pendingReads(100));
      assertThat(store.billingEvents().list(ADA, BillingEventFilter.ALL, Optional.empty(), 100))
          .as(when)
          .isEqualTo(twin.billingEvents().list(ADA, BillingEventFilter.ALL, Optional.empty(), 100));
    }
    asked += counted.loads;
  }

  // As workers do: who was overtaken loads again.
  private void apply(ProjectionStore node, Observation seen) {
    CommitResult result = new CommitResult.Stale();
    while (!(result instanceof CommitResult.Applied)) {
      loads++;
      SubjectState known = node.load(projector.wanted(List.of(seen)))
          .getOrDefault(seen.subject(), SubjectState.nothing(seen.subject()));
      Unit unit = new Unit(
          seen.subject(),
          known.version(),
          Optional.empty(),
          Set.of(),
          projector.project(known, List.of(seen), NOW).changes());
      result = node.commit(List.of(unit), NOW).get(0);
      if (result instanceof CommitResult.Stale) {
        overtaken++;
      }
    }
  }

  private static Observation observation(Random random, int step) {
    ProviderObject state = state(random);
    Instant asOf = START.plusSeconds(random.nextInt(STEPS));
    String event = "evt_" + step;
    SubjectId subject = state.subject();
    return switch (random.nextInt(12)) {
      case 0 -> Observation.read(state, asOf);
      case 1 -> Observation.touched(state.ref(), subject, asOf, event);
      case 2 -> Observation.unreadable(state.ref(), subject, asOf, "odd", event);
      case 3 ->
        state.kind() == ObjectKind.CUSTOMER
            ? Observation.snapshot(state, asOf, event)
            : Observation.deleted(state.ref(), subject, asOf, event);
      default -> Observation.snapshot(state, asOf, event);
    };
  }

  private static ProviderObject state(Random random) {
    String number = "_" + random.nextInt(3);
    return switch (random.nextInt(4)) {
      case 0 ->
        random.nextBoolean()
            ? ACustomer.of(ADA, "cus_ada", START)
            : ACustomer.ofNobody("cus_ada", START);
      case 1 ->
        (random.nextBoolean() ? AnInvoice.open("cus_ada", START) : AnInvoice.paid("cus_ada", START))
            .withId("in" + number)
            .forSubscription("sub" + number)
            .afterAttempts(random.nextInt(2))
            .build();
      default ->
        ASubscription.of("cus_ada", STATUSES.get(random.nextInt(STATUSES.size())), START)
            .withId("sub" + number)
            .build();
    };
  }

  private static final class Counted implements ProjectionStore {
    private final ProjectionStore store;
    private int loads;

    Counted(ProjectionStore store) {
      this.store = store;
    }

    @Override
    public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
      loads++;
      return store.load(wanted);
    }

    @Override
    public List<CommitResult> commit(List<Unit> units, Instant now) {
      return store.commit(units, now);
    }

    @Override
    public List<PendingRead> pendingReads(int limit) {
      return store.pendingReads(limit);
    }
  }
}
