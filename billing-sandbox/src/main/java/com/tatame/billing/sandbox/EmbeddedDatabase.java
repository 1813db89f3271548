package com.tatame.billing.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of the sandbox's own, whose data outlives it. */
final class EmbeddedDatabase implements AutoCloseable {
  private final EmbeddedPostgres postgres;

  private EmbeddedDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /**
   * Starts it, after ending one that a killed sandbox left running on the same data.
   *
   * @throws UncheckedIOException saying what to do, also when another sandbox uses the directory
   */
  static EmbeddedDatabase start(Path directory) {
    Path data = directory.resolve("data").toAbsolutePath();
    Path binaries = directory.resolve("binaries").toAbsolutePath();
    try {
      Files.createDirectories(directory);
      stopLeftover(data, binaries);
      return new EmbeddedDatabase(EmbeddedPostgres.builder()
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setOverrideWorkingDirectory(binaries.toFile())
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("full_page_writes", "on")
          .start());
    } catch (IOException | IllegalStateException e) {
      throw new UncheckedIOException(
          "PostgreSQL did not start in "
              + directory
              + ". If another sandbox is running there, stop it or set BILLING_DATA_DIR to another"
              + " folder.",
          e instanceof IOException io ? io : new IOException(e));
    }
  }

  String jdbcUrl() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  String libpqUrl() {
    return "postgres://postgres@localhost:" + postgres.getPort() + "/postgres";
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
    if (sandboxIsAlive(leftover.get())) {
      throw new IOException("another sandbox is running on " + data);
    }
    leftover.get().destroy();
    leftover.get().onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }

  // PostgreSQL is a child of its sandbox; once orphaned, its parent is the init process.
  private static boolean sandboxIsAlive(ProcessHandle postgres) {
    return postgres
        .parent()
        .flatMap(parent -> parent.info().command())
        .filter(command ->
            List.of("java", "java.exe").contains(Path.of(command).getFileName().toString()))
        .isPresent();
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop", e);
    }
  }
}
