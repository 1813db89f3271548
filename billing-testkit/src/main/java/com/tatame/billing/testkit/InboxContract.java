package com.tatame.billing.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventRecord;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** How events are stored and handed to workers. */
public interface InboxContract extends StoreUnderTest {
  /** For how long events are claimed. */
  Duration LEASE = Duration.ofMinutes(1);

  @Test
  default void aNewEventIsStoredAndNamedAsNew() {
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();

    assertThat(store().inbox().ingest(List.of(event), now)).containsExactly(event.id());

    EventRecord stored =
        store().inbox().events(EventFilter.ALL, Optional.empty(), 1).get(0);
    assertThat(stored.id()).isEqualTo(event.id());
    assertThat(stored.type()).isEqualTo(event.type());
    assertThat(stored.status()).isEqualTo(EventStatus.RECEIVED);
    assertThat(stored.attempts()).isZero();
    assertThat(stored.error()).isEmpty();
    assertThat(stored.live()).isFalse();
    assertThat(stored.apiVersion()).isEqualTo(event.apiVersion());
    assertThat(stored.receivedAt()).isEqualTo(now);
    assertThat(stored.processedAt()).isEmpty();
  }

  @Test
  default void anEventThatIsStoredAlreadyStaysAsItIs() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent first = AnEvent.at(now).withPayload("{\"first\":true}").build();
    ReceivedEvent again = AnEvent.at(now).withId(first.id()).withPayload("{}").build();
    ReceivedEvent other = AnEvent.at(now).build();
    store().inbox().ingest(List.of(first), now);

    assertThat(store().inbox().ingest(List.of(again, other), now.plusSeconds(1)))
        .containsExactly(other.id());

    assertThat(claim(10, now.plusSeconds(1)))
        .extracting(ClaimedEvent::payload)
        .containsExactly(first.payload(), other.payload());
  }

  @Test
  default void anEventThatWasProcessedIsNotStoredAgain() {
    Instant now = Ids.morning();
    ReceivedEvent event = AnEvent.at(now).build();
    store().inbox().ingest(List.of(event), now);
    Sweep.inbox(store());

    assertThat(store().inbox().ingest(List.of(event), now.plusSeconds(1))).isEmpty();

    assertThat(claim(10, now.plusSeconds(2))).isEmpty();
  }

  @Test
  default void anIdThatComesTwiceInOneBatchIsStoredOnce() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    ReceivedEvent first = AnEvent.at(now).withPayload("{\"first\":true}").build();
    ReceivedEvent twin = AnEvent.at(now).withId(first.id()).withPayload("{}").build();

    assertThat(store().inbox().ingest(List.of(first, twin), now)).containsExactly(first.id());

    assertThat(claim(10, now)).extracting(ClaimedEvent::payload).containsExactly(first.payload());
  }

  @Test
  default void aPayloadComesBackByteForByte() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    String payload = " {\"b\": 1.10,\n\t\"a\":\"Zürich 柔術 🥋 \\u0000 \\\\ \u2028 \u00e9 e\u0301\","
        + "\"a\":12345678901234567890, \"quote\":\"' \\\" $1 ?\"}\r\n ";
    store().inbox().ingest(List.of(AnEvent.at(now).withPayload(payload).build()), now);

    assertThat(claim(1, now)).extracting(ClaimedEvent::payload).containsExactly(payload);
  }

  @Test
  default void aPayloadOfAMillionBytesIsStored() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    String payload = "{\"pad\":\"" + "0123456789".repeat(100_000) + "\"}";
    store().inbox().ingest(List.of(AnEvent.at(now).withPayload(payload).build()), now);

    assertThat(claim(1, now).get(0).payload().equals(payload)).isTrue();
  }

  @Test
  default void eventsAreClaimedInTheOrderInWhichTheyArrived() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    List<ReceivedEvent> early = new ArrayList<>(AnEvent.several(40, now));
    // The order of arrival, not of the ids or of the provider's clock.
    Collections.reverse(early);
    List<ReceivedEvent> late = AnEvent.several(2, now.minusSeconds(3600));
    store().inbox().ingest(early, now);
    store().inbox().ingest(late, now.plusSeconds(1));

    List<ClaimedEvent> claimed = claim(100, now.plusSeconds(2));

    List<String> arrived = new ArrayList<>();
    early.forEach(event -> arrived.add(event.id()));
    late.forEach(event -> arrived.add(event.id()));
    assertThat(claimed).extracting(ClaimedEvent::id).containsExactlyElementsOf(arrived);
    assertThat(claimed).extracting(ClaimedEvent::seq).isSorted().doesNotHaveDuplicates();
    assertThat(claimed).extracting(ClaimedEvent::attempts).containsOnly(0);
    assertThat(claimed).extracting(ClaimedEvent::type).containsOnly(early.get(0).type());
  }

  @Test
  default void aClaimTakesTheOldestAndNoMoreThanItAsksFor() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    List<ReceivedEvent> events = AnEvent.several(5, now);
    store().inbox().ingest(events, now);

    assertThat(claim(2, now))
        .extracting(ClaimedEvent::id)
        .containsExactly(events.get(0).id(), events.get(1).id());
  }

  @Test
  default void aClaimOfTheMostThatMayBeAskedForIsAnswered() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(InboxStore.MAX_CLAIM + 1, now), now);

    assertThat(claim(InboxStore.MAX_CLAIM, now)).hasSize(InboxStore.MAX_CLAIM);
  }

  @Test
  default void aClaimBeyondTheCapIsRefused() {
    Instant now = Ids.morning();

    assertThatThrownBy(() -> claim(InboxStore.MAX_CLAIM + 1, now))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> claim(0, now)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void noEventIsInTwoClaimsWhoseLeasesRun() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(1, now), now);

    assertThat(claim(10, now)).hasSize(1);

    assertThat(claim(10, now)).isEmpty();
    assertThat(claim(10, now.plus(LEASE).minusMillis(1))).isEmpty();
  }

  @Test
  default void concurrentClaimsShareTheBacklogWithoutOverlap() throws Exception {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    int events = 120;
    int workers = 4;
    store().inbox().ingest(AnEvent.several(events, now), now);
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      List<Future<List<Long>>> shares = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        shares.add(threads.submit(() -> {
          start.await();
          List<Long> share = new ArrayList<>();
          for (int round = 0; round < events / 3; round++) {
            claim(3, now).forEach(event -> share.add(event.seq()));
          }
          return share;
        }));
      }
      start.countDown();
      List<Long> all = new ArrayList<>();
      for (Future<List<Long>> share : shares) {
        all.addAll(share.get(60, SECONDS));
      }
      assertThat(all).hasSize(events).doesNotHaveDuplicates();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void anEventWhoseLeaseHasRunOutIsClaimedAgain() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(1, now), now);
    ClaimedEvent lost = claim(1, now).get(0);

    assertThat(claim(1, now.plus(LEASE).plusMillis(1)))
        .extracting(ClaimedEvent::seq)
        .containsExactly(lost.seq());
  }

  @Test
  default void aClaimThatIsRepeatedBecauseItsAnswerWasLostReturnsTheSameEvents() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(4, now), now);
    ClaimId claim = Ids.claim();
    List<ClaimedEvent> first = store().inbox().claim(claim, 2, now, LEASE);
    store().inbox().ingest(AnEvent.several(1, now), now);

    assertThat(store().inbox().claim(claim, 2, now.plusSeconds(1), LEASE)).isEqualTo(first);
    assertThat(claim(10, now.plusSeconds(1))).hasSize(3).doesNotContainAnyElementsOf(first);
  }

  @Test
  default void aClaimThatIsRepeatedTooLateDoesNotReturnWhatAnotherHolds() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    store().inbox().ingest(AnEvent.several(1, now), now);
    ClaimId lapsed = Ids.claim();
    store().inbox().claim(lapsed, 1, now, LEASE);
    Instant later = now.plus(LEASE).plusSeconds(1);
    assertThat(claim(1, later)).hasSize(1);

    assertThat(store().inbox().claim(lapsed, 1, later, LEASE)).isEmpty();
  }

  @Test
  default void aBatchIsStoredAsItWasGivenWhateverTheCallerDoesToItsListLater() {
    Sweep.inbox(store());
    Instant now = Ids.morning();
    List<ReceivedEvent> batch = new ArrayList<>(AnEvent.several(1, now));
    String id = batch.get(0).id();
    store().inbox().ingest(batch, now);
    batch.clear();

    assertThat(claim(10, now)).extracting(ClaimedEvent::id).containsExactly(id);
  }

  private List<ClaimedEvent> claim(int max, Instant now) {
    return store().inbox().claim(Ids.claim(), max, now, LEASE);
  }
}
