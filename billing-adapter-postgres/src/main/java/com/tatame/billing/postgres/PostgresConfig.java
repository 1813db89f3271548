package com.tatame.billing.postgres;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import com.tatame.billing.schema.Migrations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the database is and how it is used. Its text form shows no credentials.
 *
 * @param url as JDBC or libpq write it ({@code postgres://user:password@host/database})
 * @param user wins over the one in the url
 * @param password wins over the one in the url
 * @param maxPoolSize connections at most
 * @param schema lower case
 * @param prepareStatements false behind a pooler that hands out connections by transaction
 * @param connectionWait how long a call waits for a connection before the store is unavailable
 * @param statementLimit how long one call may take
 */
public record PostgresConfig(
    String url,
    Optional<String> user,
    Optional<String> password,
    int maxPoolSize,
    String schema,
    boolean prepareStatements,
    Duration connectionWait,
    Duration statementLimit) {
  public static final int DEFAULT_MAX_POOL_SIZE = 20;

  private static final Duration DEFAULT_CONNECTION_WAIT = Duration.ofSeconds(5);
  private static final Duration DEFAULT_STATEMENT_LIMIT = Duration.ofSeconds(30);

  /** The pool refuses to wait for less. */
  private static final Duration LEAST_WAIT = Duration.ofMillis(250);

  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  /**
   * Checks all values.
   *
   * @throws ValidationFailed naming every value that can't be used
   */
  public PostgresConfig {
    List<FieldError> errors = new ArrayList<>();
    try {
      DatabaseUrl.parse(url);
    } catch (ValidationFailed e) {
      errors.addAll(e.errors());
    }
    if (maxPoolSize < 1) {
      errors.add(new FieldError("maxPoolSize", "must be at least 1"));
    }
    if (!SCHEMA.matcher(schema).matches() || schema.startsWith("pg_")) {
      errors.add(new FieldError(
          "schema", "must be lower-case letters, digits and underscores, and not start with pg_"));
    }
    if (connectionWait.compareTo(LEAST_WAIT) < 0) {
      errors.add(new FieldError("connectionWait", "must be at least 250 ms"));
    }
    if (statementLimit.compareTo(Duration.ofSeconds(1)) < 0) {
      errors.add(new FieldError("statementLimit", "must be at least 1 s"));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }

  /** All defaults: 20 connections, schema {@code billing}, prepared statements. */
  public static PostgresConfig of(String url) {
    return new PostgresConfig(
        url,
        Optional.empty(),
        Optional.empty(),
        DEFAULT_MAX_POOL_SIZE,
        Migrations.DEFAULT_SCHEMA,
        true,
        DEFAULT_CONNECTION_WAIT,
        DEFAULT_STATEMENT_LIMIT);
  }

  public PostgresConfig withCredentials(String newUser, String newPassword) {
    return new PostgresConfig(
        url,
        Optional.of(newUser),
        Optional.of(newPassword),
        maxPoolSize,
        schema,
        prepareStatements,
        connectionWait,
        statementLimit);
  }

  public PostgresConfig withMaxPoolSize(int newSize) {
    return new PostgresConfig(
        url, user, password, newSize, schema, prepareStatements, connectionWait, statementLimit);
  }

  public PostgresConfig withSchema(String newSchema) {
    return new PostgresConfig(
        url,
        user,
        password,
        maxPoolSize,
        newSchema,
        prepareStatements,
        connectionWait,
        statementLimit);
  }

  public PostgresConfig withPrepareStatements(boolean prepare) {
    return new PostgresConfig(
        url, user, password, maxPoolSize, schema, prepare, connectionWait, statementLimit);
  }

  public PostgresConfig withConnectionWait(Duration newWait) {
    return new PostgresConfig(
        url, user, password, maxPoolSize, schema, prepareStatements, newWait, statementLimit);
  }

  public PostgresConfig withStatementLimit(Duration newLimit) {
    return new PostgresConfig(
        url, user, password, maxPoolSize, schema, prepareStatements, connectionWait, newLimit);
  }

  /** Host, port and database as a person writes them, without credentials or parameters. */
  public String address() {
    return DatabaseUrl.parse(url)
        .jdbc()
        .replaceFirst("^jdbc:postgresql:/*", "")
        .replaceFirst("\\?.*$", "");
  }

  @Override
  public String toString() {
    return "PostgresConfig[schema=" + schema + ", maxPoolSize=" + maxPoolSize + "]";
  }
}
