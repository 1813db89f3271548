package com.tatame.billing.postgres;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.schema.Migrations;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema up to date, over connections of its own. */
final class SchemaMigration {
  /** SQLSTATE classes: connection, resources, shutdown. */
  private static final Set<String> UNREACHABLE = Set.of("08", "53", "57");

  private static final String CALLBACKS = "com/tatame/billing/postgres/callbacks";

  private SchemaMigration() {}

  static int run(PostgresConfig config) {
    Flyway flyway = Flyway.configure(SchemaMigration.class.getClassLoader())
        .dataSource(
            DatabaseUrl.parse(config.url()).jdbc(),
            Connections.user(config).orElse(null),
            Connections.password(config).orElse(null))
        .locations("classpath:" + Migrations.LOCATION, "classpath:" + CALLBACKS)
        .schemas(config.schema())
        .defaultSchema(config.schema())
        .table(Migrations.HISTORY_TABLE)
        .createSchemas(true)
        .placeholders(Map.of(Migrations.SCHEMA_PLACEHOLDER, config.schema()))
        .outOfOrder(false)
        // Under one lock: a second process finds all of them done, not some.
        .group(true)
        .cleanDisabled(true)
        .load();
    try {
      return flyway.migrate().migrationsExecuted;
    } catch (FlywayException e) {
      if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
        throw new IllegalStateException(
            """
            The schema %1$s holds objects, but no table %2$s: it was made by a version before the first \
            release, or by another program. If nothing in it is needed, run: drop schema "%1$s" cascade; \
            otherwise use another schema.""".formatted(config.schema(), Migrations.HISTORY_TABLE), e);
      }
      if (unreachable(e)) {
        throw new StoreUnavailable("The database can't be reached.", e);
      }
      throw new IllegalStateException(
          "The schema " + config.schema() + " can't be brought up to date: " + e.getMessage(), e);
    }
  }

  /** Whether no database answered, where it would have been asked. */
  static boolean unreachable(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState();
        return state == null || UNREACHABLE.stream().anyMatch(state::startsWith);
      }
    }
    return false;
  }
}
