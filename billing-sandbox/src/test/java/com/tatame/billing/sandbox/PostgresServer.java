package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL that can be stopped as a failing machine would stop it, and started again. */
final class PostgresServer {
  private static final String BY_SOCKET =
      "&sslmode=disable&socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg"
          + "&socketFactoryArg=";
  private static @Nullable PostgresServer shared;
  private static @Nullable PostgresServer offline;

  private final EmbeddedPostgres postgres;
  private final Path sockets;
  private boolean onTheNetwork = true;

  private PostgresServer(EmbeddedPostgres postgres, Path sockets) {
    this.postgres = postgres;
    this.sockets = sockets;
  }

  /**
   * The one that the tests of this process share; it is not stopped by tests, and so it need not survive a
   * machine's end.
   */
  static synchronized PostgresServer shared() {
    if (shared == null) {
      shared = start("off");
    }
    return shared;
  }

  /**
   * Another one that the tests of this process share, which no network reaches: without its
   * socket there is no way to it.
   */
  static synchronized PostgresServer offline() {
    if (offline == null) {
      offline = start("off");
      offline.leaveTheNetwork();
    }
    return offline;
  }

  /** One that answers for what it has committed, until this process ends. */
  static PostgresServer start() {
    return start("on");
  }

  private static PostgresServer start(String durable) {
    Path sockets = Worlds.temporaryDirectory();
    try {
      EmbeddedPostgres started = EmbeddedPostgres.builder()
          .setServerConfig("unix_socket_directories", sockets.toString())
          .setServerConfig("max_connections", "120")
          .setServerConfig("fsync", durable)
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("full_page_writes", durable)
          .start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started, sockets)));
      return new PostgresServer(started, sockets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(EmbeddedPostgres server, Path sockets) {
    try {
      server.close();
      Worlds.delete(sockets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return postgres.getPort();
  }

  /** Where its socket is, which the port names. */
  Path sockets() {
    return sockets;
  }

  String jdbcUrl(String database) {
    String url = postgres.getJdbcUrl("postgres", database);
    return onTheNetwork ? url : url + BY_SOCKET + sockets.resolve(".s.PGSQL." + port());
  }

  private void leaveTheNetwork() {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("alter system set listen_addresses = ''");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    stopImmediately().startAgain();
    onTheNetwork = false;
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database));
  }

  /** Ends it without any farewell: no checkpoint, no transaction finished, every connection cut. */
  Stopped stopImmediately() {
    Path data = dataDirectory();
    // Its first word is the program that runs.
    Path program = Path.of(firstLine(data.resolve("postmaster.opts")).split(" ", 2)[0]);
    Stopped stopped = new Stopped(program.resolveSibling("pg_ctl"), data);
    stopped.control("stop", "-m", "immediate");
    return stopped;
  }

  private Path dataDirectory() {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show data_directory")) {
      assertThat(row.next()).isTrue();
      return Path.of(row.getString(1));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It when it is down. */
  record Stopped(Path pgCtl, Path data) {
    /** Starts it as it was started before, and returns when it has recovered. */
    void startAgain() {
      control("restart");
    }

    private void control(String... action) {
      List<String> command = new ArrayList<>();
      // It refuses to run as root, in the eyes of whom it runs then.
      if ("root".equals(System.getProperty("user.name"))) {
        command.addAll(List.of("unshare", "-U"));
      }
      command.addAll(List.of(pgCtl.toString(), "-D", data.toString(), "-w", "-t", "60"));
      command.addAll(List.of(action));
      try {
        Process process = new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
        assertThat(process.waitFor(70, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
