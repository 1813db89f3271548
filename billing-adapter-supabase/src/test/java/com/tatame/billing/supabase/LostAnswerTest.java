package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.Pause;
import com.tatame.billing.idempotency.IdempotencyStore.Fresh;
import com.tatame.billing.idempotency.IdempotencyStore.Reservation;
import com.tatame.billing.idempotency.IdempotencyStore.Running;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.supabase.PortCalls.PortCall;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.supabase.GatewayFault;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import com.tatame.billing.testkit.supabase.LoggedRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each call of each port, with and without its answer lost: the result is the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAnswerTest {
  // Each database numbers its own transactions, and has an epoch of its own.
  private static final String ROWS =
      "select table_name || ' ' || query_to_xml('select (to_jsonb(t) - array[''updated_at'',"
          + " ''recorded_at'', ''tx'', ''pruned_tx''])::text as row from billing.' || table_name || ' t order by 1', true,"
          + " false, '')::text from information_schema.tables where table_schema = 'billing' and"
          + " table_type = 'BASE TABLE' and table_name not in ('answers', 'users', 'event_epochs', 'billing_schema_history') order by 1";

  private final Random random = new Random(7);
  private final List<Object> answers = new ArrayList<>();
  private final List<List<LoggedRequest>> requests = new ArrayList<>();
  private List<String> rows = List.of();

  @BeforeAll
  void tellTheStoryWithoutLoss() {
    String database = TestProject.migratedDatabase();
    try (LocalSupabase project = start(database);
        SupabaseBillingStore store = store(project)) {
      for (PortCall call : PortCalls.inOrder()) {
        project.forgetRequests();
        answers.add(call.answer().apply(store));
        requests.add(project.requests());
      }
    }
    rows = TestProject.query(database, ROWS);
  }

  /** Without the write by which the mode is found out whether the database is read-only. */
  private static List<LoggedRequest> ofThePort(PortCall call, List<LoggedRequest> made) {
    if (!call.function().equals("store_mode_v1")) {
      return made;
    }
    assertThat(made.get(made.size() - 1).path()).endsWith("/release_key_v1");
    return made.subList(0, made.size() - 1);
  }

  private static LocalSupabase start(String database) {
    return LocalSupabase.builder(database).withSchema("billing").start();
  }

  private SupabaseBillingStore store(LocalSupabase project) {
    return store(project, () -> {});
  }

  private SupabaseBillingStore store(LocalSupabase project, Runnable beforeRepetition) {
    return new SupabaseBillingStore(new RestFunctions(
        SupabaseConfig.of(project.url(), project.secretKey()),
        random,
        pause -> beforeRepetition.run(),
        Pause.blocking()::pause,
        InstantSource.system(),
        new ReadOnlyCache(System::nanoTime)));
  }

  @Test
  void theStoryCallsEveryFunction() {
    Set<String> called = new TreeSet<>(Set.of("missing_v1", "once_v1", "audited_v1"));
    // Other functions call these.
    called.addAll(Set.of(
        "seq_at_v1",
        "wanted_rows_v1",
        "move_usage_v1",
        "move_conversations_v1",
        "watched_fields_v1",
        "claim_facts_v1",
        "take_units_v1",
        "append_facts_v1",
        "advance_streams_v1",
        "event_states_v1",
        "examine_entitlement_v1",
        "hold_event_epoch_v1",
        "begin_event_epoch_v1",
        "database_identity_v1",
        "find_endpoint_v1",
        "find_subscriber_v1",
        "find_position_v1",
        "suppress_address_v1",
        "tables_of_a_start_v1"));
    // A move calls these; it is told by its own tests, with answers lost as well.
    called.addAll(Set.of(
        "store_mode_v1",
        "movable_tables_v1",
        "begin_recording_v1",
        "end_recording_v1",
        "begin_standby_v1",
        "give_up_standby_v1",
        "freeze_store_v1",
        "thaw_store_v1",
        "open_store_v1",
        "move_page_v1",
        "move_changes_v1",
        "move_digest_v1",
        "move_hashes_v1",
        "move_rows_v1",
        "move_touched_v1",
        "move_obstacles_v1",
        "move_progress_v1",
        "lock_store_v1",
        "shape_of_v1",
        "within_v1",
        "publish_catalog_v1",
        "move_apply_v1"));
    PortCalls.inOrder().forEach(call -> called.add(call.function()));

    assertThat(called).isEqualTo(RetrySafety.functions());
  }

  @Test
  void aCallIsOneRequestWhereNothingIsLost() {
    List<PortCall> calls = PortCalls.inOrder();
    for (int i = 0; i < calls.size(); i++) {
      PortCall call = calls.get(i);
      assertThat(ofThePort(call, requests.get(i)))
          .as(call.function())
          .singleElement()
          .satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.status()).isEqualTo(200);
            assertThat(request.path() + request.body()).contains(call.function());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(GatewayFault.class)
  void everyCallAnswersAndLeavesWhatItDoesWhereNothingIsLost(GatewayFault fault) {
    String database = TestProject.migratedDatabase();
    try (LocalSupabase project = start(database);
        SupabaseBillingStore store = store(project)) {
      List<PortCall> calls = PortCalls.inOrder();
      for (int i = 0; i < calls.size(); i++) {
        PortCall call = calls.get(i);
        project.forgetRequests();
        project.loseNext(fault, fault);

        assertThat(call.answer().apply(store)).as(call.function()).isEqualTo(answers.get(i));

        assertThat(ofThePort(call, project.requests())).as(call.function()).hasSize(3);
      }
    }
    assertThat(TestProject.query(database, ROWS)).isEqualTo(rows);
    assertThat(rows).anyMatch(row -> row.contains("cus_1"));
  }

  @Test
  void aReleaseWhoseAnswerWasLostDoesNotForgetTheNextReservation() {
    AccountId account = new AccountId("user_1");
    try (LocalSupabase project = start(TestProject.migratedDatabase());
        SupabaseBillingStore other = store(project);
        SupabaseBillingStore store = store(
            project, () -> assertThat(reserve(other, account, "theirs")).isEqualTo(new Fresh()))) {
      reserve(store, account, "ours");
      project.loseNext(GatewayFault.DROPPED_AFTER);

      store.idempotency().release(account, "key", "ours");

      assertThat(reserve(store, account, "third")).isEqualTo(new Running());
    }
  }

  @Test
  void finishWhoseAnswerWasLostHoldsEvenIfAnotherProcessSendsByNow() {
    Command command = Command.planned(
        new CommandId("cmd_1"),
        new AccountId("user_1"),
        CommandKind.CANCEL_SUBSCRIPTION,
        "sub_1",
        Map.of(),
        PortCalls.NOW);
    try (LocalSupabase project = start(TestProject.migratedDatabase());
        SupabaseBillingStore other = store(project);
        SupabaseBillingStore store =
            store(project, () -> assertThat(begin(other, command, "theirs")).isPresent())) {
      store.commands().open(command, AnAuditEntry.any());
      begin(store, command, "ours");
      project.loseNext(GatewayFault.DROPPED_AFTER);

      assertThat(store
              .commands()
              .end(
                  command.id(),
                  "ours",
                  CommandState.UNKNOWN,
                  Optional.empty(),
                  Optional.empty(),
                  PortCalls.NOW))
          .isTrue();
    }
  }

  private static Optional<Command> begin(
      SupabaseBillingStore store, Command command, String lease) {
    return store.commands().begin(command.id(), lease, PortCalls.NOW, Duration.ofMinutes(1));
  }

  private static Reservation reserve(SupabaseBillingStore store, AccountId account, String lease) {
    return store
        .idempotency()
        .reserve(account, "key", "hash", lease, PortCalls.NOW, Duration.ofMinutes(1));
  }
}
