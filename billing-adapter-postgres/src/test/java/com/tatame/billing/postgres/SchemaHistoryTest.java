package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.SchemaNotReady;
import com.tatame.billing.schema.SchemaStatus;
import org.junit.jupiter.api.Test;

/** What can be known of a schema without changing it. */
final class SchemaHistoryTest {
  private final PostgresConfig config = TestDatabase.freshSchema();

  @Test
  void schemaThatIsMissingIsReportedAndNotMade() {
    SchemaStatus status = PostgresBillingStore.schemaStatus(config);

    assertThat(status.usable()).isFalse();
    assertThat(status.version()).isEmpty();
    assertThat(status.pending()).hasSize(SchemaStatus.latest());
    assertThat(status.describe())
        .isEqualTo("The database has no schema " + config.schema() + " yet.");
    assertThatThrownBy(() -> PostgresBillingStore.openExisting(config))
        .isInstanceOf(SchemaNotReady.class)
        .hasMessage(status.describe());
    assertThat(TestDatabase.query(
            config, "select nspname from pg_namespace where nspname = '" + config.schema() + "'"))
        .isEmpty();
  }

  @Test
  void schemaThatIsUpToDateIsOpened() {
    PostgresBillingStore.migrate(config);

    SchemaStatus status = PostgresBillingStore.schemaStatus(config);
    assertThat(status.usable()).isTrue();
    assertThat(status.version()).hasValue(SchemaStatus.latest());
    assertThat(status.describe())
        .endsWith("is at version " + SchemaStatus.latest() + " and up to date.");
    try (PostgresBillingStore store = PostgresBillingStore.openExisting(config)) {
      store.ping();
    }
  }

  @Test
  void schemaThatIsOlderIsNotOpenedAndSaysWhatItLacks() {
    PostgresBillingStore.migrate(config);
    TestDatabase.run(config, "delete from billing_schema_history where version = '14'");

    assertThatThrownBy(() -> PostgresBillingStore.openExisting(config))
        .isInstanceOf(SchemaNotReady.class)
        .hasMessageContaining("V14__access.sql");
    assertThat(
            TestDatabase.query(config, "select 1 from billing_schema_history where version = '14'"))
        .isEmpty();
  }

  @Test
  void schemaOfNewerReleaseIsOpened() {
    PostgresBillingStore.migrate(config);
    TestDatabase.run(
        config,
        "insert into billing_schema_history (installed_rank, version, description, type, script,"
            + " installed_by, execution_time, success)"
            + " values (999, '999', 'x', 'SQL', 'V999__x.sql', 'x', 0, true)");

    assertThat(PostgresBillingStore.schemaStatus(config).describe())
        .contains("at version 999, which is newer than this release's " + SchemaStatus.latest());
    PostgresBillingStore.openExisting(config).close();
  }

  @Test
  void schemaOfAnotherProgramIsToldApart() {
    TestDatabase.run(
        config,
        "create schema " + config.schema(),
        "create table " + config.schema() + ".theirs (id int)");

    SchemaStatus status = PostgresBillingStore.schemaStatus(config);
    assertThat(status.foreign()).isTrue();
    assertThat(status.describe()).contains("by another program");
    assertThatThrownBy(() -> PostgresBillingStore.openExisting(config))
        .isInstanceOf(SchemaNotReady.class);
  }

  @Test
  void databaseThatIsDownIsNoMatterOfItsSchema() {
    assertThatThrownBy(() -> PostgresBillingStore.schemaStatus(
            PostgresConfig.of("postgres://user:secret@localhost:1/none")))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessage("The database can't be reached.");
  }
}
