package com.tatame.billing.supabase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.audit.AuditFilter;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.Resolution;
import com.tatame.billing.drift.Drift;
import com.tatame.billing.duplicate.Duplicate;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Grant;
import com.tatame.billing.entitlement.GrantContent;
import com.tatame.billing.entitlement.PriceBand;
import com.tatame.billing.entitlement.ReservationStore.Outcome;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventFilter;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.inbox.ProjectedBatch;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.metering.MeterReportStore.Filter;
import com.tatame.billing.metering.ReportOutcome;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.RowChange;
import com.tatame.billing.projection.SubjectQuery;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.SubscriptionChange;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.testkit.fixture.ACustomer;
import com.tatame.billing.testkit.fixture.AnEvent;
import com.tatame.billing.testkit.fixture.Ids;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.TrialStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One story that calls each function, in an order in which each call depends on those before; so
 * a call that was executed twice, or that answered wrongly, shows.
 */
final class PortCalls {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static final Instant NOON = NOW.plus(Duration.ofHours(9));
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final AccountId ACCOUNT = new AccountId("user_1");
  private static final SubjectId CUSTOMER = new SubjectId("cus_1");
  private static final ClaimId CLAIM = new ClaimId(1);
  private static final List<ReceivedEvent> EVENTS = AnEvent.several(3, NOW);
  private static final List<ReceivedEvent> PROJECTED = AnEvent.several(2, NOW);
  private static final SubjectId ARRIVED = new SubjectId("cus_arrived");
  private static final Command COMMAND = Command.planned(
      new CommandId("cmd_1"), ACCOUNT, CommandKind.CANCEL_SUBSCRIPTION, "sub_1", Map.of(), NOW);
  private static final Command UNDECIDED = Command.planned(
      new CommandId("cmd_2"), ACCOUNT, CommandKind.CANCEL_SUBSCRIPTION, "sub_2", Map.of(), NOW);

  private static final AuditEntry AUDIT = AuditEntry.of(
      NOW,
      AuditAction.CREATE_GRANT.code(),
      Optional.of(ACCOUNT),
      "gr_1",
      AuditChange.created(Map.of("units", "5")));

  private static final AnonymousSession VISITOR = new AnonymousSession(
      new AccountId("anonymous:1"), NOW, NOW, Optional.empty(), Optional.empty());
  private static final ApiKey API_KEY = new ApiKey(
      "bk_1",
      "backend",
      Set.of(Scope.ACCOUNT),
      NOW,
      Optional.empty(),
      Optional.empty(),
      Optional.empty());

  /**
   * One call of a port.
   *
   * @param function behind it
   * @param answer makes the call, and gives something that can be compared
   */
  record PortCall(String function, Function<BillingStore, Object> answer) {}

  private final List<PortCall> calls = new ArrayList<>();

  private PortCalls() {
    then("ping_v1", store -> {
      store.ping();
      return true;
    });
    then("store_mode_v1", BillingStore::mode);
    then("store_time_v1", store -> store.time().isPresent());
    then("remember_user_v1", store -> {
      store
          .customers()
          .rememberUser(
              new Principal(ACCOUNT, "issuer", "user", Optional.empty(), Optional.empty(), false));
      return true;
    });
    then(
        "introduce_users_v1",
        store -> store
            .customers()
            .introduce(List.of(new Principal(
                Ids.account(), "issuer", "user", Optional.empty(), Optional.empty(), false)))
            .size());
    inbox();
    commands();
    keys();
    apiKeys();
    purchases();
    reads();
    calls.addAll(EventsOutCalls.of(ACCOUNT, NOON, AUDIT));
    calls.addAll(MailCalls.of(ACCOUNT, NOON, AUDIT));
    calls.addAll(ConversationCalls.of(ACCOUNT, NOON, AUDIT));
  }

  static List<PortCall> inOrder() {
    return List.copyOf(new PortCalls().calls);
  }

  private void then(String function, Function<BillingStore, Object> answer) {
    calls.add(new PortCall(function, answer));
  }

  private void inbox() {
    then("ingest_events_v1", store -> store.inbox().ingest(EVENTS, NOW));
    then(
        "receive_events_v1",
        store -> store
            .inbox()
            .ingestAndApply(
                new ProjectedBatch(
                    PROJECTED,
                    List.of(new ProjectedBatch.ProjectedUnit(
                        Set.of(PROJECTED.get(0).id()),
                        new Unit(
                            ARRIVED,
                            0,
                            Optional.empty(),
                            Set.of(),
                            List.of(new Change.Put(
                                ACustomer.ofNobody(ARRIVED.value(), NOW), NOW, Source.SNAPSHOT))))),
                    Map.of()),
                NOW));
    then("claim_events_v1", store -> seqs(store.inbox().claim(CLAIM, 2, NOW, LEASE)));
    then(
        "load_subjects_v1",
        store -> store
            .projections()
            .load(List.of(new SubjectQuery(CUSTOMER, Set.of(), Set.of(ACCOUNT)))));
    then(
        "commit_units_v1",
        store -> store
            .projections()
            .commit(
                List.of(new Unit(
                    CUSTOMER,
                    0,
                    Optional.of(CLAIM),
                    Set.of(1L),
                    List.of(
                        new Change.Put(ACustomer.of(ACCOUNT, "cus_1", NOW), NOW, Source.READ),
                        new Change.Link(ACCOUNT, "cus_1", NOW)))),
                NOW));
    then(
        "settle_events_v1",
        store -> store
            .inbox()
            .settle(
                CLAIM,
                List.of(new EventOutcome.Dead(2, "unreadable"), new EventOutcome.Release(3)),
                NOW));
    then("inbox_status_v1", store -> store.inbox().status());
    then("stored_events_v1", store -> store.inbox().events(EventFilter.ALL, Optional.empty(), 10));
    then("find_event_v1", store -> store.inbox().find(EVENTS.get(0).id()));
    then(
        "replay_events_v1",
        store -> store
            .inbox()
            .replay(new ReplaySelection.DeadLetters(), 0, 10, NOW, AUDIT)
            .ids());
    then("prune_events_v1", store -> store.inbox().prune(NOW.plusSeconds(1), 10));
    then("pending_reads_v1", store -> store.projections().pendingReads(10));
    then("customers_after_v1", store -> store.drift().customers(Optional.empty(), 10));
    then("prove_customer_v1", store -> {
      store.drift().prove("cus_1", NOW);
      return true;
    });
    then("customer_proof_v1", store -> store.drift().provenAt("cus_1"));
    then("report_drift_v1", store -> {
      store
          .drift()
          .report(new Drift(
              "drift_1",
              "cus_1",
              new RowChange("customer", "cus_1", new TreeMap<>(), new TreeMap<>()),
              Drift.Cause.DERIVED,
              NOW,
              Optional.empty(),
              Optional.empty()));
      return true;
    });
    then("list_drift_v1", store -> store.drift().list(true, Optional.empty(), 10));
    then("find_drift_v1", store -> store.drift().find("drift_1"));
    then("mirrored_after_v1", store -> store.drift().objects(Optional.empty(), 10));
    then(
        "find_mirrored_v1",
        store -> store.drift().object(new ObjectRef(ObjectKind.CUSTOMER, CUSTOMER.value())));
    then("count_open_drift_v1", store -> store.drift().open());
    then("open_drift_v1", store -> store.drift().openOf("cus_1"));
    then("close_drift_v1", store -> {
      store.drift().repaired(List.of("drift_1"), "ada", NOW, Optional.of(AUDIT));
      return true;
    });
    then(
        "several_subscriptions_v1",
        store -> store.duplicates().several(Optional.empty(), 10).accounts());
    Duplicate duplicate = new Duplicate(
        "sub_2",
        "sub_1",
        ACCOUNT,
        "cus_1",
        "plan",
        Duplicate.Status.ALERTED,
        NOW,
        Optional.of(NOW),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    then("report_duplicate_v1", store -> store.duplicates().report(duplicate));
    then("due_duplicates_v1", store -> store.duplicates().due(NOW, 10));
    then("list_duplicates_v1", store -> store.duplicates().list(true, Optional.empty(), 10));
    then("find_duplicate_v1", store -> store.duplicates().find("sub_2"));
    then("open_duplicates_v1", store -> store.duplicates().open());
    then(
        "replace_duplicate_v1",
        store -> store
            .duplicates()
            .replace(
                Duplicate.Status.ALERTED,
                new Duplicate(
                    "sub_2",
                    "sub_1",
                    ACCOUNT,
                    "cus_1",
                    "plan",
                    Duplicate.Status.CANCELED,
                    NOW,
                    Optional.empty(),
                    Optional.of(new Duplicate.Settlement(500, 500, "usd")),
                    Optional.of(NOW),
                    Optional.of("ada"))));
    then(
        "started_trials_v1",
        store -> store.trials().started(Optional.empty(), 10).trials());
    Trial trial = new Trial(
        "sub_2",
        "cus_1",
        Optional.empty(),
        Optional.empty(),
        NOW,
        Trial.Status.WATCHED,
        List.of(),
        Optional.of(NOW),
        Optional.empty(),
        Optional.empty());
    then("watch_trial_v1", store -> {
      store.trials().watch(trial);
      return true;
    });
    then("due_trials_v1", store -> store.trials().due(NOW, 10));
    then(
        "replace_trial_v1",
        store -> store
            .trials()
            .replace(
                Trial.Status.WATCHED,
                new Trial(
                    "sub_2",
                    "cus_1",
                    Optional.empty(),
                    Optional.of("plan"),
                    NOW,
                    Trial.Status.ALERTED,
                    List.of("card"),
                    Optional.of(NOW),
                    Optional.of(NOW),
                    Optional.empty())));
    then("repeated_trials_v1", store -> store.trials().repeated(true, Optional.empty(), 10));
    then("open_trials_v1", store -> store.trials().open());
    then("find_trial_v1", store -> store.trials().find("sub_2"));
    TrialStore.Mark mark = new TrialStore.Mark("card", "0".repeat(64));
    then("record_trial_v1", store -> {
      store.trials().record("plan", "sub_2", NOW, List.of(mark));
      return true;
    });
    then("seen_trials_v1", store -> store.trials().seen("plan", List.of(mark)));
    then("begin_task_v1", store -> store.tasks().begin("sweep", "ada", NOW, LEASE));
    then("end_task_v1", store -> store.tasks().end("sweep", "ada", Optional.of("7"), NOW));
  }

  private static List<Long> seqs(List<ClaimedEvent> events) {
    return events.stream().map(ClaimedEvent::seq).toList();
  }

  private void commands() {
    then("open_command_v1", store -> store.commands().open(COMMAND, AUDIT));
    then(
        "find_open_command_v1",
        store -> store.commands().findOpen(ACCOUNT, CommandKind.CANCEL_SUBSCRIPTION, "sub_1"));
    then(
        "commands_of_request_v1",
        store -> store.commands().ofRequest(RequestKey.of("ada", "key-1")));
    then("begin_command_v1", store -> store.commands().begin(COMMAND.id(), "lease", NOW, LEASE));
    then(
        "extend_command_v1",
        store -> store.commands().extend(COMMAND.id(), "lease", NOW.plusSeconds(1), LEASE));
    then(
        "renew_command_v1",
        store -> store.commands().renew(COMMAND.id(), "lease", 1, NOW.plusSeconds(1), LEASE));
    then(
        "end_command_v1",
        store -> store
            .commands()
            .end(
                COMMAND.id(),
                "lease",
                CommandState.SUCCEEDED,
                Optional.of("done"),
                Optional.empty(),
                NOW));
    then("find_command_v1", store -> store.commands().find(COMMAND.id()));
    then(
        "last_succeeded_command_v1",
        store -> store.commands().lastSucceeded(ACCOUNT, CommandKind.CANCEL_SUBSCRIPTION, "sub_1"));
    then("open_command_v1", store -> store.commands().open(UNDECIDED, AUDIT));
    then("begin_command_v1", store -> store.commands().begin(UNDECIDED.id(), "lease", NOW, LEASE));
    then(
        "end_command_v1",
        store -> store
            .commands()
            .end(
                UNDECIDED.id(),
                "lease",
                CommandState.NEEDS_OPERATOR,
                Optional.empty(),
                Optional.of("unknown"),
                NOW));
    then("undecided_commands_v1", store -> store.commands().undecided());
    then(
        "resolve_command_v1",
        store -> store
            .commands()
            .resolve(
                UNDECIDED.id(),
                1,
                new Resolution(
                    Resolution.Outcome.SUCCEEDED, Optional.of("sub_2"), "seen", "ada", NOW),
                AUDIT));
    then(
        "list_commands_v1",
        store -> store.commands().list(JournalFilter.ALL, Optional.empty(), 10));
    then("abandoned_commands_v1", store -> store.commands().abandoned(NOW.plusSeconds(1), NOW, 10));
  }

  private void keys() {
    reserve();
    then("release_key_v1", store -> {
      store.idempotency().release(ACCOUNT, "key", "ada");
      return true;
    });
    reserve();
    then(
        "extend_key_v1",
        store -> store.idempotency().extend(ACCOUNT, "key", "ada", NOW.plusSeconds(1), LEASE));
    then(
        "complete_key_v1",
        store -> store.idempotency().complete(ACCOUNT, "key", "ada", 201, "{}", NOW));
    reserve();
    then("prune_keys_v1", store -> store.idempotency().prune(NOW.plusSeconds(1)));
  }

  private void reserve() {
    then(
        "reserve_key_v1",
        store -> store.idempotency().reserve(ACCOUNT, "key", "hash", "ada", NOW, LEASE));
  }

  private void apiKeys() {
    then("add_api_key_v1", store -> {
      store.apiKeys().add(API_KEY, "hash_1", AUDIT);
      return true;
    });
    then("note_api_key_use_v1", store -> {
      store.apiKeys().noteUse(API_KEY.id(), NOW, LEASE);
      return true;
    });
    then("api_key_by_hash_v1", store -> store.apiKeys().findByHash("hash_1"));
    then("revoke_api_key_v1", store -> store.apiKeys().revoke(API_KEY.id(), NOW, AUDIT));
    then("find_api_key_v1", store -> store.apiKeys().find(API_KEY.id()));
    then("list_api_keys_v1", store -> store.apiKeys().list(Optional.empty(), 10));
  }

  private void purchases() {
    then("add_anonymous_session_v1", store -> {
      store.anonymousSessions().add(VISITOR, "hash_1");
      return true;
    });
    then("anonymous_session_v1", store -> store.anonymousSessions().findByHash("hash_1"));
    then("add_free_purchase_v1", store -> store.purchases().addFree(free("pur_1"), AUDIT));
    then("add_free_purchase_v1", store -> store.purchases().addFree(free("pur_2"), AUDIT));
    then(
        "claim_anonymous_session_v1",
        store -> store.anonymousSessions().claim("hash_1", Owner.of(ACCOUNT), NOW, AUDIT));
    then("gather_usage_v1", store -> store.anonymousSessions().gather(NOW));
    then("list_purchases_v1", store -> store.purchases().list(ACCOUNT, Optional.empty(), 10));
    then("owned_purchase_v1", store -> store.purchases().owned(ACCOUNT, "article-1"));
    then(
        "duplicate_purchases_v1",
        store -> store.purchases().duplicates(Set.of("quiz-1"), Optional.empty(), 10));
    then("find_payment_intent_v1", store -> store.paymentIntents().find(ACCOUNT, "pi_1"));
    then("find_account_object_v1", store -> store.paymentIntents().ofCustomer(ACCOUNT, "pi_1"));
    then("paid_v1", store -> store.refunds().ofPurchase("pur_1"));
    then("find_refund_v1", store -> store.refunds().find("re_1"));
    then("list_refunds_v1", store -> store.refunds().list(Optional.empty(), 10));
    then("find_purchase_v1", store -> store.purchases().find(ACCOUNT, "pur_1"));
  }

  private static Purchase free(String id) {
    ItemSale sale = new ItemSale(id, "article-1", "article", new Money(0, "usd"), Optional.empty());
    return Purchase.free(id, VISITOR.account(), sale, NOW);
  }

  private void quotes() {
    SubscriptionChange change = new SubscriptionChange(
        "sub_1", "si_1", "price_1", 1, ChangePolicy.PRORATE, Optional.of(NOW));
    Quote quote = new Quote(
        "qt_1",
        ACCOUNT,
        change,
        "price_0",
        1,
        new Quote.Figures(new Money(1, "usd"), Optional.empty(), List.of()),
        NOW,
        NOW.plus(LEASE));
    then("keep_quote_v1", store -> {
      store.quotes().keep(quote);
      return true;
    });
    then("find_quote_v1", store -> store.quotes().find(ACCOUNT, quote.id()));
    then("take_quote_v1", store -> store.quotes().take(quote.id(), COMMAND.id()));
    then("prune_quotes_v1", store -> store.quotes().prune(NOW.plus(LEASE).plus(LEASE)));
  }

  // Not the state, which names transactions: each database has its own.
  private static Object said(AccountUsage usage) {
    return List.of(usage.recorded(), usage.version(), usage.open(), usage.grants());
  }

  private void usage() {
    then(
        "publish_catalog_v2",
        store -> store.catalogs().publish(ACatalog.freeBasicAndPro(), NOW, AUDIT));
    then("newer_catalog_v1", store -> store.catalogs().newerThan(0));
    then(
        "live_subscriptions_of_tiers_v1",
        store -> store.catalogs().liveSubscriptions(Set.of("basic", "pro"), 1_000));
    then("account_usage_v1", store -> said(store.usage().read(ACCOUNT, NOON)));
    then(
        "account_states_v1",
        store -> store.usage().states(Set.of(ACCOUNT), NOON).keySet());
    then(
        "consume_v1",
        store -> store.usage().consume(List.of(debit("use_1", 3), debit("use_2", 9))));
    then("consume_v1", store -> store.usage().consume(List.of(debit("use_1", 3))));
    then("account_usage_v1", store -> said(store.usage().read(ACCOUNT, NOON)));
    then("find_consumption_v1", store -> store.usage().find(ACCOUNT, "quiz", "use_1"));
    then("release_consumption_v1", store -> store.usage().release(ACCOUNT, "quiz", "use_1", NOON));
    then("account_usage_v1", store -> said(store.usage().read(ACCOUNT, NOON)));
    then("give_item_v1", store -> store.purchases().give(free("pur_3"), debit("sale_1", 1), AUDIT));
    then(
        "give_item_once_v1",
        store -> store.purchases().giveOnce(free("pur_4"), debit("sale_2", 1), AUDIT));
    then("given_item_v1", store -> store.purchases().given(ACCOUNT, "sale_1"));
    then("consume_v1", store -> store.usage().consume(List.of(debit("sale_2", 1))));
    then("held_units_v1", store -> store.reservations().held(Optional.empty(), 10));
    then(
        "settle_unit_v1",
        store -> store.reservations().settle(ACCOUNT, "sale_2", Outcome.RETURNED, NOON));
    then("set_gauge_v1", store -> {
      store.usage().set(ACCOUNT, "storage", 5, NOON);
      return true;
    });
    then("past_usage_v1", store -> store.usage().past(ACCOUNT, NOON.minusSeconds(1)));
    then(
        "list_usage_v1",
        store -> store.usage().list(ACCOUNT, Optional.empty(), Optional.empty(), 10));
    then("prune_consumptions_v1", store -> store.usage().prune(NOON.plus(LEASE)));
    metering();
  }

  private void metering() {
    ClaimId claim = new ClaimId(34);
    then(
        "claim_meter_reports_v1",
        store -> store.meterReports().claim(claim, 10, NOW, NOON, LEASE, false));
    then("settle_meter_reports_v1", store -> {
      store.meterReports().settle(claim, List.of(new ReportOutcome.Sent("use_1")));
      return true;
    });
    then("hurry_meter_reports_v1", store -> store.meterReports().hurry("cus_1", NOON, NOON));
    then("meter_totals_v1", store -> store.meterReports().totals(ACCOUNT, NOW, NOON));
    then(
        "list_meter_reports_v1",
        store -> store
            .meterReports()
            .list(new Filter(Optional.empty(), Optional.empty()), Optional.empty(), 10));
    then("find_meter_report_v1", store -> store.meterReports().find("use_1"));
    then("resolve_meter_report_v1", store -> store.meterReports().resolve("use_1", true, AUDIT));
    then("meter_backlog_v1", store -> store.meterReports().backlog(NOON));
    then("prune_meter_reports_v1", store -> store.meterReports().prune(NOON));
  }

  private void grants() {
    Grant grant = new Grant(
        "gr_1",
        ACCOUNT,
        new GrantContent.Units("quiz", 5),
        "why",
        "user_admin",
        NOW,
        NOW,
        Optional.of(NOW.plus(LEASE)),
        0,
        Optional.empty());
    then("add_grant_v1", store -> store.grants().add(grant, "k", "five", AUDIT));
    then("find_grant_v1", store -> store.grants().find("gr_1"));
    then("find_grant_v1", store -> store.grants().findByKey(ACCOUNT, "k"));
    then("find_discount_v1", store -> store.discounts().find("disc_1"));
    then(
        "list_discounts_v1",
        store -> store.discounts().list(Optional.of(ACCOUNT), Optional.empty(), 10));
    then(
        "list_grants_v1", store -> store.grants().list(Optional.of(ACCOUNT), Optional.empty(), 10));
    then(
        "revoke_grant_v1",
        store -> store
            .grants()
            .revoke(
                ACCOUNT,
                "gr_1",
                new Grant.Revocation(NOON, "user_admin", Optional.empty()),
                AUDIT));
    then(
        "list_audit_log_v1",
        store -> store.audit().list(AuditFilter.of(ACCOUNT), OptionalLong.empty(), 10));
  }

  private static UsageDebit debit(String id, long amount) {
    return new UsageDebit(
        id,
        ACCOUNT,
        "quiz",
        id,
        "quiz " + amount,
        "",
        "free",
        new Period(NOW, NOW.plus(Duration.ofDays(1))),
        List.of(new UsageDebit.Offer(PriceBand.INCLUDED, Optional.of(10L), Optional.empty())),
        amount,
        NOON,
        false,
        Map.of());
  }

  private void reads() {
    then("find_customer_link_v1", store -> store.customers().find(ACCOUNT));
    then(
        "list_billing_events_v1",
        store -> store.billingEvents().list(ACCOUNT, BillingEventFilter.ALL, Optional.empty(), 10));
    then("find_checkout_v1", store -> store.checkouts().find(ACCOUNT, "cs_1"));
    then("find_subscription_v1", store -> store.subscriptions().find(ACCOUNT, "sub_1"));
    then(
        "list_subscriptions_v1",
        store -> store.subscriptions().list(ACCOUNT, Optional.empty(), Optional.empty(), 10));
    then("find_account_object_v1", store -> store.paymentMethods().find(ACCOUNT, "pm_1"));
    then(
        "list_account_objects_v1",
        store -> store.paymentMethods().list(ACCOUNT, Optional.empty(), 10));
    then("coupons_v1", store -> store.promotions().coupons(Set.of("SPRING")));
    then("find_invoice_v1", store -> store.invoices().find(ACCOUNT, "in_1"));
    then("list_invoices_v1", store -> store.invoices().list(ACCOUNT, Optional.empty(), 10));
    then("list_schedules_v1", store -> store.subscriptions().schedules(ACCOUNT));
    quotes();
    usage();
    grants();
    then(
        "list_products_v1",
        store -> store.products().products(Optional.empty(), Optional.empty(), 10));
    then(
        "list_prices_v1",
        store -> store.products().prices(Optional.empty(), Optional.empty(), Optional.empty(), 10));
    then("prices_of_products_v1", store -> store.products().pricesOf(Set.of("prod_1")));
    then("find_price_v1", store -> store.products().price("price_1"));
    then("prices_by_lookup_key_v1", store -> store.products().pricesByLookupKey(Set.of("pro")));
  }
}
