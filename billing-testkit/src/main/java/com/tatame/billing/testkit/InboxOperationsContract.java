package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.inbox.Attempt;
import com.tatame.billing.inbox.Attempt.Outcome;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.ReplayBatch;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.inbox.StoredEvent;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators see of the inbox and do with it. */
public interface InboxOperationsContract extends StoreUnderTest {
  /** For how long events are claimed. */
  Duration CLAIMED_FOR = Duration.ofMinutes(1);

  @Test
  default void eventsAreFoundByStatusTypeLaneAndTime() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    String type = Ids.next("type");
    String lane = Ids.next("cus");
    ReceivedEvent dead = AnEvent.at(now).withType(type).about(lane).build();
    ReceivedEvent retrying = AnEvent.at(now).withType(type).build();
    ReceivedEvent ignored = AnEvent.at(now).withType(type).about(lane).build();
    store().inbox().ingest(List.of(dead, retrying, ignored), now);
    settle(now, List.of("dead", "retry", "ignored"));
    ReceivedEvent held = AnEvent.at(now).withType(type).build();
    store().inbox().ingest(List.of(held), now.plusSeconds(1));
    claim(now.plusSeconds(1));
    ReceivedEvent late = AnEvent.at(now).withType(type).build();
    store().inbox().ingest(List.of(late), now.plusSeconds(2));

    EventFilter mine = EventFilter.ALL.withType(type);
    assertThat(found(mine))
        .containsExactly(late.id(), held.id(), ignored.id(), retrying.id(), dead.id());
    assertThat(found(mine.withStatus(EventStatus.DEAD))).containsExactly(dead.id());
    assertThat(found(mine.withStatus(EventStatus.RETRYING))).containsExactly(retrying.id());
    assertThat(found(mine.withStatus(EventStatus.IGNORED))).containsExactly(ignored.id());
    assertThat(found(mine.withStatus(EventStatus.PROCESSING))).containsExactly(held.id());
    assertThat(found(mine.withStatus(EventStatus.RECEIVED))).containsExactly(late.id());
    assertThat(found(mine.withStatus(EventStatus.PROCESSED))).isEmpty();
    assertThat(found(mine.withLane(lane))).containsExactly(ignored.id(), dead.id());
    assertThat(found(mine.withLane(lane).withStatus(EventStatus.IGNORED)))
        .containsExactly(ignored.id());
    assertThat(found(mine.receivedFrom(now.plusSeconds(1)))).containsExactly(late.id(), held.id());
    assertThat(found(mine.receivedBefore(now.plusSeconds(1))))
        .containsExactly(ignored.id(), retrying.id(), dead.id());
    assertThat(found(EventFilter.ALL
            .receivedFrom(now.plusSeconds(1))
            .receivedBefore(now.plusSeconds(2))
            .withStatus(EventStatus.PROCESSING)))
        .containsExactly(held.id());
  }

  @Test
  default void pagesOfAFilterJoinWithoutGapOrOverlap() {
    Instant now = Ids.morning();
    String type = Ids.next("type");
    List<ReceivedEvent> events = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ReceivedEvent event = AnEvent.at(now).withType(type).build();
      events.add(0, event);
      store().inbox().ingest(List.of(event, AnEvent.at(now).build()), now.plusSeconds(i));
    }
    EventFilter mine = EventFilter.ALL.withType(type);

    List<EventRecord> first = store().inbox().events(mine, Optional.empty(), 3);
    List<EventRecord> second =
        store().inbox().events(mine, Optional.of(first.get(2).id()), 3);

    List<String> both = new ArrayList<>(ids(first));
    both.addAll(ids(second));
    assertThat(both)
        .containsExactlyElementsOf(events.stream().map(ReceivedEvent::id).toList());
  }

  @Test
  default void anEventIsFoundWithItsPayloadAndItsHistory() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).withPayload("{\"a\": 1.10}").build();
    store().inbox().ingest(List.of(event), now);
    settle(now, List.of("retry"));
    Instant later = now.plusSeconds(3600);
    settle(later, List.of("ignored"));

    StoredEvent found = store().inbox().find(event.id()).orElseThrow();

    assertThat(found.event().id()).isEqualTo(event.id());
    assertThat(found.event().status()).isEqualTo(EventStatus.IGNORED);
    assertThat(found.payload()).contains("{\"a\": 1.10}");
    assertThat(found.history())
        .containsExactly(
            new Attempt(now, Outcome.FAILED, Optional.of("because")),
            new Attempt(later, Outcome.IGNORED, Optional.of("because")));
    assertThat(store().inbox().find(Ids.next("evt"))).isEmpty();
  }

  @Test
  default void aLeaseThatRanOutIsAPartOfTheHistory() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);

    assertThat(claim(now)).extracting(ClaimedEvent::abandoned).containsExactly(0);
    Instant second = now.plus(CLAIMED_FOR);
    assertThat(claim(second)).extracting(ClaimedEvent::abandoned).containsExactly(1);

    assertThat(store().inbox().find(event.id()).orElseThrow().history())
        .extracting(Attempt::at, Attempt::outcome)
        .containsExactly(tuple(second, Outcome.ABANDONED));
  }

  @Test
  default void aWorkerThatComesBackTakesBackTheLossOfItsLease() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(2, now), now);
    ClaimId late = Ids.claim();
    List<ClaimedEvent> held = store().inbox().claim(late, InboxStore.MAX_CLAIM, now, CLAIMED_FOR);
    Instant second = now.plus(CLAIMED_FOR);
    assertThat(claim(second)).extracting(ClaimedEvent::abandoned).containsExactly(1, 1);

    assertThat(store()
            .inbox()
            .settle(
                late,
                List.of(
                    new EventOutcome.Release(held.get(0).seq()),
                    new EventOutcome.Retry(held.get(1).seq(), second, "late")),
                second))
        .containsExactlyInAnyOrder(held.get(0).seq(), held.get(1).seq());

    Instant third = second.plus(CLAIMED_FOR);
    assertThat(Stream.of(claim(third), claim(third)).flatMap(List::stream))
        .as("the other claim was lost in turn")
        .extracting(ClaimedEvent::abandoned)
        .containsExactlyInAnyOrder(1, 2);
  }

  @Test
  default void anEventThatWasAbandonedTwiceIsClaimedAlone() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    List<ReceivedEvent> pair = AnEvent.several(2, now);
    store().inbox().ingest(pair, now);
    assertThat(claim(now)).hasSize(2);
    assertThat(claim(now.plus(CLAIMED_FOR))).hasSize(2);
    Instant third = now.plus(CLAIMED_FOR.multipliedBy(2));
    store().inbox().ingest(AnEvent.several(2, now), now);

    assertThat(claim(third))
        .extracting(ClaimedEvent::id)
        .containsExactly(pair.get(0).id());
    assertThat(claim(third))
        .extracting(ClaimedEvent::id)
        .containsExactly(pair.get(1).id());
    assertThat(claim(third)).hasSize(2);
  }

  @Test
  default void theStatusTellsHowManyFailedOfWhatCameLately() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    InboxStatus before = store().inbox().status();
    store().inbox().ingest(AnEvent.several(1_000, now), now);
    assertThat(store().inbox().status().failedLately()).isZero();

    settle(now, List.of("retry", "dead", "ignored"));

    InboxStatus after = store().inbox().status();
    assertThat(after.receivedLately()).isEqualTo(1_000);
    assertThat(after.failedLately()).isEqualTo(2);
    assertThat(after.dead()).isEqualTo(before.dead() + 1);
  }

  @Test
  default void aDeadLetterIsReplayedWithAllItsAttemptsBeforeIt() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);
    settle(now, List.of("dead"));
    Instant later = now.plusSeconds(60);

    assertThat(replay(new ReplaySelection.One(event.id()), later).ids())
        .containsExactly(event.id());

    assertThat(claim(later))
        .extracting(ClaimedEvent::id, ClaimedEvent::attempts, ClaimedEvent::payload)
        .containsExactly(tuple(event.id(), 0, event.payload()));
    assertThat(outcomes(event)).containsExactly(Outcome.DEAD, Outcome.REPLAYED);
  }

  @Test
  default void anEventThatHasEndedIsReplayedAndKeepsHowItEnded() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);
    settle(now, List.of("ignored"));

    replay(new ReplaySelection.One(event.id()), now.plusSeconds(1));
    assertThat(store().inbox().find(event.id()).orElseThrow().event())
        .satisfies(seen -> assertThat(seen.status()).isEqualTo(EventStatus.RECEIVED))
        .satisfies(seen -> assertThat(seen.processedAt()).isEmpty());
    settle(now.plusSeconds(2), List.of("ignored"));

    assertThat(outcomes(event)).containsExactly(Outcome.IGNORED, Outcome.REPLAYED, Outcome.IGNORED);
  }

  @Test
  default void replayIsAuditedEachTimeThatItReplaysAnything() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);
    settle(now, List.of("ignored"));
    ReplaySelection one = new ReplaySelection.One(event.id());
    AuditEntry entry = AuditStoreContract.entry();

    store().inbox().replay(new ReplaySelection.One("none"), 0, 1, now, entry);
    assertThat(AuditStoreContract.entriesOf(store(), entry)).isEmpty();
    store().inbox().replay(one, 0, 1, now, entry);
    assertThat(AuditStoreContract.entriesOf(store(), entry)).containsExactly(entry);
    store().inbox().replay(one, 0, 1, now, entry);
    assertThat(AuditStoreContract.entriesOf(store(), entry))
        .as("what waits is replayed once more, with all its attempts")
        .containsExactly(entry, entry);

    claim(now);
    store().inbox().replay(one, 0, 1, now, entry);
    assertThat(AuditStoreContract.entriesOf(store(), entry)).hasSize(2);
  }

  @Test
  default void claimedEventIsNotReplayed() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);
    claim(now);

    assertThat(replay(new ReplaySelection.One(event.id()), now).ids()).isEmpty();
    assertThat(claim(now)).isEmpty();
    assertThat(outcomes(event)).isEmpty();
  }

  @Test
  default void allDeadLettersAreReplayedPartByPart() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    replay(new ReplaySelection.DeadLetters(), now);
    Sweep.inbox(store());
    List<ReceivedEvent> events = AnEvent.several(5, now);
    store().inbox().ingest(events, now);
    settle(now, List.of("dead", "ignored", "dead", "retry", "dead"));

    ReplaySelection dead = new ReplaySelection.DeadLetters();
    ReplayBatch first = store().inbox().replay(dead, 0, 2, now, AnAuditEntry.any());
    assertThat(first.next()).isPresent();
    ReplayBatch second =
        store().inbox().replay(dead, first.next().orElseThrow(), 2, now, AnAuditEntry.any());

    assertThat(first.ids()).containsExactly(events.get(0).id(), events.get(2).id());
    assertThat(second.ids()).containsExactly(events.get(4).id());
    assertThat(second.next()).isEmpty();
    assertThat(store().inbox().status().dead()).isZero();
    assertThat(claim(now)).hasSize(3);
  }

  @Test
  default void aRangeOfTimeIsReplayedWhateverBecameOfItsEvents() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    String type = Ids.next("type");
    ReceivedEvent before = AnEvent.at(now).withType(type).build();
    ReceivedEvent within = AnEvent.at(now).withType(type).build();
    ReceivedEvent otherType = AnEvent.at(now).build();
    ReceivedEvent after = AnEvent.at(now).withType(type).build();
    store().inbox().ingest(List.of(before), now);
    store().inbox().ingest(List.of(within, otherType), now.plusSeconds(1));
    store().inbox().ingest(List.of(after), now.plusSeconds(2));
    Instant later = now.plusSeconds(60);
    settle(later, List.of("ignored", "ignored", "ignored", "ignored"));

    ReplaySelection range =
        new ReplaySelection.Received(now.plusSeconds(1), now.plusSeconds(2), Optional.of(type));
    assertThat(replayAll(range, 1, later)).containsExactly(within.id());

    ReplaySelection all = new ReplaySelection.Received(now, now.plusSeconds(3), Optional.empty());
    assertThat(replayAll(all, 2, later))
        .containsExactly(before.id(), within.id(), otherType.id(), after.id());
  }

  @Test
  default void whatIsPrunedLosesItsPayloadAndHistoryAndStaysADuplicate() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent old = AnEvent.at(now).build();
    ReceivedEvent dead = AnEvent.at(now).build();
    ReceivedEvent young = AnEvent.at(now).build();
    store().inbox().ingest(List.of(old, dead), now);
    settle(now, List.of("retry", "dead"));
    store().inbox().ingest(List.of(young), now.plusSeconds(10));
    settle(now.plusSeconds(3600), List.of("ignored", "ignored"));

    pruneAll(now.plusSeconds(10));

    StoredEvent pruned = store().inbox().find(old.id()).orElseThrow();
    assertThat(pruned.payload()).isEmpty();
    assertThat(pruned.history()).extracting(Attempt::outcome).containsExactly(Outcome.IGNORED);
    assertThat(store().inbox().find(dead.id()).orElseThrow().payload()).contains(dead.payload());
    assertThat(store().inbox().find(young.id()).orElseThrow().payload()).contains(young.payload());
    assertThat(store().inbox().ingest(List.of(old), now.plusSeconds(20))).isEmpty();
    assertThat(replay(new ReplaySelection.One(old.id()), now.plusSeconds(20)).ids())
        .isEmpty();
  }

  @Test
  default void aDeadLetterThatWasProcessedAfterAllIsPrunedLater() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent dead = AnEvent.at(now).build();
    store().inbox().ingest(List.of(dead), now);
    settle(now, List.of("dead"));
    pruneAll(now.plusSeconds(10));
    replay(new ReplaySelection.One(dead.id()), now.plusSeconds(20));
    settle(now.plusSeconds(30), List.of("ignored"));

    pruneAll(now.plusSeconds(10));

    assertThat(store().inbox().find(dead.id()).orElseThrow().payload()).isEmpty();
  }

  private List<String> found(EventFilter filter) {
    return ids(store().inbox().events(filter, Optional.empty(), 50));
  }

  private static List<String> ids(List<EventRecord> events) {
    return events.stream().map(EventRecord::id).toList();
  }

  private List<Outcome> outcomes(ReceivedEvent event) {
    return store().inbox().find(event.id()).orElseThrow().history().stream()
        .map(Attempt::outcome)
        .toList();
  }

  private ReplayBatch replay(ReplaySelection selection, Instant now) {
    return store().inbox().replay(selection, 0, InboxStore.MAX_REPLAY, now, AnAuditEntry.any());
  }

  private List<String> replayAll(ReplaySelection selection, int part, Instant now) {
    List<String> ids = new ArrayList<>();
    Optional<Long> next = Optional.of(0L);
    while (next.isPresent()) {
      ReplayBatch batch =
          store().inbox().replay(selection, next.get(), part, now, AnAuditEntry.any());
      ids.addAll(batch.ids());
      next = batch.next();
    }
    return ids;
  }

  private void pruneAll(Instant receivedBefore) {
    while (store().inbox().prune(receivedBefore, InboxStore.MAX_REPLAY) > 0) {
      // until nothing is left
    }
  }

  private List<ClaimedEvent> claim(Instant now) {
    return store().inbox().claim(Ids.claim(), InboxStore.MAX_CLAIM, now, CLAIMED_FOR);
  }

  /** Claims what is due, and ends the first so many as told, in their order; the rest is released. */
  private void settle(Instant now, List<String> ends) {
    ClaimId claim = Ids.claim();
    List<ClaimedEvent> held = store().inbox().claim(claim, InboxStore.MAX_CLAIM, now, CLAIMED_FOR);
    List<EventOutcome> settlements = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      long seq = held.get(i).seq();
      settlements.add(
          switch (i < ends.size() ? ends.get(i) : "release") {
            case "dead" -> new EventOutcome.Dead(seq, "because");
            case "retry" -> new EventOutcome.Retry(seq, now.plusSeconds(1800), "because");
            case "ignored" -> new EventOutcome.Ignored(seq, "because");
            default -> new EventOutcome.Release(seq);
          });
    }
    assertThat(store().inbox().settle(claim, settlements, now)).isEmpty();
  }
}
