package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.schema.SupabaseSql;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts for Supabase's SQL editor, on a PostgreSQL with Supabase's roles. */
class SupabaseSqlTest {
  private static final PostgresConfig ROLES = TestDatabase.freshSchema();

  @BeforeAll
  static void supabaseRoles() {
    TestDatabase.run(
        ROLES,
        "create role anon nologin",
        "create role authenticated nologin",
        "create role service_role nologin bypassrls");
  }

  @AfterAll
  static void noRoles() {
    for (String role : List.of("anon", "authenticated", "service_role")) {
      TestDatabase.run(ROLES, "drop owned by " + role + " cascade", "drop role " + role);
    }
  }

  @Test
  void runTwiceTheyLeaveNothingMissing() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(config, SupabaseSql.migrations(config.schema()));
    TestDatabase.run(config, SupabaseSql.migrations(config.schema()));

    assertThat(missing(config)).isEmpty();
  }

  @Test
  void thePostgresAdapterFindsNothingToDoAfterThem() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(config, SupabaseSql.migrations(config.schema()));

    assertThat(PostgresBillingStore.migrate(config)).isZero();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      store.ping();
    }
  }

  @Test
  void theyContinueWhereThePostgresAdapterStopped() {
    PostgresConfig config = TestDatabase.freshSchema();
    PostgresBillingStore.migrate(config);
    List<String> before = versions(config);

    TestDatabase.run(config, SupabaseSql.migrations(config.schema()));

    assertThat(versions(config)).isEqualTo(before);
  }

  @Test
  void anOlderInstallationInThePublicSchemaStaysAsItIs() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(
        config,
        "create table public.stripe_customer_mapping (id uuid primary key default gen_random_uuid(),"
            + " clerk_user_id text not null unique, stripe_customer_id text not null unique)",
        "create table public.stripe_webhook_events (stripe_event_id text primary key,"
            + " event_type text not null, processed_at timestamptz)",
        "insert into public.stripe_customer_mapping (clerk_user_id, stripe_customer_id)"
            + " values ('user_old', 'cus_old')",
        "insert into public.stripe_webhook_events values ('evt_old', 'customer.created', now())");
    try {
      TestDatabase.run(config, SupabaseSql.migrations(config.schema()));

      assertThat(missing(config)).isEmpty();
      assertThat(TestDatabase.query(
              config,
              "select clerk_user_id || stripe_customer_id from public.stripe_customer_mapping"))
          .containsExactly("user_oldcus_old");
      assertThat(TestDatabase.query(
              config, "select stripe_event_id from public.stripe_webhook_events"))
          .containsExactly("evt_old");
    } finally {
      TestDatabase.run(
          config,
          "drop table public.stripe_customer_mapping",
          "drop table public.stripe_webhook_events");
    }
  }

  @Test
  void aSchemaThatSomethingElseMadeIsRefusedWithTheCommandToRun() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(
        config,
        "create schema if not exists \"" + config.schema() + "\"",
        "create table \"" + config.schema() + "\".flyway_schema_history (version text)");

    assertThatThrownBy(() -> TestDatabase.run(config, SupabaseSql.migrations(config.schema())))
        .hasStackTraceContaining("drop schema \"" + config.schema() + "\" cascade");
  }

  @Test
  void beforeThemTheValidationNamesEverythingThatIsMissing() {
    PostgresConfig config = TestDatabase.freshSchema();

    assertThat(missing(config))
        .contains(
            "table or view " + config.schema() + ".subscriptions is missing",
            "table or view " + config.schema() + ".stripe_webhook_events is missing",
            "function " + config.schema() + ".commit_units_v1 is missing");
  }

  @Test
  void theValidationNoticesWhatWasTakenAwayOrGivenToStrangers() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(config, SupabaseSql.migrations(config.schema()));
    TestDatabase.run(
        config,
        "alter table users disable row level security",
        "revoke all on table products from service_role",
        "revoke execute on function ping_v1(jsonb) from service_role",
        "grant usage on schema \"" + config.schema() + "\" to anon",
        "grant execute on function commit_units_v1(jsonb) to anon");

    assertThat(missing(config))
        .containsExactlyInAnyOrder(
            "row level security is off for " + config.schema() + ".users",
            "service_role may not write " + config.schema() + ".products",
            "service_role may not call " + config.schema() + ".ping_v1",
            "anon may call " + config.schema() + ".commit_units_v1");
  }

  private static List<String> missing(PostgresConfig config) {
    return TestDatabase.query(config, SupabaseSql.validation(config.schema()));
  }

  private static List<String> versions(PostgresConfig config) {
    return TestDatabase.query(
        config,
        "select installed_rank || ':' || coalesce(version, '') from billing_schema_history order by 1");
  }
}
