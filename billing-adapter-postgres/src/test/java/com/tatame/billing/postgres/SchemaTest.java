package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.Settlement;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.testkit.fixture.AnEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What other programs see of the schema: people with SQL, and callers that are not ours. */
class SchemaTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);

  @AfterAll
  static void close() {
    STORE.close();
  }

  @Test
  void noClaimAtAllNeverMatchesAnEventThatNobodyHolds() {
    STORE.inbox().ingest(AnEvent.several(1, NOW), NOW);
    String seq = TestDatabase.query(
            CONFIG, "select max(seq) from webhook_queue where claim is null")
        .get(0);

    assertThat(TestDatabase.query(
            CONFIG,
            "select commit_units_v1('{\"now\":\"2026-01-02T03:04:05Z\","
                + "\"units\":[{\"u\":0,\"subject\":\"cus_null\",\"version\":0}],"
                + "\"events\":[{\"u\":0,\"seq\":" + seq + "}]}') -> 'lease_lost'"))
        .containsExactly("[0]");
    assertThat(TestDatabase.query(CONFIG, "select version from subjects where id = 'cus_null'"))
        .containsExactly("0");
  }

  @Test
  void whatWasIgnoredOrGivenUpStaysVisibleWithItsReason() {
    STORE.inbox().ingest(AnEvent.several(2, NOW.plusSeconds(1)), NOW.plusSeconds(1));
    ClaimId claim = new ClaimId(7);
    List<ClaimedEvent> events =
        STORE.inbox().claim(claim, 200, NOW.plusSeconds(1), Duration.ofMinutes(1));
    ClaimedEvent ignored = events.get(events.size() - 2);
    ClaimedEvent dead = events.get(events.size() - 1);
    STORE
        .inbox()
        .settle(
            claim,
            List.of(
                new Settlement.Ignored(ignored.seq(), "test mode"),
                new Settlement.Dead(dead.seq(), "unreadable")),
            NOW.plusSeconds(2));

    assertThat(TestDatabase.query(
            CONFIG,
            "select concat_ws(' | ', event_type, status, error, retry_count, processed_at is not null,"
                + " raw_data is not null) from stripe_webhook_events where stripe_event_id in ('"
                + ignored.id() + "', '" + dead.id() + "') order by seq"))
        .containsExactly(
            ignored.type() + " | ignored | test mode | 0 | t | t",
            dead.type() + " | dead | unreadable | 1 | f | t");
  }
}
