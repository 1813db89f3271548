package com.tatame.billing.testkit.supabase;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A database that a superuser's JDBC address names, made to look like a Supabase project's. */
final class DatabaseAddress {
  private static final Pattern JDBC =
      Pattern.compile("jdbc:postgresql://(?<host>[^/?]+)/(?<name>[^?]+).*");
  private static final String PASSWORD = "authenticator";

  private final String jdbcUrl;
  private final String name;
  private final String ofAuthenticator;

  DatabaseAddress(String jdbcUrl) {
    this(jdbcUrl, Optional.empty());
  }

  private DatabaseAddress(String jdbcUrl, Optional<SocketAddress> socket) {
    Matcher parts = JDBC.matcher(jdbcUrl);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must look like jdbc:postgresql://host:port/database");
    }
    this.jdbcUrl = jdbcUrl;
    this.name = parts.group("name");
    this.ofAuthenticator = "postgres://authenticator:" + PASSWORD
        + socket
            .map(at -> "@/" + name + "?host="
                + URLEncoder.encode(at.directory().toString(), StandardCharsets.UTF_8) + "&port="
                + at.port())
            .orElseGet(() -> "@" + parts.group("host") + "/" + name);
  }

  private record SocketAddress(Path directory, int port) {}

  /** The same database, which PostgREST reaches by a socket in this directory. */
  DatabaseAddress overSocket(Path directory, int port) {
    return new DatabaseAddress(jdbcUrl, Optional.of(new SocketAddress(directory, port)));
  }

  /** As PostgREST takes it. */
  String ofAuthenticator() {
    return ofAuthenticator;
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
