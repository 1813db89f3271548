package com.tatame.billing.cache;

import static com.tatame.billing.projection.SubscriptionFixture.ALICE;
import static com.tatame.billing.projection.SubscriptionFixture.CUSTOMER;
import static com.tatame.billing.projection.SubscriptionFixture.START;
import static com.tatame.billing.projection.SubscriptionFixture.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.PendingRead;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.StoredObject;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubjectCacheTest {
  private static final SubjectId SUBJECT = new SubjectId(CUSTOMER);
  private static final Subscription SUBSCRIPTION =
      subscription("sub_1", "pro", SubscriptionStatus.ACTIVE);

  private final Versions versions = new Versions();
  private final SubjectCache subjects = new SubjectCache();
  private final ProjectionStore store = subjects.over(versions);

  @Test
  void whatWasCommittedIsNotAskedFor() {
    assertThat(load(SUBSCRIPTION.ref()).version()).isZero();
    assertThat(commit(0, put())).isInstanceOf(CommitResult.Applied.class);
    versions.asked.clear();

    SubjectState known = load(SUBSCRIPTION.ref());

    assertThat(versions.asked).isEmpty();
    assertThat(known.version()).isEqualTo(1);
    assertThat(known.rows())
        .containsExactly(Map.entry(
            SUBSCRIPTION.ref(),
            new StoredObject(Optional.of(SUBSCRIPTION), START, Observation.Source.SNAPSHOT)));
  }

  @Test
  void objectThatIsNotCachedIsLoaded() {
    cached();

    load(new ObjectRef(ObjectKind.SUBSCRIPTION, "sub_2"));

    assertThat(versions.asked).containsExactly(SUBJECT);
  }

  @Test
  void whatChangesHandsIsAskedForEachTime() {
    ObjectRef card = new ObjectRef(ObjectKind.PAYMENT_METHOD, "pm_1");
    cached();

    load(card);
    load(card);

    assertThat(versions.asked).containsExactly(SUBJECT, SUBJECT);
  }

  @Test
  void whoseCustomerAnAccountHasIsAskedForUntilThereIsALink() {
    cached();
    SubjectQuery linking = new SubjectQuery(SUBJECT, Set.of(SUBSCRIPTION.ref()), Set.of(ALICE));

    load(linking);
    assertThat(versions.asked).containsExactly(SUBJECT);
    commit(1, new Change.Link(ALICE, CUSTOMER, START));
    versions.asked.clear();

    assertThat(load(linking).linked()).contains(ALICE);
    assertThat(versions.asked).isEmpty();
  }

  @Test
  void whatIsKnownToBeStoredIsNotStoredAgain() {
    Change owed = new Change.RequireRead(SUBSCRIPTION.ref(), ReadPriority.ENTITLING, START);
    cached();
    commit(1, owed);

    commit(2, owed, put());

    assertThat(versions.written).containsExactly(owed, put());
  }

  @Test
  void aRefusedCommitMakesItForget() {
    cached();
    versions.of.put(SUBJECT, 7L);

    assertThat(commit(1, put())).isInstanceOf(CommitResult.Stale.class);

    assertThat(load(SUBSCRIPTION.ref()).version()).isEqualTo(7);
  }

  @Test
  void whoIsOftenOutOfDateAsksForAWhile() {
    cached();
    int mistakes = 2 * SubjectCache.BYPASS_AT / SubjectCache.PENALTY;
    for (int i = 0; i < mistakes; i++) {
      commit(99, put());
    }
    cached();

    int asked = 0;
    while (asksAgain()) {
      asked++;
    }

    assertThat(asked).isBetween(SubjectCache.BYPASS_AT / 2, SubjectCache.BYPASS_AT);
  }

  @Test
  void itHoldsSoManyAndNoMore() {
    for (int i = 0; i <= SubjectCache.MAX_SUBJECTS; i++) {
      store.load(List.of(new SubjectQuery(new SubjectId("cus_many_" + i), Set.of(), Set.of())));
    }
    versions.asked.clear();

    store.load(List.of(new SubjectQuery(new SubjectId("cus_many_0"), Set.of(), Set.of())));
    store.load(List.of(new SubjectQuery(
        new SubjectId("cus_many_" + SubjectCache.MAX_SUBJECTS), Set.of(), Set.of())));

    assertThat(versions.asked).containsExactly(new SubjectId("cus_many_0"));
  }

  private boolean asksAgain() {
    versions.asked.clear();
    load(SUBSCRIPTION.ref());
    return !versions.asked.isEmpty();
  }

  /** The subscription, at version 1 unless the store says otherwise. */
  private void cached() {
    versions.of.putIfAbsent(SUBJECT, 1L);
    versions.rows.put(
        SUBSCRIPTION.ref(),
        new StoredObject(Optional.of(SUBSCRIPTION), START, Observation.Source.SNAPSHOT));
    load(SUBSCRIPTION.ref());
    versions.asked.clear();
  }

  private static Change put() {
    return new Change.Put(SUBSCRIPTION, START, Observation.Source.SNAPSHOT);
  }

  private SubjectState load(ObjectRef object) {
    return load(new SubjectQuery(SUBJECT, Set.of(object), Set.of()));
  }

  private SubjectState load(SubjectQuery wanted) {
    return store.load(List.of(wanted)).getOrDefault(SUBJECT, SubjectState.nothing(SUBJECT));
  }

  private CommitResult commit(long version, Change... changes) {
    Unit unit = new Unit(SUBJECT, version, Optional.empty(), Set.of(), List.of(changes));
    return store.commit(List.of(unit), START).get(0);
  }

  /** Only what a memory has to do with: versions, and who asks. */
  private static final class Versions implements ProjectionStore {
    final Map<SubjectId, Long> of = new HashMap<>();
    final Map<ObjectRef, StoredObject> rows = new HashMap<>();
    final List<SubjectId> asked = new ArrayList<>();
    final List<Change> written = new ArrayList<>();

    @Override
    public Map<SubjectId, SubjectState> load(Collection<SubjectQuery> wanted) {
      Map<SubjectId, SubjectState> known = new HashMap<>();
      for (SubjectQuery each : wanted) {
        SubjectId subject = each.subject();
        asked.add(subject);
        known.put(
            subject,
            new SubjectState(
                subject,
                of.getOrDefault(subject, 0L),
                rows,
                Optional.empty(),
                Map.of(),
                Optional.empty()));
      }
      return known;
    }

    @Override
    public List<CommitResult> commit(List<Unit> units, Instant now) {
      List<CommitResult> results = new ArrayList<>();
      for (Unit unit : units) {
        if (of.getOrDefault(unit.subject(), 0L) == unit.expectedVersion()) {
          of.merge(unit.subject(), 1L, Long::sum);
          written.addAll(unit.changes());
          results.add(new CommitResult.Applied());
        } else {
          results.add(new CommitResult.Stale());
        }
      }
      return results;
    }

    @Override
    public List<PendingRead> pendingReads(int limit) {
      return List.of();
    }
  }
}
