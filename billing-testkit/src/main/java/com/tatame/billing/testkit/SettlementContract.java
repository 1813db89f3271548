package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.testkit.Commits.Held;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How events end that bring no change of their own, and what operators see of the inbox. */
public interface SettlementContract extends StoreUnderTest {

  @Test
  default void anIgnoredEventIsDoneAndKeepsItsReason() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);

    assertThat(settle(held, new EventOutcome.Ignored(seq(held), "test mode"), now))
        .isEmpty();

    assertThat(record(held).status()).isEqualTo(EventStatus.IGNORED);
    assertThat(record(held).error()).contains("test mode");
    assertThat(claimedMuchLater(now)).isEmpty();
  }

  @Test
  default void aRetriedEventWaitsUntilItIsDueAndCountsTheAttempt() {
    Instant now = Ids.morning();
    Instant due = now.plusSeconds(90).plusNanos(1_000);
    Held held = Commits.aHeldEvent(store(), now);

    assertThat(settle(held, new EventOutcome.Retry(seq(held), due, "timeout"), now))
        .isEmpty();

    assertThat(record(held).status()).isEqualTo(EventStatus.RETRYING);
    assertThat(record(held).attempts()).isEqualTo(1);
    assertThat(record(held).error()).contains("timeout");
    assertThat(record(held).nextAttemptAt()).contains(due);
    assertThat(claimed(due.minusNanos(1_000))).isEmpty();
    assertThat(claimed(due)).singleElement().satisfies(event -> {
      assertThat(event.seq()).isEqualTo(seq(held));
      assertThat(event.attempts()).isEqualTo(1);
      assertThat(event.payload()).isEqualTo(held.event().payload());
    });
    assertThat(record(held).status()).isEqualTo(EventStatus.PROCESSING);
  }

  @Test
  default void attemptsAddUp() {
    Instant now = Ids.morning();
    Held first = Commits.aHeldEvent(store(), now);
    settle(first, new EventOutcome.Retry(seq(first), now, "once"), now);
    ClaimId second = Ids.claim();
    store().inbox().claim(second, 1, now, Commits.LEASE);
    store().inbox().settle(second, List.of(new EventOutcome.Retry(seq(first), now, "twice")), now);

    assertThat(record(first).attempts()).isEqualTo(2);
    assertThat(record(first).error()).contains("twice");
  }

  @Test
  default void aDeadEventIsKeptAndNeverClaimedAgain() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);

    assertThat(settle(held, new EventOutcome.Dead(seq(held), "unreadable"), now))
        .isEmpty();

    assertThat(record(held).status()).isEqualTo(EventStatus.DEAD);
    assertThat(record(held).error()).contains("unreadable");
    assertThat(claimedMuchLater(now)).isEmpty();
  }

  @Test
  default void aReleasedEventIsDueAtOnceAndCountsNoAttempt() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);

    assertThat(settle(held, new EventOutcome.Release(seq(held)), now)).isEmpty();

    assertThat(claimed(now)).singleElement().satisfies(event -> {
      assertThat(event.seq()).isEqualTo(seq(held));
      assertThat(event.attempts()).isZero();
    });
  }

  @Test
  default void severalSettlementsAreRecordedAtOnce() {
    Instant now = Ids.morning();
    List<Held> held = Commits.heldEvents(store(), 4, now);

    Set<Long> lost = store()
        .inbox()
        .settle(
            held.get(0).claim(),
            List.of(
                new EventOutcome.Ignored(seq(held.get(0)), "nothing to do"),
                new EventOutcome.Retry(seq(held.get(1)), now.plusSeconds(60), "later"),
                new EventOutcome.Dead(seq(held.get(2)), "never"),
                new EventOutcome.Release(seq(held.get(3)))),
            now);

    assertThat(lost).isEmpty();
    assertThat(claimed(now)).extracting(ClaimedEvent::seq).containsExactly(seq(held.get(3)));
    assertThat(held.stream().map(each -> record(each).status()))
        .containsExactly(
            EventStatus.IGNORED, EventStatus.RETRYING, EventStatus.DEAD, EventStatus.PROCESSING);
  }

  @Test
  default void whatAnotherClaimHoldsByNowIsReportedAndLeftAlone() {
    Instant now = Ids.morning();
    List<Held> held = Commits.heldEvents(store(), 2, now);
    Instant later = now.plus(Commits.LEASE).plusSeconds(1);
    ClaimId thief = Ids.claim();
    store().inbox().claim(thief, 1, later, Commits.LEASE);

    Set<Long> lost = store()
        .inbox()
        .settle(
            held.get(0).claim(), List.of(new EventOutcome.Dead(seq(held.get(0)), "mine?")), later);

    assertThat(lost).containsExactly(seq(held.get(0)));
    assertThat(record(held.get(0)).status()).isEqualTo(EventStatus.PROCESSING);
    assertThat(record(held.get(0)).error()).isEmpty();
    assertThat(store()
            .inbox()
            .settle(thief, List.of(new EventOutcome.Ignored(seq(held.get(0)), "done")), later))
        .isEmpty();
  }

  @Test
  default void whatAClaimSettlesAfterItsLeaseIsRefused() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    Instant later = now.plus(Commits.LEASE).plusSeconds(1);

    assertThat(settle(held, new EventOutcome.Dead(seq(held), "too late"), later))
        .containsExactly(seq(held));

    assertThat(claimed(later)).extracting(ClaimedEvent::seq).containsExactly(seq(held));
  }

  @Test
  default void whatIsSettledTwiceIsReportedTheSecondTime() {
    Instant now = Ids.morning();
    Held held = Commits.aHeldEvent(store(), now);
    settle(held, new EventOutcome.Ignored(seq(held), "first"), now);

    assertThat(settle(held, new EventOutcome.Dead(seq(held), "second"), now))
        .containsExactly(seq(held));

    assertThat(record(held).status()).isEqualTo(EventStatus.IGNORED);
  }

  @Test
  default void theStatusCountsWhatWaitsWhatIsRetriedAndWhatIsDead() {
    Instant now = Ids.morning();
    List<Held> held = Commits.heldEvents(store(), 4, now);
    InboxStatus before = store().inbox().status();
    store().inbox().ingest(AnEvent.several(2, now), now.plusSeconds(5));
    store()
        .inbox()
        .settle(
            held.get(0).claim(),
            List.of(
                new EventOutcome.Ignored(seq(held.get(0)), "nothing to do"),
                new EventOutcome.Retry(seq(held.get(1)), now.plusSeconds(60), "later"),
                new EventOutcome.Dead(seq(held.get(2)), "never")),
            now);

    InboxStatus after = store().inbox().status();

    assertThat(before.backlog()).isEqualTo(4);
    assertThat(after.backlog()).as("two new, one retrying, one held").isEqualTo(4);
    assertThat(after.oldestReceivedAt()).contains(now);
    assertThat(after.retrying()).isEqualTo(1);
    assertThat(after.dead()).isEqualTo(before.dead() + 1);
    assertThat(after.lastReceivedAt()).contains(now.plusSeconds(5));
  }

  @Test
  default void anEmptyBacklogHasNoOldestEvent() {
    Sweep.inbox(store());

    InboxStatus status = store().inbox().status();

    assertThat(status.backlog()).isZero();
    assertThat(status.oldestReceivedAt()).isEmpty();
    assertThat(status.retrying()).isZero();
  }

  @Test
  default void eventsArePagedFromTheNewestToTheOldest() {
    Instant now = Ids.morning();
    List<ReceivedEvent> events = AnEvent.several(5, now);
    store().inbox().ingest(events, now);

    List<EventRecord> first = store().inbox().events(EventFilter.ALL, Optional.empty(), 2);
    List<EventRecord> second =
        store().inbox().events(EventFilter.ALL, Optional.of(first.get(1).id()), 3);

    assertThat(first)
        .extracting(EventRecord::id)
        .containsExactly(events.get(4).id(), events.get(3).id());
    assertThat(second)
        .extracting(EventRecord::id)
        .containsExactly(events.get(2).id(), events.get(1).id(), events.get(0).id());
  }

  @Test
  default void eventsOfOneLaneAreListedAlone() {
    Instant now = Ids.morning();
    String lane = Ids.next("cus");
    ReceivedEvent first = AnEvent.at(now).about(lane).build();
    ReceivedEvent second = AnEvent.at(now).about(lane).build();
    ReceivedEvent other = AnEvent.at(now).about(Ids.next("cus")).build();
    store().inbox().ingest(List.of(first, other, second), now);

    assertThat(store().inbox().events(EventFilter.ALL.withLane(lane), Optional.empty(), 101))
        .extracting(EventRecord::id)
        .containsExactly(second.id(), first.id());
    assertThat(
            store().inbox().events(EventFilter.ALL.withLane(lane), Optional.of(second.id()), 101))
        .singleElement()
        .satisfies(record -> {
          assertThat(record.id()).isEqualTo(first.id());
          assertThat(record.lane()).contains(lane);
        });
  }

  private static long seq(Held held) {
    return held.event().seq();
  }

  private Set<Long> settle(Held held, EventOutcome settlement, Instant now) {
    return store().inbox().settle(held.claim(), List.of(settlement), now);
  }

  private List<ClaimedEvent> claimed(Instant now) {
    return store().inbox().claim(Ids.claim(), 10, now, Commits.LEASE);
  }

  private List<ClaimedEvent> claimedMuchLater(Instant now) {
    return claimed(now.plus(Duration.ofDays(30)));
  }

  private EventRecord record(Held held) {
    return store().inbox().events(EventFilter.ALL, Optional.empty(), 101).stream()
        .filter(record -> record.id().equals(held.event().id()))
        .findFirst()
        .orElseThrow();
  }
}
