package com.tatame.billing.postgres;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/** How connections are made. */
final class Connections {
  private static final String APPLICATION_NAME = "tatame-billing";
  private static final String CONNECT_TIMEOUT_SECONDS = "5";

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
    pool.setConnectionTimeout(config.connectionWait().toMillis());
    pool.setAutoCommit(true);
    pool.setExceptionOverride(new ReadOnlyEviction());
    pool.setConnectionInitSql(
        sessionsAreOurs(config, url) ? COMPILE_NOTHING + EXPECT_LARGE_TABLES : COMPILE_NOTHING);
    driver(config).forEach((name, value) -> pool.addDataSourceProperty((String) name, value));
    return pool;
  }

  // Behind a pooler other programs go on with a session, with all that was set in it.
  private static boolean sessionsAreOurs(PostgresConfig config, DatabaseUrl url) {
    return config.prepareStatements() && url.preparesStatements();
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
