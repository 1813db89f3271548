package com.tatame.billing.supabase;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.schema.SupabaseSql;
import com.tatame.billing.testkit.StoredFacts;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own for each project that a test starts, in one PostgreSQL for all of them. */
final class TestProject {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestProject() {}

  /** Started when it is first needed: not where PostgREST is missing. */
  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "100")
            .setServerConfig("fsync", "off")
            .setServerConfig("full_page_writes", "off")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Migrated once and copied for each test. */
  private static final class Template {
    static final String NAME = migrated("migrated");

    private static String migrated(String name) {
      migrate(database(name, "template1"));
      return name;
    }
  }

  /** A database with the schema, its roles and their grants. */
  static String migratedDatabase() {
    LocalSupabase.require();
    return database(nextName(), Template.NAME);
  }

  static String emptyDatabase() {
    LocalSupabase.require();
    return database(nextName(), "template1");
  }

  private static String nextName() {
    return "project_" + DATABASES.incrementAndGet();
  }

  private static String database(String name, String template) {
    run(
        Server.RUNNING.getJdbcUrl("postgres", "postgres"),
        "create database " + name + " template " + template);
    return Server.RUNNING.getJdbcUrl("postgres", name);
  }

  /** As people do it, with the script for the SQL editor. */
  static void migrate(String jdbcUrl) {
    LocalSupabase.createRoles(jdbcUrl);
    run(jdbcUrl, SupabaseSql.migrations("billing"));
  }

  /** Runs statements in one session of the superuser. */
  static void run(String jdbcUrl, String... statements) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of what a query returns, as text. */
  static List<String> query(String jdbcUrl, String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
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

  static List<Fact> factsOf(String jdbcUrl, SubjectId subject) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      connection.setSchema("billing");
      return StoredFacts.of(connection, subject);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
