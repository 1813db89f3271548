package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.checkin.CheckIn;
import com.tatame.billing.checkin.CheckInFilter;
import com.tatame.billing.checkin.CheckInPeriod;
import com.tatame.billing.checkin.CheckInStore;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.conversation.AppendResult;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.conversation.Message;
import com.tatame.billing.conversation.MessageAppend;
import com.tatame.billing.conversation.MessageRole;
import com.tatame.billing.conversation.WindowSize;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.entitlement.AccountEntitlement;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.RecordedEntitlement;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.EventStatus;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.invoice.Invoice;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailResult;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.metering.MeterReport;
import com.tatame.billing.metering.MeterReportStore;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.outbox.FeedFilter;
import com.tatame.billing.outbox.FeedPage;
import com.tatame.billing.outbox.SubscriberStore.Due;
import com.tatame.billing.outbox.SubscriberStore.Ended;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.testkit.fixture.ACheckoutSession;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.APrice;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.ASubscription;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.AnInvoice;
import com.tatame.billing.testkit.fixture.Mirrored;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.TrialStore.Mark;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * On 100,000 rows in every table, PostgreSQL itself counts how often a table is read from end to end,
 * and tells what it thinks that each statement costs.
 * The inbox's status stays out: it counts the whole backlog, which is that long only in trouble.
 */
class QueryPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** Not as our own sessions plan, which avoid scans anyway, but as those of poolers and PostgREST. */
  private static final PostgresConfig CONFIG =
      TestDatabase.freshSchema().withMaxPoolSize(1).withPrepareStatements(false);

  private static final PostgresConfig EXPLAINED = TestDatabase.explained(CONFIG);

  /** The server compiles what it thinks costlier than that, at each call; jit_above_cost. */
  private static final double COMPILED_FROM = 100_000;

  private static final Pattern PLAN =
      Pattern.compile("plan:\\n\\tQuery Text: (.*(?:\\n(?!\\t.*\\(cost=).*)*)\\n"
          + "\\t.*\\(cost=[\\d.]+\\.\\.([\\d.]+) rows=");

  private static Set<String> read = Set.of();
  private static List<Plan> planned = List.of();

  /** How often each statement runs: the server makes its lasting plan only after five. */
  private static final int ROUNDS = 8;

  private static final String ROWS = " from generate_series(1, 100000) i";
  private static final String AT = "timestamptz '2026-01-01' + i * interval '1 second'";

  private static void fill() {
    PostgresBillingStore.migrate(CONFIG);
    String mirrored = ", " + AT + ", " + AT + ", 'read'" + ROWS;
    TestDatabase.run(
        CONFIG,
        "insert into users (id, issuer, subject) select 'user_' || i, 'issuer', 'user_' || i"
            + ROWS,
        "insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at)"
            + " select 'user_' || i, 'cus_' || i, now()" + ROWS,
        "insert into customers (id, delinquent, created_at, as_of, source)"
            + " select 'cus_' || i, false" + mirrored,
        "insert into subscriptions (stripe_subscription_id, stripe_customer_id, user_id, status,"
            + " items, current_period_start, current_period_end, cancel_at_period_end, created_at,"
            + " as_of, source) select 'sub_' || i, 'cus_' || i, 'user_' || i, 'active', '[{\"id\": \"si_1\", \"price_id\": \"price_1\","
            + " \"product_id\": \"prod_1\", \"quantity\": 1, \"currency\": \"usd\"}]',"
            + " now(), now(), false"
            + mirrored,
        "insert into stripe_invoices (stripe_invoice_id, stripe_customer_id, status, currency,"
            + " total, amount_due, amount_paid, attempt_count, period_start, period_end,"
            + " created_at, as_of, source) select 'in_' || i, 'cus_' || i, case i % 3 when 0 then"
            + " 'open' else 'paid' end, 'usd', 1, 1, 1, 1, now(), now()" + mirrored,
        "insert into checkout_sessions (id, account_id, status, paid, expires_at, created_at,"
            + " as_of, source) select 'cs_' || i, 'user_' || i, 'open', false, now()" + mirrored,
        "insert into products (id, name, active, metadata, created_at, as_of, source)"
            + " select 'prod_' || i, 'p', true, '{}'" + mirrored,
        "insert into prices (id, product_id, active, currency, lookup_key, metadata, created_at,"
            + " as_of, source) select 'price_' || i, 'prod_' || i, true, 'usd', 'key_'"
            + " || i, '{}'" + mirrored,
        "insert into provider_objects (kind, id, subject_id, state, created_at, as_of, source)"
            + " select (array['payment_method', 'refund', 'promotion_code', 'invoice_payment'])[i % 4 + 1],"
            + " 'object_' || i, 'cus_' || i, '{\"type\":\"card\",\"status\":\"succeeded\","
            + "\"currency\":\"usd\",\"created_at\":\"2026-01-01T00:00:00Z\",\"amount\":1,"
            + "\"active\":1,\"times_redeemed\":1,\"first_purchase_only\":1,\"amount_requested\":1}' ||"
            + " jsonb_build_object('id', 'object_' || i, 'customer_id', 'cus_' || i, 'code', 'Code' || i, 'coupon_id', 'c' || i,"
            + " 'invoice_id', 'in_' || i)" + mirrored,
        "insert into provider_objects (kind, id, subject_id, state, created_at, as_of, source)"
            + " select 'payment_intent', 'pi_' || i, 'pi_' || i, '{\"status\":\"succeeded\",\"currency\":\"usd\","
            + "\"amount\":1,\"amount_received\":1,\"metadata\":{},\"created_at\":\"2026-01-01T00:00:00Z\"}' ||"
            + " jsonb_build_object('id', 'pi_' || i, 'account', 'user_' || i, 'sale', jsonb_build_object("
            + "'purchase_id', 'pur_' || i, 'item', 'quiz', 'kind', 'quiz', 'list_price',"
            + " jsonb_build_object('amount', 1, 'currency', 'usd')))" + mirrored,
        "insert into free_purchases (id, account_id, item, sale, created_at)"
            + " select 'free_' || i, 'user_' || i, 'article', '{\"purchase_id\":\"p\",\"item\":\"article\","
            + "\"kind\":\"article\",\"list_price\":{\"amount\":0,\"currency\":\"usd\"}}', "
            + AT + ROWS,
        "insert into anonymous_sessions (id, hash, created_at, expires_at, claimed_by, claimed_at)"
            + " select 'anonymous:' || i, 'hash_' || i, now(), now(), 'user_' || i, now()" + ROWS,
        "insert into billing_events (fact_key, subject_id, event_type, status, occurred_at, account_id,"
            + " seq, epoch, tx, late, state) select 'fact_' || i, 'cus_' || i, 'x', 'x', now(),"
            + " 'user_' || i, 1, 1, i::text::xid8, false, '{\"tier\": null, \"subscriptions\": [],"
            + " \"grants\": []}'" + ROWS,
        "insert into event_streams (account_id, seq, occurred_at, examine_at) select 'user_' || i, 1,"
            + " now(), case i % 1000 when 0 then now() end" + ROWS,
        "insert into subscribers (name, kind, created_at) select 'subscriber_' || i, 'handler', now()"
            + " from generate_series(1, 3) i",
        "insert into subscriber_positions (subscriber, account_id, seq, due_at, since)"
            + " select 'subscriber_' || i % 3 + 1, 'user_' || i, 0, case i % 100 when 0 then " + AT
            + " end, case i % 100 when 0 then " + AT + " end" + ROWS,
        "insert into delivery_attempts (subscriber, account_id, seq, event_id, at, millis)"
            + " select 'subscriber_' || i % 3 + 1, 'user_' || i, 1, 'fact_' || i, " + AT + ", 1"
            + ROWS,
        "insert into mails (id, template, cause, account_id, copy, object_id, event_id, content, planned_at,"
            + " due_at, expires_at, status, message_id, address, next_at)"
            + " select 'mail_' || i, case i % 2 when 0 then 'receipt' else 'welcome' end, 'in_' || i,"
            + " 'user_' || i % 5000, 0, 'in_' || i, 'in_' || i || ':paid', '{\"lines\": []}', " + AT
            + ", "
            + AT + ", " + AT
            + ", case i % 1000 when 0 then 'planned' when 1 then 'unknown' else 'sent'"
            + " end, 'message_' || i, 'user_' || i || '@example.com', case i % 1000 when 0 then "
            + AT
            + " end" + ROWS,
        "insert into mail_suppressions (address, id, reason, since) select 'user_' || i || '@example.com',"
            + " 'mail_' || i, 'complaint', " + AT + ROWS,
        "insert into ai_conversations (id, user_id, title, message_count, created_at, updated_at)"
            + " select 'conv_' || i, case i % 10 when 0 then 'anonymous:' else 'user_' end || i % 2000, 't', 50,"
            + AT + ", " + AT + " from generate_series(1, 20000) i",
        "insert into ai_messages (conversation_id, position, id, user_id, role, content, tokens, request_key,"
            + " fingerprint, created_at) select 'conv_' || i % 20000 + 1, i / 20000 + 1, 'msg_' || i, 'user_' ||"
            + " (i % 20000 + 1) % 2000, case i / 20000 % 2 when 0 then 'user' else 'assistant' end, 'said', 1,"
            + " case i % 10 when 0 then 'key_' || i end, 'f', now() from generate_series(0, 999999) i",
        "insert into longitudinal_checkins (id, user_id, kind, occurred_at, score, created_at)"
            + " select 'chk_' || i, 'user_' || i % 1000, 'kind_' || i % 7, " + AT
            + ", i % 10, now()"
            + ROWS,
        "insert into mail_preferences (account_id, \"off\") select 'user_' || i, '{}'" + ROWS,
        "insert into account_entitlements (account_id, sources) select 'user_' || i, '[]'" + ROWS,
        "insert into subjects (id, version) select 'cus_' || i, 1" + ROWS,
        "insert into pending_reads (kind, object_id, subject_id, priority, since)"
            + " select 'subscription', 'sub_' || i, 'cus_' || i, i % 3, " + AT + ROWS,
        "insert into commands (id, account_id, kind, target, params, state, generation, created_at)"
            + " select 'cmd_' || i, 'user_' || i, 'cancel_subscription', 'sub_' || i, '{}',"
            + " case i % 3 when 0 then 'planned' else 'succeeded' end, 1, " + AT + ROWS,
        "insert into commands (id, account_id, kind, target, params, state, generation, created_at)"
            + " select 'cmd_give_' || i, 'user_' || i, 'give_discount', 'disc_' || i, '{}', 'succeeded', 1, "
            + AT + ROWS,
        "insert into idempotency_keys (account_id, key, fingerprint, lease_until, created_at)"
            + " select 'user_' || i, 'key', 'f', now(), " + AT + ROWS,
        "insert into api_keys (id, hash, name, scopes, created_at)"
            + " select 'bk_' || i, 'hash_' || i, 'name', '{account}', " + AT + ROWS,
        "insert into webhook_events (stripe_event_id, event_type, lane, livemode, created_at,"
            + " received_at, raw_data) select 'old_' || i, 't', 'cus_'"
            + " || i, true, " + AT + ", " + AT + ", '{}'"
            + ROWS,
        "insert into webhook_queue (seq, next_attempt_at) select seq, received_at from"
            + " webhook_events",
        "insert into webhook_log (seq, claim, at, status, retry_count)"
            + " select i + 1000000, 1, now(), 'processed', 0" + ROWS,
        "insert into claims (id, seqs, lease_until)"
            + " select i + 1000000, array[i + 1000000], timestamptz '2030-01-01'" + ROWS,
        "insert into webhook_attempts (seq, at, outcome) select i + 1000000, now(), 'failed'"
            + ROWS,
        "insert into customer_proofs (stripe_customer_id, proven_at) select 'cus_' || i, now()"
            + ROWS,
        "insert into drift (id, stripe_customer_id, kind, object_id, before, after, cause,"
            + " found_at, repaired_at, repaired_by) select 'drift_' || i, 'cus_' || i, 'customer',"
            + " 'cus_' || i, '{}', '{}', 'derived', now(), case i % 50 when 0 then null else now()"
            + " end, case i % 50 when 0 then null else 'ada' end" + ROWS,
        "insert into duplicate_subscriptions (stripe_subscription_id, kept_subscription_id, user_id,"
            + " stripe_customer_id, family, status, found_at, look_at) select 'sub_' || i, 'sub_' ||"
            + " (i + 1), 'user_' || i, 'cus_' || i, 'plan', case i % 50 when 0 then 'alerted' else"
            + " 'over' end, now(), case i % 50 when 0 then now() end" + ROWS,
        "insert into trials (stripe_subscription_id, stripe_customer_id, status, repeats, started_at,"
            + " look_at, found_at) select 'sub_' || i, 'cus_' || i, case i % 50 when 0 then 'alerted'"
            + " else 'over' end, '{}', now(), case i % 50 when 0 then now() end, now()" + ROWS,
        "insert into trial_ledger (family, evidence_kind, evidence_hash, stripe_subscription_id,"
            + " first_seen_at) select 'plan', 'card', lpad(to_hex(i), 64, '0'), 'sub_' || i, now()"
            + ROWS,
        "update account_entitlements set sources = '[{}, {}]' where account_id like 'user_77%'",
        "insert into recurring_tasks (name, next_at) select 'other_' || i, now()" + ROWS,
        "insert into subscription_quotes (id, user_id, stripe_subscription_id, state, created_at,"
            + " expires_at) select 'qt_' || i, 'user_' || i, 'sub_' || i, '{}', now(), now()"
            + ROWS,
        "insert into usage_tracking (user_id, usage_type, period_start, period_end, amount) select 'user_' || i,"
            + " 'quiz', '2026-01-01', '2026-02-01', 1" + ROWS,
        "insert into consumptions (user_id, idempotency_key, id, fingerprint, usage_type, period_start,"
            + " period_end, place, amount, used, at) select 'user_' || i, 'key', 'use_' || i, '', 'quiz',"
            + " '2026-01-01', '2026-02-01', 'included', 1, 1, '2026-01-01'::timestamptz + i * interval '1 minute'"
            + ROWS,
        "insert into grants (id, user_id, idempotency_key, fingerprint, kind, feature, units, reason, given_by,"
            + " given_at, starts_at) select 'gr_' || i, 'user_' || i, 'key', '', 'units', 'quiz', 5, '', 'user_admin',"
            + " '2026-01-01', '2026-01-01'" + ROWS,
        "insert into audit_log (at, actor, action, account_id, target) select " + AT
            + ", 'user:user_' || i % 1000," + " 'action_' || i % 20, 'user_' || i, 'gr_' || i"
            + ROWS,
        "insert into catalog_tiers (tier, name, is_default) select 'tier_' || i, '', i = 1" + ROWS,
        "insert into catalog_versions (version, content_hash, document, published_at) select i,"
            + " lpad(to_hex(i), 64, '0'), '{}', now()" + ROWS,
        "insert into catalog_features (tier, feature, kind, included, window_kind, zone, meter)"
            + " select 'tier_' || i, 'quiz', 'unlimited', true, 'day', 'UTC',"
            + " case i % 1000 when 0 then 'api_calls' end" + ROWS,
        "insert into meter_reports (id, user_id, meter, metered_from, amount, used_at, state) select 'use_' || i,"
            + " 'user_' || i, 'api_calls', now(), 1, " + AT + ", case i % 1000 when 0 then 'open'"
            + " when 1 then 'dead' else 'sent' end" + ROWS,
        "insert into gauge_changes (user_id, usage_type, at, change) select 'user_' || i, 'room',"
            + " '2026-01-01'::timestamptz + i * interval '1 minute', 1" + ROWS,
        "insert into entitlement_history (account_id, recorded_at, effective_at, sources, withheld,"
            + " evidence) select 'user_' || i, '2025-12-31', '2025-12-31', '[]', '[]', '{}'" + ROWS,
        "insert into usage_breaches (day, usage_type, tier, user_id, denials, denied) select '2026-01-01', 'quiz',"
            + " 'free', 'user_' || i, 1, 1" + ROWS,
        "analyze");
  }

  @BeforeAll
  static void callEverything() {
    fill();
    Map<String, Long> before = scans();
    try (PostgresBillingStore store = PostgresBillingStore.open(EXPLAINED)) {
      for (int round = 0; round < ROUNDS; round++) {
        work(store, round);
        commands(store, round);
        reads(store, round);
        apiKeys(store, round);
        duplicates(store, round);
        trials(store, round);
        purchases(store, round);
        usage(store, round);
        grants(store, round);
        mails(store, round);
        conversations(store, round);
        checkIns(store, round);
        catalogs(store, round);
        audit(store, round);
        events(store, round);
      }
      store.idempotency().prune(NOW.minus(Duration.ofDays(1)));
    }
    read = grown(before);
    planned = plans();
  }

  @Test
  void noCallOfTheStoreReadsATableFromEndToEnd() {
    assertThat(read).isEmpty();
  }

  @Test
  void noStatementOfACallIsSoCostlyThatItWouldBeCompiled() {
    assertThat(planned).hasSizeGreaterThan(500);
    assertThat(planned)
        .filteredOn(plan -> plan.cost() > COMPILED_FROM)
        .extracting(Plan::statement)
        .isEmpty();
  }

  @Test
  void theLogTellsOfACostlyStatementWithinABlock() throws SQLException {
    String costly = "select from jsonb_array_elements('[]') a, jsonb_array_elements('[]') b,"
        + " jsonb_array_elements('[]') c, jsonb_array_elements('[]') d";
    try (HikariDataSource pool = new HikariDataSource(Connections.pool(EXPLAINED));
        Connection connection = pool.getConnection()) {
      connection.createStatement().execute("do $$ begin perform from (" + costly + ") z; end $$");
    }

    List<Plan> more = plans();
    assertThat(more.subList(planned.size(), more.size()))
        .filteredOn(plan -> plan.cost() > COMPILED_FROM)
        .extracting(Plan::statement)
        .singleElement(as(STRING))
        .contains(costly);
  }

  @Test
  void aSessionOfTheStoreCompilesNothing() throws SQLException {
    assertThat(setting(CONFIG, "jit")).isEqualTo("off");
    assertThat(setting(CONFIG.withPrepareStatements(true), "jit")).isEqualTo("off");
  }

  @Test
  void aSessionExpectsLargeTablesIfItIsNobodyElses() throws SQLException {
    assertThat(setting(CONFIG.withPrepareStatements(true), "enable_seqscan")).isEqualTo("off");
    assertThat(setting(CONFIG, "enable_seqscan")).isEqualTo("on");
  }

  private static String setting(PostgresConfig config, String name) throws SQLException {
    try (HikariDataSource pool = new HikariDataSource(Connections.pool(config));
        Connection connection = pool.getConnection();
        ResultSet setting = connection.createStatement().executeQuery("show " + name)) {
      setting.next();
      return setting.getString(1);
    }
  }

  @Test
  void theCountSeesAScan() {
    Map<String, Long> before = scans();

    TestDatabase.run(CONFIG, "select count(*) from prices where unit_amount = 7");

    assertThat(grown(before)).containsExactly("prices");
  }

  @Test
  void whatApplicationsAskInTheirOwnSqlIsFoundByAnIndex() {
    Map<String, Long> before = scans();

    for (String query : List.of(
        "select * from billing_events order by occurred_at desc limit 10",
        "select * from current_usage where user_id = 'user_80008'",
        "select get_user_subscription('user_80008')",
        "select s.* from users u cross join lateral subscriptions(u) s where u.id = 'user_80008'",
        "select i.* from users u cross join lateral stripe_invoices(u) i where u.id = 'user_80008'",
        "select p.* from products t cross join lateral prices(t) p where t.id = 'prod_80008'",
        "select t.* from prices p cross join lateral products(p) t where p.id = 'price_80008'",
        "select s.* from stripe_customers c cross join lateral subscriptions(c) s"
            + " where c.id = 'cus_80008'")) {
      assertThat(TestDatabase.query(CONFIG, query)).as(query).isNotEmpty();
    }
    assertThat(grown(before)).isEmpty();
  }

  @Test
  void whatIsSoughtAmongTheRarerKindsIsFoundByAnIndex() {
    Map<String, Long> before = scans();

    for (String query : List.of(
        "select last4 from stripe_payment_methods where stripe_customer_id = 'cus_80008'",
        "select id from provider_objects where state ->> 'customer_id' = 'cus_80012' and kind ="
            + " 'payment_method' and not gone order by created_at desc, id",
        "select id from provider_objects where subject_id = 'cus_80009' and kind = 'refund'"
            + " and not gone order by created_at desc, id",
        "select id from provider_objects where kind = 'promotion_code' and not gone"
            + " and lower(state ->> 'code') = 'code10'",
        "select id from provider_objects where kind = 'promotion_code' and not gone"
            + " and state ->> 'coupon_id' = 'c10'",
        "select id from provider_objects where kind = 'invoice_payment' and not gone"
            + " and state ->> 'invoice_id' = 'in_11'")) {
      assertThat(TestDatabase.query(CONFIG, query)).as(query).hasSize(1);
    }

    assertThat(grown(before)).isEmpty();
  }

  /** As the server planned a statement, at a cost of its own measure. */
  private record Plan(String statement, double cost) {}

  private static List<Plan> plans() {
    String end = "logged until " + System.nanoTime();
    TestDatabase.run(CONFIG, "do $$ begin raise log '" + end + "'; end $$");
    await().atMost(Duration.ofMinutes(1)).until(() -> TestDatabase.log().contains(end));
    return PLAN.matcher(TestDatabase.log())
        .results()
        .map(plan -> new Plan(plan.group(1), Double.parseDouble(plan.group(2))))
        .toList();
  }

  private static Set<String> grown(Map<String, Long> before) {
    Set<String> tables = new TreeSet<>();
    scans().forEach((table, count) -> {
      if (!count.equals(before.get(table))) {
        tables.add(table);
      }
    });
    return tables;
  }

  private static void work(PostgresBillingStore store, int round) {
    store.inbox().ingest(AnEvent.several(20, NOW), NOW);
    arrive(store, round);
    ClaimId claim = new ClaimId(round + 1);
    List<ClaimedEvent> claimed = store.inbox().claim(claim, 20, NOW, LEASE);
    assertThat(claimed).hasSize(20);
    List<SubjectQuery> wanted = new ArrayList<>();
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      units.add(unit(round * 100 + i + 1, claim, claimed.get(i)));
      wanted.add(new SubjectQuery(
          units.get(i).subject(),
          Set.of(
              ACustomer.ofNobody(units.get(i).subject().value(), NOW).ref(),
              new ObjectRef(ObjectKind.REFUND, "object_" + (i * 4 + 1)),
              new ObjectRef(ObjectKind.COUPON, "object_" + i)),
          Set.of(new AccountId("user_" + i))));
    }
    store.projections().load(wanted);
    assertThat(store.projections().commit(units, NOW)).containsOnly(new CommitResult.Applied());
    List<EventOutcome> settlements = new ArrayList<>();
    claimed.subList(10, 15).forEach(e -> settlements.add(new EventOutcome.Ignored(e.seq(), "x")));
    claimed
        .subList(15, 18)
        .forEach(e -> settlements.add(new EventOutcome.Retry(e.seq(), NOW, "x")));
    assertThat(store.inbox().settle(claim, settlements, NOW)).isEmpty();
    store.inbox().claim(new ClaimId(10_000 + round), 1, NOW.plus(LEASE), LEASE);
    store.projections().pendingReads(10);
    store.inbox().events(EventFilter.ALL, Optional.of("old_5000"), 10);
    EventFilter lane = EventFilter.ALL.withLane("cus_7");
    store.inbox().events(lane, Optional.empty(), 10);
    EventFilter range = EventFilter.ALL.receivedFrom(NOW.minusSeconds(3600)).receivedBefore(NOW);
    for (EventStatus status : EventStatus.values()) {
      store.inbox().events(lane.withStatus(status), Optional.empty(), 10);
      store.inbox().events(range.withStatus(status).withType("invoice.paid"), Optional.empty(), 10);
    }
    store.inbox().find("old_5000");
    store.inbox().replay(new ReplaySelection.One("old_5000"), 0, 10, NOW, AnAuditEntry.any());
    store.inbox().replay(new ReplaySelection.DeadLetters(), 0, 10, NOW, AnAuditEntry.any());
    store
        .inbox()
        .replay(
            new ReplaySelection.Received(NOW.minusSeconds(60), NOW, Optional.empty()),
            0,
            10,
            NOW,
            AnAuditEntry.any());
    store.inbox().prune(NOW.minusSeconds(3600), 10);
    store.drift().customers(Optional.of("cus_5"), 10);
    store.drift().prove("cus_5", NOW);
    store.drift().provenAt("cus_5");
    store.drift().list(true, Optional.of("drift_5"), 10);
    store.drift().list(false, Optional.of("drift_5"), 10);
    store.drift().find("drift_5");
    for (ObjectKind kind : ObjectKind.values()) {
      store.drift().objects(Optional.of(new ObjectRef(kind, "in_5")), 10);
    }
    store.drift().object(new ObjectRef(ObjectKind.SUBSCRIPTION, "sub_5"));
    store.drift().open();
    store.drift().openOf("cus_5");
    store.drift().repaired(List.of("drift_5"), "ada", NOW, Optional.of(AnAuditEntry.any()));
    store.tasks().begin("task_" + round, "ada", NOW, LEASE);
    store.tasks().end("task_" + round, "ada", Optional.empty(), NOW);
  }

  private static void duplicates(PostgresBillingStore store, int round) {
    String position = store.duplicates().several(Optional.empty(), 10).position();
    store.duplicates().several(Optional.of(position), 10);
    Duplicate duplicate = new Duplicate(
        "sub_many_" + round,
        "sub_1",
        new AccountId("user_1"),
        "cus_1",
        "plan",
        Duplicate.Status.ALERTED,
        NOW,
        Optional.of(NOW),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    store.duplicates().report(duplicate);
    store.duplicates().replace(Duplicate.Status.ALERTED, duplicate);
    store.duplicates().due(NOW, 10);
    store.duplicates().list(true, Optional.of("sub_many_" + round), 10);
    store.duplicates().list(false, Optional.of("sub_many_" + round), 10);
    store.duplicates().find("sub_5");
    store.duplicates().open();
  }

  private static void trials(PostgresBillingStore store, int round) {
    String position = store.trials().started(Optional.empty(), 10).position();
    store.trials().started(Optional.of(position), 10);
    Trial trial = new Trial(
        "sub_tried_" + round,
        "cus_1",
        Optional.empty(),
        Optional.empty(),
        NOW,
        Trial.Status.WATCHED,
        List.of(),
        Optional.of(NOW),
        Optional.empty(),
        Optional.empty());
    store.trials().watch(trial);
    store.trials().replace(Trial.Status.WATCHED, trial);
    store.trials().due(NOW, 10);
    store.trials().repeated(true, Optional.of("sub_5000"), 10);
    store.trials().repeated(false, Optional.of("sub_5000"), 10);
    store.trials().open();
    store.trials().find("sub_5000");
    List<Mark> marks = List.of(new Mark("card", "0".repeat(63) + "a"));
    store.trials().record("plan", "sub_tried_" + round, NOW, marks);
    assertThat(store.trials().seen("plan", marks)).isNotEmpty();
  }

  private static void arrive(PostgresBillingStore store, int round) {
    List<ReceivedEvent> events = AnEvent.several(20, NOW);
    List<ProjectedBatch.ProjectedUnit> projected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      projected.add(new ProjectedBatch.ProjectedUnit(
          Set.of(events.get(i).id()),
          unit(
              50_000 + round * 100 + i,
              Optional.empty(),
              Set.of(),
              events.get(i).id())));
    }
    ProjectedBatch batch =
        new ProjectedBatch(events, projected, Map.of(events.get(10).id(), "x"));
    assertThat(store.inbox().ingestAndApply(batch, NOW).waiting()).hasSize(9);
    assertThat(store.inbox().ingestAndApply(batch, NOW).fresh()).isEmpty();
    // They would be claimed instead of those that this test looks at.
    TestDatabase.run(
        CONFIG, "delete from webhook_queue where seq > 100000 and next_attempt_at = '" + NOW + "'");
  }

  private static Unit unit(int number, ClaimId claim, ClaimedEvent event) {
    return unit(number, Optional.of(claim), Set.of(event.seq()), event.id());
  }

  static Unit unit(int number, Optional<ClaimId> claim, Set<Long> events, String eventId) {
    SubjectId subject = new SubjectId("cus_" + number);
    Subscription subscription = ASubscription.active(subject.value(), NOW).build();
    Invoice invoice = AnInvoice.open(subject.value(), NOW).build();
    AccountId account = new AccountId("user_" + number);
    CheckoutSession session = ACheckoutSession.open(account, subject.value(), NOW);
    Product product = AProduct.active(NOW);
    Price price = APrice.of(product.id(), NOW).build();
    List<Change> changes = new ArrayList<>();
    for (ProviderObject object : List.of(
        ACustomer.of(account, subject.value(), NOW),
        subscription,
        invoice,
        session,
        product,
        price)) {
      changes.add(new Change.Put(object, NOW, Source.READ));
      changes.add(new Change.SettleRead(object.ref()));
    }
    Mirrored.full(subject.value(), NOW)
        .forEach(object -> changes.add(new Change.Put(object, NOW, Source.READ)));
    changes.add(new Change.Tombstone(subscription.ref(), NOW, Source.READ));
    changes.add(new Change.Tombstone(
        new ObjectRef(ObjectKind.REFUND, "object_" + (number * 4 + 1)), NOW, Source.READ));
    changes.add(new Change.Append(subscription.facts().get(0), Optional.of(eventId)));
    changes.add(new Change.RequireRead(invoice.ref(), ReadPriority.ROUTINE, NOW));
    changes.add(new Change.Entitle(
        new RecordedEntitlement(new AccountEntitlement(account, List.of()), NOW)));
    changes.add(new Change.Link(account, subject.value(), NOW));
    return new Unit(subject, 1, claim, events, changes);
  }

  private static void commands(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    Command planned = Command.planned(
        new CommandId("new_" + round),
        account,
        CommandKind.CREATE_CUSTOMER,
        "customer",
        Map.of(),
        NOW);
    store.commands().open(planned, AnAuditEntry.any());
    store.commands().begin(planned.id(), "lease", NOW, LEASE);
    store.commands().extend(planned.id(), "lease", NOW, LEASE);
    store.commands().renew(planned.id(), "lease", 1, NOW, LEASE);
    store
        .commands()
        .end(
            planned.id(), "lease", CommandState.SUCCEEDED, Optional.empty(), Optional.empty(), NOW);
    store.commands().find(planned.id());
    store.commands().findOpen(account, CommandKind.CREATE_CUSTOMER, "customer");
    store.commands().ofRequest(RequestKey.of("ada", "key-" + round));
    store.commands().lastSucceeded(account, CommandKind.CREATE_CUSTOMER, "customer");
    store.commands().list(JournalFilter.ALL, Optional.of(planned.id()), 10);
    store
        .commands()
        .list(
            new JournalFilter(Optional.of(CommandState.NEEDS_OPERATOR), Optional.empty()),
            Optional.empty(),
            10);
    store
        .commands()
        .list(
            new JournalFilter(Optional.empty(), Optional.of(account)),
            Optional.of(planned.id()),
            10);
    store.commands().undecided();
    store
        .commands()
        .resolve(
            planned.id(),
            1,
            new Resolution(
                Resolution.Outcome.NOT_EXECUTED, Optional.empty(), "not seen", "ada", NOW),
            AnAuditEntry.any());
    store.commands().abandoned(Instant.parse("2026-01-01T00:01:00Z"), NOW, 10);
    store.idempotency().reserve(account, "key", "f", "lease", NOW, LEASE);
    store.idempotency().extend(account, "key", "lease", NOW, LEASE);
    store.idempotency().complete(account, "key", "lease", 200, "{}", NOW);
    store.idempotency().release(account, "key", "lease");
  }

  private static void apiKeys(PostgresBillingStore store, int round) {
    ApiKey key = new ApiKey(
        "bk_new_" + round,
        "name",
        Set.of(Scope.ACCOUNT),
        NOW,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    store.apiKeys().add(key, "new_" + round, AnAuditEntry.any());
    store.apiKeys().findByHash("hash_" + (round + 1));
    store.apiKeys().find(key.id());
    store.apiKeys().list(Optional.empty(), 10);
    store.apiKeys().list(Optional.of("bk_5000"), 10);
    store.apiKeys().noteUse(key.id(), NOW, LEASE);
    store.apiKeys().revoke(key.id(), NOW, AnAuditEntry.any());
  }

  private static void reads(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    store.ping();
    store.mode();
    store.customers().find(account);
    store
        .customers()
        .rememberUser(
            new Principal(account, "issuer", "user", Optional.empty(), Optional.empty(), false));
    store
        .customers()
        .introduce(List.of(
            new Principal(account, "issuer", "user", Optional.empty(), Optional.empty(), false)));
    store
        .billingEvents()
        .list(new AccountId("user_" + (round + 1)), BillingEventFilter.ALL, Optional.empty(), 10);
    store.checkouts().find(account, "cs_" + round);
    store.subscriptions().find(account, "sub_" + round);
    store.subscriptions().list(account, Optional.empty(), Optional.of("sub_" + (round + 1)), 10);
    store.paymentMethods().find(account, "object_" + (round + 1));
    store.paymentMethods().list(account, Optional.of("object_" + (round + 1)), 10);
    store.paymentMethods().list(account, Optional.empty(), 10);
    store.promotions().coupons(Set.of("object_1", "object_2"));
    store.taxIds().list(account, Optional.empty(), 10);
    store.invoices().find(account, "in_" + (round + 1));
    store.invoices().list(account, Optional.of("in_" + (round + 1)), 10);
    store.subscriptions().schedules(account);
    quotes(store, account, round);
    store.products().products(Optional.of(true), Optional.of("prod_5"), 10);
    store.products().prices(Optional.empty(), Optional.empty(), Optional.of("price_5"), 10);
    store.products().prices(Optional.empty(), Optional.of("prod_5"), Optional.empty(), 10);
    store.products().pricesOf(Set.of("prod_5", "prod_6"));
    store.products().price("price_5");
    store.products().pricesByLookupKey(Set.of("key_5", "key_6"));
  }

  private static void purchases(PostgresBillingStore store, int round) {
    int number = 50_000 + round;
    AccountId account = new AccountId("user_" + number);
    assertThat(store.purchases().list(account, Optional.empty(), 10)).hasSize(2);
    store.purchases().list(account, Optional.of("pur_" + number), 10);
    assertThat(store.purchases().find(account, "pur_" + number)).isPresent();
    assertThat(store.purchases().find(account, "free_" + number)).isPresent();
    assertThat(store.paymentIntents().find(account, "pi_" + number)).isPresent();
    assertThat(store.refunds().ofPurchase("pur_" + number)).isPresent();
    store.refunds().ofInvoice("in_" + (number * 4 + 3) % 100_000);
    store.refunds().find("object_" + (number * 4 + 1) % 100_000);
    assertThat(store.refunds().list(Optional.empty(), 10)).hasSize(10);
    store.refunds().list(Optional.of("object_4001"), 10);
    ItemSale sale =
        new ItemSale("new_" + round, "new", "article", new Money(0, "usd"), Optional.empty());
    store
        .purchases()
        .addFree(
            Purchase.free("new_" + round, new AccountId("new"), sale, NOW), AnAuditEntry.any());
    AnonymousSession session = new AnonymousSession(
        new AccountId("new_" + round), NOW, NOW, Optional.empty(), Optional.empty());
    store.anonymousSessions().add(session, "new_" + round);
    store.anonymousSessions().findByHash("hash_7");
    store.anonymousSessions().claim("new_" + round, Owner.of(account), NOW, AnAuditEntry.any());
    store.anonymousSessions().gather(NOW);
  }

  private static void metering(MeterReportStore reports, AccountId account, int round) {
    ClaimId claim = new ClaimId(10_000 + round);
    List<MeterReport> claimed = reports.claim(claim, 5, NOW, NOW, LEASE, round % 2 == 0);
    reports.claim(claim, 5, NOW, NOW, LEASE, false);
    reports.settle(
        claim,
        claimed.stream()
            .map(report -> (ReportOutcome) new ReportOutcome.Sent(report.id()))
            .toList());
    reports.hurry("cus_" + (round + 1) * 1000, NOW, NOW);
    reports.totals(account, NOW.minus(LEASE), NOW);
    for (Optional<MeterReport.State> state :
        List.of(Optional.<MeterReport.State>empty(), Optional.of(MeterReport.State.DEAD))) {
      reports.list(new Filter(state, Optional.empty()), Optional.of("use_7"), 10);
      reports.list(new Filter(state, Optional.of(account)), Optional.empty(), 10);
    }
    reports.find("use_7");
    reports.resolve("use_" + (round * 1000 + 1), true, AnAuditEntry.any());
    reports.backlog(NOW);
    reports.prune(Instant.parse("2026-01-01T00:01:00Z"));
  }

  private static void catalogs(PostgresBillingStore store, int round) {
    store.catalogs().newerThan(round);
    store.catalogs().liveSubscriptions(Set.of("pro", "tier_" + round), 1_000);
  }

  private static void usage(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    store.usage().read(account, NOW);
    store.usage().states(Set.of(account, new AccountId("user_77")), NOW);
    Period period = new Period(NOW.minusSeconds(1), NOW.plusSeconds(1));
    UsageDebit.Offer offer =
        new UsageDebit.Offer(PriceBand.INCLUDED, Optional.of(1L), Optional.empty());
    List<UsageDebit> debits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String id = "use_new_" + round + "_" + i;
      AccountId each = new AccountId("user_" + (round * 100 + i));
      debits.add(new UsageDebit(
          id,
          each,
          "quiz",
          id,
          "",
          "",
          "free",
          period,
          List.of(offer),
          1 + i % 2,
          NOW,
          i == 0,
          Map.of()));
    }
    store.usage().consume(debits);
    store.usage().release(account, "quiz", "use_" + (round + 1), NOW);
    AccountId buyer = new AccountId("buyer_" + round);
    UsageDebit unit = new UsageDebit(
        "sale_" + round,
        buyer,
        "quiz",
        "sale_" + round,
        "",
        "",
        "free",
        period,
        List.of(offer),
        1,
        NOW,
        false,
        Map.of());
    ItemSale sale =
        new ItemSale("given_" + round, "quiz", "quiz", new Money(100, "usd"), Optional.empty());
    store
        .purchases()
        .give(Purchase.free("given_" + round, buyer, sale, NOW), unit, AnAuditEntry.any());
    assertThat(store.purchases().given(buyer, unit.key())).isPresent();
    store.reservations().held(Optional.empty(), 10);
    store.reservations().settle(buyer, unit.id(), ReservationStore.Outcome.RETURNED, NOW);
    store.usage().set(account, "storage", round, NOW);
    store.usage().past(account, NOW.minusSeconds(1));
    store.usage().list(account, Optional.empty(), UsageRow.of("quiz@1-2"), 10);
    store.usage().prune(Instant.parse("2026-01-01T00:01:00Z"));
    metering(store.meterReports(), account, round);
  }

  private static void audit(PostgresBillingStore store, int round) {
    Optional<AccountId> account = Optional.of(new AccountId("user_" + (round + 1)));
    Optional<AuditActor> actor = Optional.of(new AuditActor("user:user_" + (round + 1)));
    Optional<String> action = Optional.of("action_7");
    Optional<Instant> from = Optional.of(NOW);
    for (AuditFilter filter : List.of(
        AuditFilter.ALL,
        AuditFilter.of(account.orElseThrow()),
        new AuditFilter(Optional.empty(), actor, action, from, from),
        new AuditFilter(Optional.empty(), Optional.empty(), action, from, Optional.empty()),
        new AuditFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), from))) {
      store.audit().list(filter, OptionalLong.empty(), 10);
      store.audit().list(filter, OptionalLong.of(5000), 10);
    }
  }

  private static void events(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    String claim = "claim_" + round;
    FeedPage page = store.eventFeed().page(Optional.empty(), FeedFilter.ALL, 10);
    store.eventFeed().page(page.next(), FeedFilter.ALL, 10);
    store.eventFeed().page(page.next(), new FeedFilter(Optional.of(account), Set.of()), 10);
    store.eventFeed().lastSequence(account);
    store.eventFeed().dueEntitlements(NOW, 10);
    store.eventFeed().prune(NOW, 10);
    List<Due> due = store
        .subscribers()
        .claim(claim, Map.of("subscriber_1", 5, "subscriber_2", 5), 10, 5, NOW, LEASE);
    store
        .subscribers()
        .end(
            claim,
            due.stream()
                .map(each -> new Ended(each.subscriber(), each.account(), 1, 1, Optional.empty()))
                .toList(),
            List.of(),
            NOW);
    store.subscribers().parked("subscriber_1", Optional.empty(), 10);
    store.subscribers().parked("subscriber_1", account);
    store.subscribers().retry("subscriber_1", account, 1, NOW, AnAuditEntry.any());
    store.subscribers().list();
    store
        .subscribers()
        .replay(
            "subscriber_1",
            "request_" + round,
            Instant.parse("2100-01-01T00:00:00Z"),
            NOW,
            AnAuditEntry.any());
    store.subscribers().attempts("subscriber_1", Optional.of(500L), 10);
    store.subscribers().pruneAttempts(NOW.minus(Duration.ofDays(9000)));
  }

  private static void mails(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    MailStore mails = store.mails();
    mails.list(MailFilter.of(account), Optional.empty(), 10);
    mails.list(
        filter(Optional.of(MailTemplate.RECEIPT), Optional.empty(), Optional.empty()),
        Optional.of("mail_" + (500 + round)),
        10);
    mails.list(
        filter(Optional.empty(), Optional.of(MailStatus.UNKNOWN), Optional.empty()),
        Optional.empty(),
        10);
    mails.list(
        filter(Optional.empty(), Optional.empty(), Optional.of("in_" + round)),
        Optional.empty(),
        10);
    mails.claim("claim_" + round, 3, NOW, NOW, LEASE).forEach(claimed -> {
      mails.begin(claimed.id(), "claim_" + round, "new_" + claimed.id() + "@example.com", NOW);
      mails.end(claimed.id(), "claim_" + round, new MailResult.Refused("gone", true), NOW);
      mails.plan(List.of(claimed.planned()));
    });
    mails.report(List.of(
        report("r1", Optional.of("mail_" + (2002 + round)), Optional.empty()),
        report("r2", Optional.empty(), Optional.of("message_" + (3003 + round)))));
    mails.backlog(NOW, NOW);
    mails.copy("mail_" + (2002 + round), "copy_" + round, "why", NOW, NOW, AnAuditEntry.any());
    mails.prune(Instant.parse("2026-01-01T00:00:09Z"), 1);
    mails.suppression("user_7@example.com");
    mails.suppressions(Optional.of("mail_" + (7 + round)), 10);
    mails.lift("mail_" + (70 + round), AnAuditEntry.any());
    mails.put(account, mails.preferences(account), AnAuditEntry.any());
  }

  private static void conversations(PostgresBillingStore store, int round) {
    ConversationStore conversations = store.conversations();
    // Of whom nothing was given back or pruned.
    int number = 1001 + round;
    Owner owner = Owner.of(new AccountId("user_" + number));
    String id = "conv_" + number;
    assertThat(conversations.list(owner, false, Optional.empty(), 10)).hasSize(10);
    assertThat(conversations.list(owner, false, Optional.of("conv_" + (number + 4000)), 10))
        .hasSize(2);
    conversations.list(owner, true, Optional.empty(), 10);
    assertThat(conversations.find(owner, id)).isPresent();
    assertThat(conversations
            .window(owner, id, OptionalLong.empty(), new WindowSize(20, OptionalLong.of(12)))
            .orElseThrow()
            .messages())
        .hasSize(12);
    assertThat(conversations
            .window(owner, id, OptionalLong.of(40), WindowSize.DEFAULT)
            .orElseThrow()
            .messages())
        .hasSize(20);
    for (Optional<String> newTitle : List.of(Optional.<String>empty(), Optional.of("new"))) {
      String to = newTitle.isPresent() ? "new_conversation_" + round : id;
      AppendResult result = conversations.append(new MessageAppend(
          owner,
          to,
          newTitle,
          List.of(new Message(
              "new_message_" + to + round,
              1,
              MessageRole.USER,
              "said",
              1,
              Map.of(),
              Optional.of("use_" + number),
              NOW)),
          false,
          "quiz",
          Optional.of("new_key_" + to + round),
          "f",
          Optional.empty(),
          NOW));
      // The one unit of the consumption pays for the first of them.
      assertThat(result)
          .isInstanceOf(
              newTitle.isEmpty() ? AppendResult.Stored.class : AppendResult.Refused.class);
    }
    conversations.update(owner, id, Optional.of("renamed"), Optional.of(round % 2 == 0), NOW);
    assertThat(conversations.delete(owner, "conv_" + (number + 2000), AnAuditEntry.any()))
        .isTrue();
    assertThat(conversations.prune(Optional.of(NOW), NOW, 2)).isEqualTo(2);
  }

  private static void checkIns(PostgresBillingStore store, int round) {
    CheckInStore checkIns = store.checkIns();
    Owner owner = Owner.of(new AccountId("user_" + (round + 1)));
    CheckInFilter kind = new CheckInFilter(
        Optional.of("kind_" + round % 7),
        Optional.of(NOW.minus(Duration.ofDays(1))),
        Optional.of(NOW));
    checkIns.add(
        new CheckIn(
            "new_" + round, owner, "mood", NOW, Map.of(), Optional.empty(), Optional.empty(), NOW),
        100_000);
    assertThat(checkIns.find(owner, "chk_" + (round + 1))).isPresent();
    checkIns.list(owner, kind, Optional.empty(), 10);
    assertThat(checkIns.list(owner, CheckInFilter.ALL, Optional.of("chk_" + (round + 50_001)), 10))
        .hasSize(10);
    assertThat(checkIns.latest(owner)).hasSizeGreaterThan(5);
    checkIns.series(owner, kind, CheckInPeriod.Length.WEEK, ZoneOffset.UTC);
    assertThat(checkIns.delete(owner, "chk_" + (round + 2001), AnAuditEntry.any()))
        .isTrue();
    checkIns.prune(Instant.parse("2026-01-01T00:00:09Z"), 1);
  }

  private static DeliveryReport report(String id, Optional<String> mail, Optional<String> message) {
    return new DeliveryReport(
        id,
        mail,
        message,
        "a@example.com",
        DeliveryReport.Kind.HARD_BOUNCED,
        Optional.empty(),
        NOW);
  }

  private static MailFilter filter(
      Optional<MailTemplate> template, Optional<MailStatus> status, Optional<String> cause) {
    return new MailFilter(Optional.empty(), template, status, cause);
  }

  private static void grants(PostgresBillingStore store, int round) {
    AccountId account = new AccountId("user_" + (round + 1));
    String id = "gr_new_" + round;
    Grant grant = new Grant(
        id,
        account,
        new GrantContent.Units("quiz", 5),
        "why",
        "user_admin",
        NOW,
        NOW,
        Optional.empty(),
        0,
        Optional.empty());
    store.grants().add(grant, id, "", AnAuditEntry.any());
    store.grants().find(id);
    store.discounts().find("disc_" + round);
    store.discounts().list(Optional.of(account), Optional.of("disc_" + round), 10);
    store.discounts().list(Optional.empty(), Optional.of("disc_" + round), 10);
    store.grants().findByKey(account, id);
    store.grants().list(Optional.of(account), Optional.of(id), 10);
    store.grants().list(Optional.empty(), Optional.of(id), 10);
    UsageDebit.Offer offer = new UsageDebit.Offer(
        PriceBand.INCLUDED, Optional.of(5L), Optional.empty(), Optional.of(id));
    store
        .usage()
        .consume(List.of(new UsageDebit(
            id,
            account,
            "quiz",
            id,
            "",
            store.usage().read(account, NOW).version(),
            "free",
            new Period(NOW.minusSeconds(1), NOW.plusSeconds(1)),
            List.of(offer),
            1,
            NOW,
            false,
            Map.of())));
    store.usage().release(account, "quiz", id, NOW);
    store
        .grants()
        .revoke(
            account,
            id,
            new Grant.Revocation(NOW, "user_admin", Optional.empty()),
            AnAuditEntry.any());
  }

  private static void quotes(PostgresBillingStore store, AccountId account, int round) {
    SubscriptionChange change =
        new SubscriptionChange("sub_1", "si_1", "price_1", 1, ChangePolicy.NONE, Optional.empty());
    Quote.Figures figures = new Quote.Figures(new Money(1, "usd"), Optional.empty(), List.of());
    Quote quote = new Quote("qt_new_" + round, account, change, "price_0", 1, figures, NOW, NOW);
    store.quotes().keep(quote);
    store.quotes().find(account, quote.id());
    store.quotes().take(quote.id(), new CommandId("cmd_" + (round + 1)));
    store.quotes().take(quote.id(), new CommandId("cmd_" + (round + 2)));
    store.quotes().prune(NOW.plusSeconds(1));
  }

  /** The handlers of programs, and at most fifty endpoints. */
  private static final String HOLDS_FEW_ROWS = "'subscribers', 'event_endpoints'";

  /** By its constraints: the key is a boolean that must be true. It has no end to be read to. */
  private static final String HOLDS_ONE_ROW =
      "exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum ="
          + " any (i.indkey) join pg_constraint c on c.conrelid = i.indrelid and c.contype = 'c' and"
          + " pg_get_constraintdef(c.oid) = 'CHECK (' || a.attname || ')' where i.indrelid = s.relid"
          + " and i.indisprimary and i.indnatts = 1 and a.atttypid = 'boolean'::regtype)";

  private static Map<String, Long> scans() {
    // A session reports the last of its counts when it ends.
    TestDatabase.awaitNoOtherSession(CONFIG);
    Map<String, Long> scans = new TreeMap<>();
    TestDatabase.query(
            CONFIG,
            "select relname || ' ' || seq_scan from pg_stat_user_tables s"
                + " where relname <> 'billing_schema_history' and schemaname = '" + CONFIG.schema()
                + "' and relname not in (" + HOLDS_FEW_ROWS + ") and not " + HOLDS_ONE_ROW)
        .forEach(line -> scans.put(
            line.substring(0, line.indexOf(' ')),
            Long.valueOf(line.substring(line.indexOf(' ') + 1))));
    return scans;
  }
}
