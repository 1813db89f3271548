package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events that are applied in the commit that stores them. */
public interface ProjectedBatchContract extends StoreUnderTest {
  @Test
  default void anEventIsProcessedAsItIsStoredIfItsUnitIsApplied() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    SubjectId subject = new SubjectId(Ids.next("cus"));

    ProjectedBatch.Stored answer = store()
        .inbox()
        .ingestAndApply(batch(List.of(event), projected(subject, 0, now, event)), now);

    assertThat(answer).isEqualTo(new ProjectedBatch.Stored(Set.of(event.id()), Set.of()));
    assertThat(known(subject).version()).isEqualTo(1);
    assertThat(known(subject).rows()).hasSize(1);
    StoredEvent stored = store().inbox().find(event.id()).orElseThrow();
    assertThat(stored.event().status()).isEqualTo(EventStatus.PROCESSED);
    assertThat(stored.event().processedAt()).contains(now);
    assertThat(stored.event().receivedAt()).isEqualTo(now);
    assertThat(stored.payload()).contains(event.payload());
    assertThat(stored.history())
        .extracting(Attempt::outcome)
        .containsExactly(Attempt.Outcome.PROCESSED);
    assertThat(claim(now)).isEmpty();
  }

  @Test
  default void theEventsOfAStaleUnitWaitAndItsNeighboursAreApplied() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    SubjectId changed = new SubjectId(Ids.next("cus"));
    Commits.apply(store(), changed, now, List.of());
    SubjectId unchanged = new SubjectId(Ids.next("cus"));
    ReceivedEvent stale = AnEvent.at(now).build();
    ReceivedEvent applied = AnEvent.at(now).build();

    ProjectedBatch.Stored answer = store()
        .inbox()
        .ingestAndApply(
            batch(
                List.of(stale, applied),
                projected(changed, 0, now, stale),
                projected(unchanged, 0, now, applied)),
            now);

    assertThat(answer)
        .isEqualTo(new ProjectedBatch.Stored(Set.of(stale.id(), applied.id()), Set.of(stale.id())));
    assertThat(known(changed).rows()).isEmpty();
    assertThat(known(changed).version()).isEqualTo(1);
    assertThat(known(unchanged).rows()).hasSize(1);
    assertThat(claim(now)).extracting(ClaimedEvent::id).containsExactly(stale.id());
  }

  @Test
  default void unprojectedEventsWaitAndIgnoredOnesAreDone() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent puzzling = AnEvent.at(now).build();
    ReceivedEvent foreign = AnEvent.at(now).build();

    ProjectedBatch.Stored answer = store()
        .inbox()
        .ingestAndApply(
            new ProjectedBatch(
                List.of(puzzling, foreign), List.of(), Map.of(foreign.id(), "type not handled")),
            now);

    assertThat(answer)
        .isEqualTo(
            new ProjectedBatch.Stored(Set.of(puzzling.id(), foreign.id()), Set.of(puzzling.id())));
    assertThat(claim(now)).extracting(ClaimedEvent::id).containsExactly(puzzling.id());
    StoredEvent ignored = store().inbox().find(foreign.id()).orElseThrow();
    assertThat(ignored.event().status()).isEqualTo(EventStatus.IGNORED);
    assertThat(ignored.event().error()).contains("type not handled");
    assertThat(ignored.event().processedAt()).contains(now);
  }

  @Test
  default void anEventThatIsStoredAlreadyChangesNothingWhereverItStands() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent waiting = AnEvent.at(now).build();
    ReceivedEvent applied = AnEvent.at(now).build();
    SubjectId subject = new SubjectId(Ids.next("cus"));
    store().inbox().ingest(List.of(waiting), now);
    store()
        .inbox()
        .ingestAndApply(batch(List.of(applied), projected(subject, 0, now, applied)), now);

    for (ReceivedEvent again : List.of(waiting, applied)) {
      assertThat(store()
              .inbox()
              .ingestAndApply(
                  batch(List.of(again), projected(subject, 1, now, again)), now.plusSeconds(1)))
          .isEqualTo(new ProjectedBatch.Stored(Set.of(), Set.of()));
    }

    assertThat(known(subject).version()).isEqualTo(1);
    assertThat(store().inbox().find(applied.id()).orElseThrow().event().processedAt())
        .contains(now);
    assertThat(claim(now.plusSeconds(1)))
        .extracting(ClaimedEvent::id)
        .containsExactly(waiting.id());
  }

  @Test
  default void whatIsToldTogetherWithAnEventThatIsStoredAlreadyWaits() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent before = AnEvent.at(now).build();
    ReceivedEvent fresh = AnEvent.at(now).build();
    ReceivedEvent neighbour = AnEvent.at(now).build();
    SubjectId subject = new SubjectId(Ids.next("cus"));
    SubjectId unconcerned = new SubjectId(Ids.next("cus"));
    store().inbox().ingest(List.of(before), now);

    ProjectedBatch.Stored answer = store()
        .inbox()
        .ingestAndApply(
            batch(
                List.of(before, fresh, neighbour),
                projected(subject, 0, now, before, fresh),
                projected(unconcerned, 0, now, neighbour)),
            now);

    assertThat(answer)
        .isEqualTo(
            new ProjectedBatch.Stored(Set.of(fresh.id(), neighbour.id()), Set.of(fresh.id())));
    assertThat(known(subject).version()).isZero();
    assertThat(known(unconcerned).version()).isEqualTo(1);
    assertThat(claim(now)).extracting(ClaimedEvent::id).containsExactly(before.id(), fresh.id());
  }

  @Test
  default void anEventThatWasAppliedOnArrivalCanBeReplayed() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    SubjectId subject = new SubjectId(Ids.next("cus"));
    store().inbox().ingestAndApply(batch(List.of(event), projected(subject, 0, now, event)), now);

    store()
        .inbox()
        .replay(new ReplaySelection.One(event.id()), 0, 10, now.plusSeconds(1), AnAuditEntry.any());

    assertThat(claim(now.plusSeconds(1))).extracting(ClaimedEvent::id).containsExactly(event.id());
    assertThat(store().inbox().find(event.id()).orElseThrow().history())
        .extracting(Attempt::outcome)
        .containsExactly(Attempt.Outcome.PROCESSED, Attempt.Outcome.REPLAYED);
  }

  @Test
  default void ofManyThatDeliverTheSameEventsAtOnceOneStoresThem() throws Exception {
    Instant now = Ids.morning();
    List<ReceivedEvent> events = AnEvent.several(20, now);
    List<SubjectId> subjects =
        events.stream().map(event -> new SubjectId(Ids.next("cus"))).toList();
    List<Callable<ProjectedBatch.Stored>> deliveries = new ArrayList<>();
    for (int delivery = 0; delivery < 8; delivery++) {
      List<Integer> order =
          new ArrayList<>(IntStream.range(0, events.size()).boxed().toList());
      Collections.shuffle(order, new Random(delivery));
      ProjectedBatch batch = batch(
          order.stream().map(events::get).toList(),
          order.stream()
              .map(i -> projected(subjects.get(i), 0, now, events.get(i)))
              .toArray(ProjectedBatch.ProjectedUnit[]::new));
      deliveries.add(() -> store().inbox().ingestAndApply(batch, now));
    }

    List<String> fresh = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(deliveries.size());
    try {
      for (Future<ProjectedBatch.Stored> delivery : threads.invokeAll(deliveries)) {
        fresh.addAll(delivery.get().fresh());
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(fresh)
        .containsExactlyInAnyOrderElementsOf(
            events.stream().map(ReceivedEvent::id).toList());
    assertThat(subjects)
        .allSatisfy(subject -> assertThat(known(subject).version()).isEqualTo(1));
  }

  @Test
  default void aRefusedRowRefusesAllOfItAndNothingIsStored() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    SubjectId first = new SubjectId(Ids.next("cus"));
    Commits.apply(store(), first, now, List.of(new Change.Link(account, first.value(), now)));
    SubjectId second = new SubjectId(Ids.next("cus"));
    ReceivedEvent event = AnEvent.at(now).build();
    ProjectedBatch.ProjectedUnit linksAgain = new ProjectedBatch.ProjectedUnit(
        Set.of(event.id()),
        new Unit(
            second,
            0,
            Optional.empty(),
            Set.of(),
            List.of(new Change.Link(account, second.value(), now))));

    assertThatThrownBy(() -> store().inbox().ingestAndApply(batch(List.of(event), linksAgain), now))
        .isInstanceOf(IllegalStateException.class);

    assertThat(store().inbox().find(event.id())).isEmpty();
    assertThat(known(second).version()).isZero();
  }

  @Test
  default void arrivalsAreListedInTheirOrder() {
    Instant now = Ids.morning();
    String type = Ids.next("type");
    ReceivedEvent one = AnEvent.at(now).withType(type).build();
    ReceivedEvent two = AnEvent.at(now).withType(type).build();
    store().inbox().ingestAndApply(batch(List.of(two, one)), now);

    assertThat(store().inbox().events(EventFilter.ALL.withType(type), Optional.empty(), 10))
        .extracting(event -> event.id())
        .containsExactly(one.id(), two.id());
  }

  private static ProjectedBatch batch(
      List<ReceivedEvent> events, ProjectedBatch.ProjectedUnit... projected) {
    return new ProjectedBatch(events, List.of(projected), Map.of());
  }

  private static ProjectedBatch.ProjectedUnit projected(
      SubjectId subject, long version, Instant now, ReceivedEvent... events) {
    return new ProjectedBatch.ProjectedUnit(
        Set.of(Arrays.stream(events).map(ReceivedEvent::id).toArray(String[]::new)),
        new Unit(
            subject,
            version,
            Optional.empty(),
            Set.of(),
            List.of(
                new Change.Put(ACustomer.ofNobody(subject.value(), now), now, Source.SNAPSHOT))));
  }

  private SubjectState known(SubjectId subject) {
    return store()
        .projections()
        .load(List.of(new SubjectQuery(
            subject, Set.of(ACustomer.ofNobody(subject.value(), Instant.EPOCH).ref()), Set.of())))
        .getOrDefault(subject, SubjectState.nothing(subject));
  }

  private List<ClaimedEvent> claim(Instant now) {
    return store().inbox().claim(Ids.claim(), 100, now, Duration.ofMinutes(1));
  }
}
