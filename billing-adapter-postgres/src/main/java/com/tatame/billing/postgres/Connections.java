package com.tatame.billing.postgres;

import com.tatame.billing.workload.CircuitBreaker;
import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** How connections are made. */
final class Connections {
  private static final String APPLICATION_NAME = "tatame-billing";
  private static final String CONNECT_TIMEOUT_SECONDS = "5";
  private static final String CANCEL_TIMEOUT_SECONDS = "1";

  /** Shutting down, crashed, and not yet accepting connections. */
  private static final Set<String> STARTS_OR_ENDS = Set.of("57P01", "57P02", "57P03");

  /** How long a connection that was not used for a moment may take to show that it lives. */
  private static final Duration VALIDATION = Duration.ofMillis(500);

  /** How much longer the network is waited for, so that a cancelled statement's answer arrives. */
  private static final Duration CANCELLATION_TAKES = Duration.ofSeconds(5);

  /** The server compiles what it thinks costly, at each call, and is wrong about sets that it is sent. */
  private static final String COMPILE_NOTHING = "set jit = off";

  /**
   * A session keeps its plans, and those made while a table was small, as the queue is most of the
   * time, would read all of it when it has grown.
   */
  private static final String EXPECT_LARGE_TABLES = "; set enable_seqscan = off";

  private Connections() {}

  static HikariConfig pool(PostgresConfig config) {
    DatabaseUrl url = DatabaseUrl.parse(config.url());
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("billing-" + config.schema());
    pool.setJdbcUrl(url.jdbc());
    user(config).ifPresent(pool::setUsername);
    password(config).ifPresent(pool::setPassword);
    pool.setMaximumPoolSize(config.maxPoolSize());
    // A pool that tries to fill itself does so less and less often while the database is down, and
    // then learns late that it is back. Without idle connections to keep, each caller makes it try.
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(config.connectionWait().toMillis());
    pool.setValidationTimeout(Math.min(VALIDATION.toMillis(), pool.getConnectionTimeout()));
    pool.setAutoCommit(true);
    pool.setConnectionInitSql(
        sessionsAreOurs(config, url) ? COMPILE_NOTHING + EXPECT_LARGE_TABLES : COMPILE_NOTHING);
    driver(config).forEach((name, value) -> pool.addDataSourceProperty((String) name, value));
    return pool;
  }

  // Behind a pooler other programs go on with a session, with all that was set in it.
  private static boolean sessionsAreOurs(PostgresConfig config, DatabaseUrl url) {
    return config.prepareStatements() && url.preparesStatements();
  }

  /**
   * Whether the database is down, and not only slow or busy: nothing listens there, or what listens
   * starts or ends.
   */
  static boolean refused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && STARTS_OR_ENDS.contains(state(sql))) {
        return true;
      }
    }
    return CircuitBreaker.isRefusal(failure);
  }

  private static String state(SQLException e) {
    return Optional.ofNullable(e.getSQLState()).orElse("");
  }

  /** Whether a new connection answers. */
  static boolean answers(PostgresConfig config) {
    try (Connection connection = single(config)) {
      return connection.isValid(Integer.parseInt(CONNECT_TIMEOUT_SECONDS));
    } catch (SQLException e) {
      return false;
    }
  }

  /** A connection outside of any pool, for a short question. */
  static Connection single(PostgresConfig config) throws SQLException {
    Properties properties = driver(config);
    properties.setProperty("socketTimeout", CONNECT_TIMEOUT_SECONDS);
    user(config).ifPresent(user -> properties.setProperty("user", user));
    password(config).ifPresent(password -> properties.setProperty("password", password));
    return DriverManager.getConnection(DatabaseUrl.parse(config.url()).jdbc(), properties);
  }

  static Optional<String> user(PostgresConfig config) {
    return config.user().or(() -> DatabaseUrl.parse(config.url()).user());
  }

  static Optional<String> password(PostgresConfig config) {
    return config.password().or(() -> DatabaseUrl.parse(config.url()).password());
  }

  /** The driver's properties; what the address itself says wins over them. */
  static Properties driver(PostgresConfig config) {
    DatabaseUrl url = DatabaseUrl.parse(config.url());
    Properties properties = new Properties();
    // A row's values would end up in messages and logs.
    properties.setProperty("logServerErrorDetail", "false");
    properties.setProperty("ApplicationName", APPLICATION_NAME);
    properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
    properties.setProperty("cancelSignalTimeout", CANCEL_TIMEOUT_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(
        "socketTimeout",
        Long.toString(config.statementLimit().plus(CANCELLATION_TAKES).toSeconds()));
    if (!sessionsAreOurs(config, url)) {
      properties.setProperty("prepareThreshold", "0");
    }
    return properties;
  }
}
