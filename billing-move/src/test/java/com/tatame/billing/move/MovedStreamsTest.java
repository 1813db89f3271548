package com.tatame.billing.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.CursorReset;
import com.tatame.billing.move.MoveTest.Kinds;
import com.tatame.billing.move.Stores.Store;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.EventCursor;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.outbox.SubscriberStore.Kind;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.store.BillingStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Accounts' streams and how far a subscriber has come with them, in another store. */
class MovedStreamsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final AccountId ADA = new AccountId("user_ada");
  private static final SubjectId CUSTOMER = new SubjectId("cus_ada");
  private static final String MAILER = "mailer";

  @ParameterizedTest
  @EnumSource
  void deliveriesGoOnAndCursorsBeginAnew(Kinds kinds) {
    try (Store source = kinds.source();
        Store target = kinds.target()) {
      BillingStore before = source.billing();
      before.subscribers().add(MAILER, Kind.HANDLER, NOW);
      commit(before, 0, new Change.Link(ADA, CUSTOMER.value(), NOW));
      append(before, 1);
      append(before, 2);
      assertThat(claimed(before)).containsExactly(1L, 2L);
      before
          .subscribers()
          .end(MAILER, List.of(new Ended(MAILER, ADA, 1, 1, Optional.empty())), List.of(), NOW);
      Optional<EventCursor> cursor =
          before.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).next();

      Move move = new Move(
          source.end(), target.end(), MoveTest.SMALL, InstantSource.system(), MoveListener.SILENT);
      move.copy();
      move.follow();
      assertThat(move.verify().differences()).isEmpty();
      move.cutover();

      BillingStore after = target.billing();
      assertThat(claimed(after)).containsExactly(2L);
      assertThatThrownBy(() -> after.eventFeed().page(cursor, FeedFilter.ALL, 10))
          .isInstanceOf(CursorReset.class);
      append(after, 3);
      assertThat(after.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10).events())
          .extracting(PublishedEvent::sequence)
          .containsExactly(1L, 2L, 3L);
    }
  }

  private static List<Long> claimed(BillingStore store) {
    return store
        .subscribers()
        .claim(MAILER, Map.of(MAILER, 1), 10, 5, NOW, Duration.ofMinutes(1))
        .stream()
        .flatMap(due -> due.entries().stream())
        .map(PublishedEvent::sequence)
        .toList();
  }

  private static void append(BillingStore store, long version) {
    Fact fact = new Fact(
        "in_" + version + ":paid",
        "invoice.paid",
        CUSTOMER,
        Optional.empty(),
        Optional.empty(),
        "paid",
        NOW.plusSeconds(version));
    commit(store, version, new Change.Append(fact, Optional.empty()));
  }

  private static void commit(BillingStore store, long version, Change change) {
    Unit unit = new Unit(CUSTOMER, version, Optional.empty(), Set.of(), List.of(change));
    assertThat(store.projections().commit(List.of(unit), NOW))
        .containsExactly(new CommitResult.Applied());
  }
}
