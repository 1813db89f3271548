package com.tatame.billing.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.BillingEvents;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.EventDeliveries;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.Unit;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Accounts' streams while many transactions append to them at once, and several nodes deliver. */
class StreamsUnderLoadTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ACCOUNTS = 40;
  private static final int WRITERS = 4;
  private static final int ENTRIES = 25;

  private final AtomicInteger facts = new AtomicInteger();

  @Test
  void manyWritersAndTwoNodesLeaveNoGapAndMissNothing() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema().withMaxPoolSize(WRITERS + 4);
    try (PostgresBillingStore store = PostgresBillingStore.open(config);
        Node first = new Node(store, 1);
        Node second = new Node(store, 2)) {
      for (int i = 0; i < ACCOUNTS; i++) {
        link(store, i);
      }
      first.start();
      second.start();
      ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int own = writer;
        running.add(writers.submit(() -> write(store, own)));
      }
      Map<AccountId, Long> pulled = new HashMap<>();
      Optional<EventCursor> cursor = Optional.empty();
      while (running.stream().anyMatch(writer -> !writer.isDone())) {
        cursor = pull(store, cursor, pulled);
      }
      for (Future<?> writer : running) {
        writer.get(60, SECONDS);
      }
      writers.shutdown();
      await().atMost(Duration.ofMinutes(1)).until(() -> waiting(store) == 0);
      pull(store, cursor, pulled);

      for (int i = 0; i < ACCOUNTS; i++) {
        AccountId account = account(i);
        assertThat(store.eventFeed().lastSequence(account)).isEqualTo(ENTRIES);
        assertThat(pulled.get(account)).as("pulled of %s", account).isEqualTo(ENTRIES);
        Set<Long> received = ConcurrentHashMap.newKeySet();
        received.addAll(first.received.getOrDefault(account, Set.of()));
        received.addAll(second.received.getOrDefault(account, Set.of()));
        assertThat(received).as("received of %s", account).hasSize(ENTRIES);
      }
      assertThat(first.disorder.get() + second.disorder.get()).isZero();
    }
  }

  @Test
  void anOpenTransactionHoldsTheFeedUpAndHidesNothing() throws SQLException {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      link(store, 0);
      link(store, 1);
      append(store, 0);
      Optional<EventCursor> cursor =
          store.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).next();
      try (Connection open = DriverManager.getConnection(jdbc(config), "postgres", "postgres")) {
        open.setAutoCommit(false);
        open.createStatement()
            .execute(
                "update " + config.schema() + ".subjects set version = version where id = 'cus_1'");
        append(store, 0);

        assertThat(store.eventFeed().page(cursor, FeedFilter.ALL, 10).events()).isEmpty();
        assertThat(store.eventFeed().lastSequence(account(0))).isEqualTo(2);
        open.commit();
      }
      append(store, 1);

      assertThat(store.eventFeed().page(cursor, FeedFilter.ALL, 10).events())
          .extracting(PublishedEvent::account)
          .containsExactlyInAnyOrder(account(0), account(1));
    }
  }

  @Test
  void aCursorOfBeforeARestoreIsRefused() {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      link(store, 0);
      append(store, 0);
      Optional<EventCursor> cursor =
          store.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).next();
      assertThat(store.eventFeed().checkEpoch()).isFalse();

      // What a restore brings back was written by another cluster, or on another timeline.
      TestDatabase.run(config, "update event_epochs set database = 'another cluster:1:5:2200'");

      assertThat(store.eventFeed().checkEpoch()).isTrue();
      assertThatThrownBy(() -> store.eventFeed().page(cursor, FeedFilter.ALL, 10))
          .isInstanceOf(CursorReset.class);
      append(store, 0);
      assertThat(store.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).events())
          .extracting(PublishedEvent::sequence)
          .containsExactly(1L, 2L);
    }
  }

  private static String jdbc(PostgresConfig config) {
    return "jdbc:postgresql"
        + config.url().substring(config.url().indexOf("://")).replaceFirst("//[^@]*@", "//");
  }

  /** One program that delivers, whose handler fails now and then. */
  private static final class Node implements AutoCloseable {
    final Map<AccountId, Set<Long>> received = new ConcurrentHashMap<>();
    final AtomicInteger disorder = new AtomicInteger();
    private final Map<AccountId, Long> last = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final EventDeliveries deliveries;

    Node(PostgresBillingStore store, int number) {
      // Ten times as fast, so that retries come within the test.
      Instant begin = Instant.now();
      InstantSource fast =
          () -> begin.plus(Duration.between(begin, Instant.now()).multipliedBy(10));
      deliveries = new EventDeliveries(
          store.subscribers(),
          new EndpointDelivery(store.eventEndpoints(), Optional.empty(), fast),
          () -> 0,
          fast,
          new Random(number));
      new BillingEvents(store.billingEvents(), store.eventFeed(), deliveries)
          .subscribe("load", this::handle);
    }

    void start() {
      deliveries.start();
    }

    private void handle(PublishedEvent event) {
      if (calls.incrementAndGet() % 50 == 0) {
        throw new IllegalStateException("a handler fails now and then");
      }
      long before = last.getOrDefault(event.account(), 0L);
      // Another node may have had those in between; going back is a repetition.
      if (event.sequence() < before
          && !received.getOrDefault(event.account(), Set.of()).contains(event.sequence())) {
        disorder.incrementAndGet();
      }
      last.put(event.account(), event.sequence());
      received
          .computeIfAbsent(event.account(), account -> ConcurrentHashMap.newKeySet())
          .add(event.sequence());
    }

    @Override
    public void close() {
      deliveries.close();
    }
  }

  private static long waiting(PostgresBillingStore store) {
    return store.subscribers().list().get(0).waiting();
  }

  private static Optional<EventCursor> pull(
      PostgresBillingStore store, Optional<EventCursor> from, Map<AccountId, Long> pulled) {
    Optional<EventCursor> cursor = from;
    while (true) {
      FeedPage page = store.eventFeed().page(cursor, FeedFilter.ALL, 100);
      for (PublishedEvent event : page.events()) {
        long before = pulled.getOrDefault(event.account(), 0L);
        assertThat(event.sequence()).as("after %s of %s", before, event).isEqualTo(before + 1);
        pulled.put(event.account(), event.sequence());
      }
      if (page.events().isEmpty()) {
        return page.next();
      }
      cursor = page.next();
    }
  }

  private boolean write(PostgresBillingStore store, int writer) {
    for (int entry = 0; entry < ENTRIES; entry++) {
      for (int i = writer; i < ACCOUNTS; i += WRITERS) {
        append(store, i);
      }
    }
    return true;
  }

  private static void link(PostgresBillingStore store, int number) {
    commit(store, number, 0, new Change.Link(account(number), "cus_" + number, NOW));
  }

  private void append(PostgresBillingStore store, int number) {
    SubjectId subject = new SubjectId("cus_" + number);
    Fact fact = new Fact(
        "in_" + facts.incrementAndGet() + ":paid",
        "invoice.paid",
        subject,
        Optional.empty(),
        Optional.empty(),
        "paid",
        NOW);
    long version = Objects.requireNonNull(store
            .projections()
            .load(List.of(new SubjectQuery(subject, Set.of(), Set.of())))
            .get(subject))
        .version();
    commit(store, number, version, new Change.Append(fact, Optional.empty()));
  }

  private static void commit(PostgresBillingStore store, int number, long version, Change change) {
    Unit unit = new Unit(
        new SubjectId("cus_" + number), version, Optional.empty(), Set.of(), List.of(change));
    assertThat(store.projections().commit(List.of(unit), NOW))
        .containsExactly(new CommitResult.Applied());
  }

  private static AccountId account(int number) {
    return new AccountId("user_" + number);
  }
}
