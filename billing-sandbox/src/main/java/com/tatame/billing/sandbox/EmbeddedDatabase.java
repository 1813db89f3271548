package com.tatame.billing.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A PostgreSQL of the sandbox's own, whose data outlives it. */
final class EmbeddedDatabase implements AutoCloseable {
  private static final long STOP_SECONDS = 20;
  private static final String LOOPBACK = "127.0.0.1";

  private final EmbeddedPostgres postgres;
  private final FileChannel lock;

  private EmbeddedDatabase(EmbeddedPostgres postgres, FileChannel lock) {
    this.postgres = postgres;
    this.lock = lock;
  }

  /**
   * Starts it, after ending one that a killed sandbox left running on the same data.
   *
   * @param port of the loopback address; 0 for a free one
   * @throws UncheckedIOException saying what to do, also when another sandbox uses the directory
   */
  static EmbeddedDatabase start(Path directory, int port) {
    Path data = directory.resolve("data").toAbsolutePath();
    Path binaries = directory.resolve("binaries").toAbsolutePath();
    try {
      PrivateFiles.createFolder(directory);
      FileChannel lock = lock(directory.resolve("lock"));
      try {
        stopLeftover(data, binaries);
        refuseTaken(port);
        return new EmbeddedDatabase(postgres(data, binaries, port), lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException | IllegalStateException e) {
      throw new UncheckedIOException(
          "PostgreSQL did not start in "
              + directory
              + ". If another sandbox is running there, stop it or set BILLING_DATA_DIR to another"
              + " folder. If its port is taken, set SANDBOX_DATABASE_PORT.",
          e instanceof IOException io ? io : new IOException(e));
    }
  }

  // The caller that starts it ends it, after all that uses it: it has no shutdown hook of its
  // own.
  private static EmbeddedPostgres postgres(Path data, Path binaries, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setServerConfig("listen_addresses", LOOPBACK)
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setOverrideWorkingDirectory(binaries.toFile())
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .start();
  }

  // PostgreSQL itself would be waited for in vain.
  private static void refuseTaken(int port) throws IOException {
    try (ServerSocket free = new ServerSocket()) {
      free.setReuseAddress(true);
      free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (BindException e) {
      throw new IOException("port " + port + " is taken", e);
    }
  }

  // The system gives the lock back however the process ends.
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another sandbox of this very process holds it.
    }
    channel.close();
    throw new IOException("another sandbox is running with " + file.getParent());
  }

  String jdbcUrl() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  /** Runs a script as the superuser. */
  void run(String sql) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("the database refused a script", e);
    }
  }

  /** Whether there is a schema of this name, and no such table in it. */
  boolean hasSchemaWithout(String schema, String table) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        PreparedStatement statement = connection.prepareStatement(
            "select 1 from pg_namespace n where n.nspname = ? and not exists (select from pg_class c"
                + " where c.relnamespace = n.oid and c.relname = ?)")) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the database can't be asked for its schema", e);
    }
  }

  /** Where it is, for {@code psql} and for the server. */
  String libpqUrl() {
    return "postgres://postgres@" + LOOPBACK + ":" + postgres.getPort() + "/postgres";
  }

  // After a SIGKILL of this process PostgreSQL lives on, and holds its data directory.
  private static void stopLeftover(Path data, Path binaries) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    Optional<ProcessHandle> leftover = ProcessHandle.of(
            Long.parseLong(Files.readAllLines(pidFile).get(0).trim()))
        .filter(process -> process
            .info()
            .command()
            .filter(c -> c.startsWith(binaries.toString()))
            .isPresent());
    if (leftover.isEmpty()) {
      return;
    }
    leftover.get().destroy();
    try {
      leftover.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the wait for process " + leftover.get().pid() + " was interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("process " + leftover.get().pid() + " of an earlier start goes on", e);
    }
  }

  @Override
  public void close() {
    try (lock) {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop", e);
    }
  }
}
