package com.tatame.billing.postgres;

import static org.awaitility.Awaitility.await;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.testkit.StoredFacts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL for all tests of this process, with a fresh schema for each that asks. No test ends it,
 * so that it need not survive a machine's end; and none leaves so much behind that it needs a vacuum.
 */
final class TestDatabase {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private TestDatabase() {}

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server = EmbeddedPostgres.builder()
          .setServerConfig("max_connections", "60")
          .setServerConfig("logging_collector", "on")
          .setServerConfig("log_rotation_size", "0")
          .setServerConfig("log_rotation_age", "0")
          .setServerConfig("fsync", "off")
          .setServerConfig("full_page_writes", "off")
          .setServerConfig("autovacuum", "off")
          .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PostgresConfig freshSchema() {
    return PostgresConfig.of(
            "postgres://postgres:postgres@localhost:" + SERVER.getPort() + "/postgres")
        .withSchema("test_" + SCHEMAS.incrementAndGet());
  }

  /** The same, and the plan of each statement is logged, also of those within functions. */
  static PostgresConfig explained(PostgresConfig config) {
    String options = String.join(
        "%20",
        "-csession_preload_libraries=auto_explain",
        "-cauto_explain.log_min_duration=0",
        "-cauto_explain.log_nested_statements=on");
    return PostgresConfig.of(config.url() + "?options=" + options)
        .withSchema(config.schema())
        .withPrepareStatements(config.prepareStatements())
        .withMaxPoolSize(config.maxPoolSize());
  }

  /** What the server has logged so far. */
  static String log() {
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet file = statement.executeQuery(
            "select current_setting('data_directory') || '/' || pg_current_logfile()")) {
      file.next();
      return Files.readString(Path.of(file.getString(1)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs statements in one session of the superuser, the schema first in its search path. */
  static void run(PostgresConfig config, String... statements) {
    try (Connection connection = connect(config)) {
      run(connection, statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs statements in this session. */
  static void run(Connection session, String... statements) {
    try (Statement statement = session.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of what a query returns, as text. */
  static List<String> query(PostgresConfig config, String sql) {
    try (Connection connection = connect(config)) {
      return query(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same in this session. */
  static List<String> query(Connection session, String sql) {
    try (Statement statement = session.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until all that connected before has left the server. */
  static void awaitNoOtherSession(PostgresConfig config) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> query(
                config,
                "select count(*) from pg_stat_activity"
                    + " where backend_type = 'client backend' and pid <> pg_backend_pid()")
            .equals(List.of("0")));
  }

  static Connection connect(PostgresConfig config) throws SQLException {
    Connection connection = SERVER.getPostgresDatabase().getConnection();
    connection.setSchema(config.schema());
    return connection;
  }

  /** The stored facts, whosever they are: the port shows those of accounts only. */
  static List<Fact> factsOf(PostgresConfig config, SubjectId subject) {
    try (Connection connection = connect(config)) {
      return StoredFacts.of(connection, subject);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
