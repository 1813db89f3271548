package com.tatame.billing.testkit.supabase;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A database that a superuser's JDBC address names, made to look like a Supabase project's. */
final class DatabaseAddress {
  private static final Pattern JDBC =
      Pattern.compile("jdbc:postgresql://(?<host>[^/?]+)/(?<name>[^?]+).*");
  private static final String PASSWORD = "authenticator";

  private final String jdbcUrl;
  private final String host;
  private final String name;

  DatabaseAddress(String jdbcUrl) {
    Matcher parts = JDBC.matcher(jdbcUrl);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must look like jdbc:postgresql://host:port/database");
    }
    this.jdbcUrl = jdbcUrl;
    this.host = parts.group("host");
    this.name = parts.group("name");
  }

  /** As PostgREST takes it. */
  String ofAuthenticator() {
    return "postgres://authenticator:" + PASSWORD + "@" + host + "/" + name;
  }

  /** The roles that every project has. The authenticator itself may do nothing but become another. */
  void createRoles() {
    run(
        created("authenticator", "login noinherit password '" + PASSWORD + "'"),
        created("anon", "nologin noinherit"),
        created("authenticated", "nologin noinherit"),
        created("service_role", "nologin noinherit bypassrls"),
        "grant anon, authenticated, service_role to authenticator",
        "grant usage on schema public to anon, authenticated, service_role");
  }

  private static String created(String role, String options) {
    return "do $$ begin create role " + role + " " + options
        + "; exception when duplicate_object then null; end $$";
  }

  void limitStatements(Duration limit) {
    run("alter role authenticator in database \"" + name + "\" set statement_timeout = '"
        + limit.toMillis() + "ms'");
  }

  void run(String... statements) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
