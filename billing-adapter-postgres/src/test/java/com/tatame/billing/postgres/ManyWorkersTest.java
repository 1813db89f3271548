package com.tatame.billing.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.InboxStatus;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.SubjectState;
import com.tatame.billing.projection.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workers that crash, sleep through their leases, get in each other's way and carry poison. */
class ManyWorkersTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(40);
  private static final AccountId TAKEN = new AccountId("user_taken");
  private static final int EVENTS = 2_000;
  private static final int SUBJECTS = 25;
  private static final int WORKERS = 8;

  private final AtomicLong ticks = new AtomicLong();
  private final AtomicLong claims = new AtomicLong();
  private final AtomicInteger applied = new AtomicInteger();
  private final Map<String, AtomicInteger> met = new ConcurrentHashMap<>();

  @Test
  void everyEventTakesEffectExactlyOnce() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema().withMaxPoolSize(WORKERS);
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      SubjectId owner = new SubjectId("cus_owner");
      store
          .projections()
          .commit(List.of(unit(owner, 0, new Change.Link(TAKEN, owner.value(), START))), START);
      List<Future<?>> running = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        Random random = new Random(worker);
        running.add(threads.submit(() -> work(store, random)));
      }
      for (int first = 0; first < EVENTS; first += 50) {
        store
            .inbox()
            .ingest(
                IntStream.range(first, first + 50)
                    .mapToObj(ManyWorkersTest::event)
                    .toList(),
                now());
      }
      for (Future<?> worker : running) {
        worker.get(120, SECONDS);
      }

      assertThat(store.inbox().status()).extracting(InboxStatus::backlog).isEqualTo(0L);
    } finally {
      threads.shutdownNow();
    }
    assertThat(met).containsKeys("Applied", "Stale", "LeaseLost", "Rejected", "crash");
    assertThat(one(config, "select count(*) from billing_events")).isEqualTo(EVENTS);
    assertThat(one(config, "select count(*) from webhook_log where status = 'processed'"))
        .isEqualTo(EVENTS);
    assertThat(one(config, "select sum(version) from subjects where id <> 'cus_owner'"))
        .isEqualTo(applied.get());
  }

  private static long one(PostgresConfig config, String query) {
    return Long.parseLong(TestDatabase.query(config, query).get(0));
  }

  private Instant now() {
    return START.plusSeconds(ticks.get());
  }

  private static ReceivedEvent event(int number) {
    return new ReceivedEvent(
        "evt_" + number,
        "x",
        START,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.of("cus_" + number % SUBJECTS),
        Integer.toString(number));
  }

  private void work(PostgresBillingStore store, Random random) {
    while (unfinished(store)) {
      ClaimId claim = new ClaimId(claims.incrementAndGet());
      Instant claimed = now();
      List<ClaimedEvent> events =
          store.inbox().claim(claim, 1 + random.nextInt(20), claimed, LEASE);
      ticks.addAndGet(1 + random.nextInt(4));
      if (random.nextInt(12) == 0) {
        count("crash");
        continue;
      }
      process(store, claim, events, random);
    }
  }

  private static boolean unfinished(PostgresBillingStore store) {
    boolean allArrived = store.inbox().events(EventFilter.ALL, Optional.empty(), 1).stream()
        .anyMatch(newest -> newest.id().equals("evt_" + (EVENTS - 1)));
    return !allArrived || store.inbox().status().backlog() > 0;
  }

  private void process(
      PostgresBillingStore store, ClaimId claim, List<ClaimedEvent> events, Random random) {
    Map<SubjectId, List<ClaimedEvent>> bySubject = events.stream()
        .collect(Collectors.groupingBy(
            e -> new SubjectId("cus_" + Integer.parseInt(e.payload()) % SUBJECTS),
            TreeMap::new,
            Collectors.toList()));
    if (bySubject.isEmpty()) {
      return;
    }
    Map<SubjectId, SubjectState> known = store
        .projections()
        .load(bySubject.keySet().stream()
            .map(id -> new SubjectQuery(id, Set.of(), Set.of()))
            .toList());
    List<Unit> units = new ArrayList<>();
    bySubject.forEach((subject, held) -> {
      List<Change> changes = new ArrayList<>();
      held.forEach(e -> changes.add(fact(subject, e)));
      if (random.nextInt(20) == 0) {
        changes.add(new Change.Link(TAKEN, subject.value(), START));
      }
      units.add(new Unit(
          subject,
          Objects.requireNonNull(known.get(subject)).version(),
          Optional.of(claim),
          held.stream().map(ClaimedEvent::seq).collect(Collectors.toSet()),
          changes));
    });
    if (random.nextInt(12) == 0) {
      ticks.addAndGet(LEASE.toSeconds());
    }
    List<CommitResult> results = store.projections().commit(units, now());
    List<EventOutcome> back = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      CommitResult result = results.get(i);
      count(result.getClass().getSimpleName());
      if (result instanceof CommitResult.Applied) {
        applied.incrementAndGet();
      } else if (!(result instanceof CommitResult.LeaseLost)) {
        units.get(i).events().forEach(seq -> back.add(new EventOutcome.Release(seq)));
      }
    }
    store.inbox().settle(claim, back, now());
  }

  private void count(String what) {
    met.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
  }

  private static Change fact(SubjectId subject, ClaimedEvent event) {
    return new Change.Append(
        new Fact(
            event.id() + ":done", "x", subject, Optional.empty(), Optional.empty(), "done", START),
        Optional.of(event.id()));
  }

  private static Unit unit(SubjectId subject, long version, Change... changes) {
    return new Unit(subject, version, Optional.empty(), Set.of(), List.of(changes));
  }
}
