package com.tatame.billing.postgres;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL for all tests of this process, with a fresh schema for each that asks. */
final class TestDatabase {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private TestDatabase() {}

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder().setServerConfig("max_connections", "60").start();
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

  /** Runs statements in one session of the superuser, the schema first in its search path. */
  static void run(PostgresConfig config, String... statements) {
    try (Connection connection = connect(config);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of what a query returns, as text. */
  static List<String> query(PostgresConfig config, String sql) {
    try (Connection connection = connect(config);
        Statement statement = connection.createStatement();
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
}
