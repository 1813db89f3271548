package com.tatame.billing.sandbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A database that several processes may use, and that a test may look into. */
final class Database {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final PostgresServer server;
  private final String name = "test_" + DATABASES.incrementAndGet();

  Database(PostgresServer server) {
    this(server, "template1");
  }

  private Database(PostgresServer server, String template) {
    this.server = server;
    run("postgres", "create database " + name + " template " + template);
  }

  /** Another one that holds the same. This one must have no connections. */
  Database copy() {
    return new Database(server, name);
  }

  /** As {@code DATABASE_URL} wants it. */
  String url() {
    return "postgres://postgres@localhost:" + server.port() + "/" + name;
  }

  /** Where it listens, if it listens. */
  int port() {
    return server.port();
  }

  /** As drivers want it; of the superuser. */
  String jdbcUrl() {
    return server.jdbcUrl(name);
  }

  /** Runs statements in the product's schema. */
  void run(String sql) {
    run(name, sql);
  }

  /** The first column of what a query in the product's schema returns. */
  List<String> query(String sql) {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  long count(String from) {
    return Long.parseLong(query("select count(*) from " + from).get(0));
  }

  private void run(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private Connection connect(String database) throws SQLException {
    Connection connection = server.connect(database);
    connection.setSchema("billing");
    return connection;
  }
}
