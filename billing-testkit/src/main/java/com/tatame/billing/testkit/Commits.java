package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The steps of a worker, as short as the contracts need them. */
final class Commits {
  static final Duration LEASE = Duration.ofMinutes(5);

  private Commits() {}

  /** An account and its customer. */
  record Linked(AccountId account, String customerId) {
    SubjectId subject() {
      return new SubjectId(customerId);
    }
  }

  /** One event that a claim holds. */
  record Held(ClaimId claim, ClaimedEvent event) {}

  static SubjectId aCustomer() {
    return new SubjectId(Ids.next("cus"));
  }

  static Linked aLinkedCustomer(BillingStore store, Instant now) {
    Linked linked = new Linked(Ids.account(), Ids.next("cus"));
    apply(
        store,
        linked.subject(),
        now,
        List.of(
            put(ACustomer.of(linked.account(), linked.customerId(), now), now),
            new Change.Link(linked.account(), linked.customerId(), now)));
    return linked;
  }

  static Held aHeldEvent(BillingStore store, Instant now) {
    return heldEvents(store, 1, now).get(0);
  }

  /** Events under one claim. */
  static List<Held> heldEvents(BillingStore store, int count, Instant now) {
    Sweep.inbox(store);
    List<ReceivedEvent> events = AnEvent.several(count, now);
    store.inbox().ingest(events, now);
    ClaimId claim = Ids.claim();
    List<ClaimedEvent> claimed = store.inbox().claim(claim, count, now, LEASE);
    assertThat(claimed).hasSize(count);
    return claimed.stream().map(event -> new Held(claim, event)).toList();
  }

  static Change.Put put(ProviderObject state, Instant asOf) {
    return new Change.Put(state, asOf, Source.READ);
  }

  static SubjectState known(BillingStore store, SubjectId subject, ObjectRef... objects) {
    return known(store, new SubjectQuery(subject, Set.of(objects), Set.of()));
  }

  static SubjectState known(BillingStore store, SubjectQuery wanted) {
    SubjectState known = store.projections().load(List.of(wanted)).get(wanted.subject());
    return known == null ? noEntryFor(wanted.subject()) : known;
  }

  private static SubjectState noEntryFor(SubjectId subject) {
    throw new AssertionError("load gave no entry for " + subject);
  }

  static long version(BillingStore store, SubjectId subject) {
    return known(store, subject).version();
  }

  static Unit unit(SubjectId subject, long version, Change... changes) {
    return new Unit(subject, version, Optional.empty(), Set.of(), List.of(changes));
  }

  static Unit unit(SubjectId subject, long version, Held held, Change... changes) {
    return new Unit(
        subject, version, Optional.of(held.claim()), Set.of(held.event().seq()), List.of(changes));
  }

  static CommitResult commit(BillingStore store, Unit unit, Instant now) {
    List<CommitResult> results = store.projections().commit(List.of(unit), now);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  /** Loads and commits, and insists that it was applied. */
  static void apply(BillingStore store, SubjectId subject, Instant now, List<Change> changes) {
    Unit unit = new Unit(subject, version(store, subject), Optional.empty(), Set.of(), changes);
    assertThat(commit(store, unit, now)).isEqualTo(new CommitResult.Applied());
  }

  static Change.Entitle entitle(AccountEntitlement entitlement, Instant now) {
    return new Change.Entitle(new RecordedEntitlement(entitlement, now));
  }

  /** Stores each object under its own subject. */
  static void store(BillingStore store, Instant now, ProviderObject... objects) {
    List<Unit> units = Stream.of(objects)
        .map(object -> unit(object.subject(), 0, put(object, now)))
        .toList();
    assertThat(store.projections().commit(units, now))
        .hasSize(objects.length)
        .containsOnly(new CommitResult.Applied());
  }
}
