package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ProjectedBatch.ProjectedUnit;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.testkit.fixture.AnEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A session keeps the plans that it made while a table was small, until statistics are gathered anew.
 * None of them may read the whole table, or an index of it from end to end, when it has grown.
 */
class KeptPlansTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** More than the five executions after which the server makes its lasting plan. */
  private static final int ROUNDS = 8;

  private static final int UNITS = 5;
  private static final String GROWN = " from generate_series(1, 30000) i";
  private static final int FEW = 5_000;

  private final PostgresConfig config = TestDatabase.freshSchema().withMaxPoolSize(1);

  @Test
  void whatWasPlannedForSmallTablesReadsFewRowsOfLargeOnes() {
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      TestDatabase.run(
          config,
          "insert into subjects (id, version) select 'cus_' || i, 1 from generate_series(1, 100) i",
          "insert into subscribers (name, kind, created_at) values ('mailer', 'handler', now())");
      for (int round = 0; round < ROUNDS; round++) {
        work(store, round);
      }
      grow();
      work(store, ROUNDS);
      work(store, ROUNDS + 1);
    }

    TestDatabase.awaitNoOtherSession(config);
    assertThat(TestDatabase.query(
            config,
            "select relname || ' ' || indexrelname || ' ' || idx_tup_read from pg_stat_user_indexes"
                + " where schemaname = '" + config.schema() + "' and idx_tup_read > " + FEW
                + " union all select relname || ' ' || seq_tup_read from pg_stat_user_tables"
                + " where schemaname = '" + config.schema() + "' and seq_tup_read > " + FEW))
        .isEmpty();
  }

  private static void work(PostgresBillingStore store, int round) {
    List<ReceivedEvent> events = AnEvent.several(UNITS, NOW);
    List<ProjectedUnit> units = new ArrayList<>();
    List<SubjectQuery> subjects = new ArrayList<>();
    for (int i = 0; i < UNITS; i++) {
      int number = round * UNITS + i + 1;
      String event = events.get(i).id();
      units.add(new ProjectedUnit(
          Set.of(event), QueryPlanTest.unit(number, Optional.empty(), Set.of(), event)));
      subjects.add(new SubjectQuery(
          new SubjectId("cus_" + number), Set.of(), Set.of(new AccountId("user_" + number))));
    }
    store.projections().load(subjects);
    assertThat(store
            .inbox()
            .ingestAndApply(new ProjectedBatch(events, units, Map.of()), NOW)
            .waiting())
        .isEmpty();
    assertThat(store
            .subscribers()
            .claim("claim_" + round, Map.of("mailer", UNITS), UNITS, 5, NOW, LEASE))
        .hasSize(UNITS);
    store.inbox().claim(new ClaimId(round + 1), UNITS, NOW, LEASE);
    store.mails().claim("claim_" + round, UNITS, NOW, NOW, LEASE);
    consume(store, round);
    talk(store, round);
  }

  private static void talk(PostgresBillingStore store, int round) {
    for (int i = 0; i < UNITS; i++) {
      int number = round * UNITS + i + 1;
      Owner owner = Owner.of(new AccountId("user_" + number));
      String id = "conv_" + number;
      for (Optional<String> title : List.of(Optional.of("begun"), Optional.<String>empty())) {
        String key = title.orElse("more");
        AppendResult result = store
            .conversations()
            .append(new MessageAppend(
                owner,
                id,
                title,
                List.of(new Message(
                    id + key,
                    1,
                    MessageRole.USER,
                    "said",
                    1,
                    Map.of(),
                    title.map(first -> "use_" + (number - 1) / UNITS + "_" + (number - 1) % UNITS),
                    NOW)),
                title.isEmpty(),
                "quiz",
                Optional.of(key),
                "",
                Optional.empty(),
                NOW));
        assertThat(result).isInstanceOf(AppendResult.Stored.class);
      }
      assertThat(store
              .conversations()
              .window(owner, id, OptionalLong.empty(), WindowSize.DEFAULT)
              .orElseThrow()
              .messages())
          .hasSize(2);
      store.conversations().list(owner, false, Optional.empty(), 10);
      store
          .checkIns()
          .add(
              new CheckIn(
                  "chk_" + number,
                  owner,
                  "mood",
                  NOW,
                  Map.of(),
                  Optional.empty(),
                  Optional.empty(),
                  NOW),
              10);
      store.checkIns().list(owner, CheckInFilter.of("mood"), Optional.empty(), 10);
    }
  }

  private static void consume(PostgresBillingStore store, int round) {
    Period period = new Period(NOW.minusSeconds(1), NOW.plusSeconds(1));
    UsageDebit.Offer offer =
        new UsageDebit.Offer(PriceBand.INCLUDED, Optional.of(5L), Optional.empty());
    List<UsageDebit> debits = new ArrayList<>();
    for (int i = 0; i < UNITS; i++) {
      String id = "use_" + round + "_" + i;
      AccountId account = new AccountId("user_" + (round * UNITS + i + 1));
      debits.add(new UsageDebit(
          id,
          account,
          "quiz",
          id,
          "",
          store.usage().read(account, NOW).version(),
          "free",
          period,
          List.of(offer),
          1,
          NOW,
          true,
          Map.of()));
    }
    store.usage().consume(debits);
  }

  private void grow() {
    TestDatabase.run(
        config,
        "insert into users (id, issuer, subject) select 'user_9_' || i, 'issuer', 'user_9_' || i"
            + GROWN,
        "insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at)"
            + " select 'user_9_' || i, 'cus_9_' || i, now()" + GROWN,
        "insert into subjects (id, version) select 'cus_9_' || i, 1" + GROWN,
        "insert into subscriptions (stripe_subscription_id, stripe_customer_id, user_id, status,"
            + " items, current_period_start, current_period_end, cancel_at_period_end, created_at,"
            + " as_of, source) select 'sub_9_' || i, 'cus_9_' || i, 'user_9_' || i, 'active', '[]',"
            + " now(), now(), false, now(), now(), 'read'" + GROWN,
        "insert into provider_objects (kind, id, subject_id, state, created_at, as_of, source)"
            + " select 'refund', 're_9_' || i, 'cus_9_' || i, jsonb_build_object('id', 're_9_' || i,"
            + " 'status', 'succeeded', 'currency', 'usd', 'amount', 1, 'customer_id', 'cus_9_' || i,"
            + " 'created_at', '2026-01-01T00:00:00Z'), now(), now(), 'read'" + GROWN,
        "insert into account_entitlements (account_id, sources) select 'user_9_' || i, '[]'"
            + GROWN,
        "insert into billing_events (fact_key, subject_id, event_type, status, occurred_at)"
            + " select 'fact_9_' || i, 'cus_9_' || i, 'x', 'x', now()" + GROWN,
        "insert into event_streams (account_id, seq, occurred_at) select 'user_9_' || i, 1, now()"
            + GROWN,
        "insert into subscriber_positions (subscriber, account_id, seq) select 'mailer',"
            + " 'user_9_' || i, 1" + GROWN,
        "with arrived as (insert into webhook_events (stripe_event_id, event_type, lane, livemode, created_at,"
            + " received_at, raw_data) select 'evt_9_' || i, 't', 'cus_9_' || i, true, now(), now(),"
            + " '{}'" + GROWN + " returning seq) insert into webhook_queue (seq, next_attempt_at)"
            + " select seq, '2030-01-01' from arrived",
        "insert into usage_tracking (user_id, usage_type, period_start, period_end, amount)"
            + " select 'user_9_' || i, 'quiz', '2026-01-01', '2026-02-01', 1" + GROWN,
        "insert into consumptions (user_id, idempotency_key, id, fingerprint, usage_type,"
            + " period_start, period_end, place, amount, used, at) select 'user_9_' || i, 'key',"
            + " 'use_9_' || i, '', 'quiz', '2026-01-01', '2026-02-01', 'included', 1, 1, now()"
            + GROWN,
        "insert into grants (id, user_id, idempotency_key, fingerprint, kind, feature, units, reason,"
            + " given_by, given_at, starts_at) select 'gr_9_' || i, 'user_9_' || i, 'key', '', 'units',"
            + " 'quiz', 5, '', 'user_admin', '2026-01-01', '2026-01-01'" + GROWN,
        "insert into mails (id, template, cause, account_id, copy, object_id, event_id, content,"
            + " planned_at, due_at, expires_at, status, message_id, address, next_at)"
            + " select 'mail_9_' || i, 'receipt', 'in_9_' || i, 'user_9_' || i, 0, 'in_9_' || i,"
            + " 'in_9_' || i || ':paid', '{\"lines\": []}', now(), now(), now(), 'sent',"
            + " 'message_9_' || i, 'user_9_' || i || '@example.com', null" + GROWN,
        "insert into ai_conversations (id, user_id, title, message_count, created_at, updated_at)"
            + " select 'conv_9_' || i, 'user_9_' || i, 't', 1, now(), now()" + GROWN,
        "insert into ai_messages (conversation_id, position, id, user_id, role, content, tokens,"
            + " request_key, fingerprint, created_at) select 'conv_9_' || i, 1, 'msg_9_' || i,"
            + " 'user_9_' || i, 'user', 'said', 1, 'begun', '', now()" + GROWN,
        "insert into longitudinal_checkins (id, user_id, kind, occurred_at, created_at)"
            + " select 'chk_9_' || i, 'user_9_' || i, 'mood', now(), now()" + GROWN,
        "insert into webhook_log (seq, claim, at, status, retry_count)"
            + " select i + 1000000, 1, now(), 'processed', 0" + GROWN);
  }
}
