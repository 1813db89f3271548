package com.tatame.billing.sandbox;

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

/** An empty database that several processes may use, and that a test may look into. */
final class Database {
  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final String name = "test_" + DATABASES.incrementAndGet();

  Database() {
    run("postgres", "create database " + name);
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder().setServerConfig("max_connections", "120").start();
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

  /** As {@code DATABASE_URL} wants it. */
  String url() {
    return "postgres://postgres@localhost:" + SERVER.getPort() + "/" + name;
  }

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

  private static void run(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private static Connection connect(String database) throws SQLException {
    Connection connection = DriverManager.getConnection(SERVER.getJdbcUrl("postgres", database));
    connection.setSchema("billing");
    return connection;
  }
}
