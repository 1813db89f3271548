package com.tatame.billing.testkit.supabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A PostgREST of our own, on free ports of the loopback interface. */
final class PostgrestProcess implements AutoCloseable {
  private static final Duration START_TAKES_AT_MOST = Duration.ofSeconds(30);
  private static final Duration END_TAKES_AT_MOST = Duration.ofSeconds(5);
  private static final String LOOPBACK = "127.0.0.1";

  // However this process ends, its end of the pipe is closed, and with that PostgREST ends. Else it
  // would stay connected, and keep the database of a killed sandbox from being stopped. A shutdown
  // hook would end it earlier, while the server still finishes what it does.
  private static final String WHILE_WE_LIVE = """
      exec 3<&0
      "$0" & postgrest=$!
      trap 'kill $postgrest' TERM
      { cat <&3 >/dev/null; kill $postgrest; } 2>/dev/null &
      wait $postgrest
      wait $postgrest
      """;

  private final Process process;
  private final Path output;
  private final int port;
  private final int adminPort;

  /**
   * Starts it and waits until it has read the database's schema.
   *
   * @param settings as its environment names them
   */
  PostgrestProcess(Path binary, Map<String, String> settings) {
    try {
      port = freePort();
      adminPort = freePort();
      output = Files.createTempFile("postgrest", ".log");
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", WHILE_WE_LIVE, binary.toString());
      builder.environment().putAll(settings);
      builder
          .environment()
          .putAll(Map.of(
              "PGRST_SERVER_HOST", LOOPBACK,
              "PGRST_SERVER_PORT", Integer.toString(port),
              "PGRST_ADMIN_SERVER_PORT", Integer.toString(adminPort)));
      process =
          builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReady();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  URI uri() {
    return URI.create("http://" + LOOPBACK + ":" + port);
  }

  /** Waits until it is connected to the database and knows the schema. */
  void awaitReady() {
    HttpRequest question = HttpRequest.newBuilder(
            URI.create("http://" + LOOPBACK + ":" + adminPort + "/ready"))
        .timeout(START_TAKES_AT_MOST)
        .build();
    HttpClient client = HttpClient.newHttpClient();
    long deadline = System.nanoTime() + START_TAKES_AT_MOST.toNanos();
    while (!saysYes(client, question)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String said = said();
        close();
        throw new IllegalStateException("PostgREST did not become ready: " + said);
      }
    }
  }

  private String said() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean saysYes(HttpClient client, HttpRequest question) {
    try {
      if (client.send(question, BodyHandlers.discarding()).statusCode() == 200) {
        return true;
      }
    } catch (IOException e) {
      // It doesn't listen yet.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    try {
      process.waitFor(10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return false;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_TAKES_AT_MOST.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
