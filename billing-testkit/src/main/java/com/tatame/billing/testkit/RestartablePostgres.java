package com.tatame.billing.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that a test can stop, freeze and make a replica, and whose content and port stay
 * meanwhile. Not thread-safe.
 */
public final class RestartablePostgres implements AutoCloseable {
  private static final int ANY_PORT = 0;
  private static final int SECONDS_TO_END = 30;

  private final Path data;
  private final int port;
  private @Nullable EmbeddedPostgres running;

  /**
   * Starts it, which takes a few seconds.
   *
   * @param folder an empty one, for its content
   */
  public RestartablePostgres(Path folder) {
    data = folder.resolve("data");
    port = run(ANY_PORT).getPort();
  }

  private EmbeddedPostgres run(int wantedPort) {
    try {
      EmbeddedPostgres started = EmbeddedPostgres.builder()
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setPort(wantedPort)
          // A replica whose primary sends nothing more.
          .setServerConfig("restore_command", "false")
          .start();
      running = started;
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For its superuser, as libpq writes addresses. */
  public String url() {
    return "postgres://postgres:postgres@localhost:" + port + "/postgres";
  }

  /** For its superuser, as JDBC writes addresses. */
  public String jdbcUrl() {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&password=postgres";
  }

  /** Starts it again. */
  public void start() {
    run(port);
  }

  /** Ends it: its connections break, and others are refused. */
  public void stop() {
    try {
      if (running != null) {
        running.close();
      }
      running = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of its processes stand still: connections are made, and nothing is answered. */
  public void freeze() {
    signal("-STOP");
  }

  /** Ends {@link #freeze}. */
  public void thaw() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      long pid = Long.parseLong(
          Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      // The server first, so that it makes no other process meanwhile.
      List<String> command = Stream.concat(
              Stream.of("kill", name),
              Stream.concat(Stream.of(server), server.descendants())
                  .map(process -> Long.toString(process.pid())))
          .toList();
      if (!new ProcessBuilder(command).start().waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        throw new IllegalStateException("kill did not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** From now on it is a replica: it answers reads, and takes no writes. */
  public void demote() {
    restart(() -> Files.createFile(data.resolve("standby.signal")));
  }

  /** Ends {@link #demote}. */
  public void promote() {
    restart(() -> Files.delete(data.resolve("standby.signal")));
  }

  private interface Change {
    void make() throws IOException;
  }

  private void restart(Change change) {
    stop();
    try {
      change.make();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  @Override
  public void close() {
    stop();
  }
}
