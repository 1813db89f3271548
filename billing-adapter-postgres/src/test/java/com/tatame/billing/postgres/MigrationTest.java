package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.schema.Migrations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MigrationTest {
  private static final int ALL = Migrations.scripts("billing").size();

  @Test
  void migratingTwiceIsHarmless() {
    PostgresConfig config = TestDatabase.freshSchema();

    assertThat(PostgresBillingStore.migrate(config)).isEqualTo(ALL);
    assertThat(PostgresBillingStore.migrate(config)).isZero();
  }

  @Test
  void severalProgramsMayMigrateAtOnce() throws Exception {
    PostgresConfig config = TestDatabase.freshSchema();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Callable<Integer> migration = () -> PostgresBillingStore.migrate(config);
      List<Integer> run = new ArrayList<>();
      for (Future<Integer> each : threads.invokeAll(List.of(migration, migration, migration))) {
        run.add(each.get());
      }
      assertThat(run).containsExactlyInAnyOrder(ALL, 0, 0);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aMigrationThatWasChangedAfterItsRunIsRefused() {
    PostgresConfig config = TestDatabase.freshSchema();
    PostgresBillingStore.migrate(config);
    TestDatabase.run(
        config, "update billing_schema_history set checksum = checksum + 1 where version = '2'");

    assertThatThrownBy(() -> PostgresBillingStore.open(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(config.schema())
        .hasMessageContaining("version 2");
  }

  @Test
  void aSchemaThatSomethingElseMadeIsRefusedWithTheCommandToRun() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(
        config,
        "create schema if not exists \"" + config.schema() + "\"",
        "create table \"" + config.schema() + "\".flyway_schema_history (version text)");

    assertThatThrownBy(() -> PostgresBillingStore.migrate(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("drop schema \"" + config.schema() + "\" cascade");
    assertThat(tables(config, "true")).containsExactly("flyway_schema_history");
  }

  @Test
  void noTableIsWithoutRowSecurityAndNoFunctionIsEverybodys() {
    PostgresConfig config = TestDatabase.freshSchema();
    PostgresBillingStore.migrate(config);

    assertThat(tables(config, "relrowsecurity")).contains("users", "webhook_events");
    assertThat(tables(config, "not relrowsecurity")).containsExactly("billing_schema_history");
    assertThat(functions(config, "true")).contains("commit_units_v1", "claim_events_v1");
    assertThat(functions(config, "has_function_privilege('public', p.oid, 'execute')"))
        .isEmpty();
    assertThat(functions(config, "p.prosecdef or p.proconfig is null")).isEmpty();
  }

  private static List<String> tables(PostgresConfig config, String condition) {
    return TestDatabase.query(
        config,
        "select relname from pg_class where relkind = 'r' and relnamespace = '" + config.schema()
            + "'::regnamespace and " + condition);
  }

  private static List<String> functions(PostgresConfig config, String condition) {
    return TestDatabase.query(
        config,
        "select proname from pg_proc p where pronamespace = '" + config.schema()
            + "'::regnamespace and (" + condition + ")");
  }

  @Test
  void theServiceRoleIsGrantedWhatItNeedsWhereThereIsOne() {
    PostgresConfig config = TestDatabase.freshSchema();
    TestDatabase.run(config, "create role service_role nologin bypassrls");
    try {
      PostgresBillingStore.migrate(config);

      TestDatabase.run(
          config,
          "set role service_role",
          "select ping_v1('{}')",
          "select remember_user_v1('{\"account_id\":\"user_1\",\"issuer\":\"i\",\"subject\":\"s\"}')",
          "select claim_events_v1('{\"claim\":1,\"max\":1,\"now\":\"2026-01-01T00:00:00Z\"}')");
    } finally {
      TestDatabase.run(config, "drop owned by service_role", "drop role service_role");
    }
  }
}
