package com.tatame.billing.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server in a process of its own. While others are measured it stands still. */
final class Target implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration START_TAKES = Duration.ofSeconds(60);

  final String database;
  final int port;
  private final Process process;
  private final double firstAnswerMillis;

  private Target(String database, int port, Process process, double firstAnswerMillis) {
    this.database = database;
    this.port = port;
    this.process = process;
    this.firstAnswerMillis = firstAnswerMillis;
  }

  static Target start(String database, List<String> command, Map<String, String> environment, Path log)
      throws IOException, InterruptedException {
    int port = freePort();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PORT", Integer.toString(port));
    long begin = System.nanoTime();
    Process process = builder.start();
    // One that stands still wouldn't notice that its parent is gone.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    while (!answers(port)) {
      if (!process.isAlive() || System.nanoTime() - begin > START_TAKES.toNanos()) {
        process.destroy();
        throw new IllegalStateException("a server did not start; see " + log);
      }
      Thread.sleep(5);
    }
    return new Target(database, port, process, (System.nanoTime() - begin) / 1e6);
  }

  private static boolean answers(int port) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/live"))
          .timeout(Duration.ofSeconds(5))
          .build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  double firstAnswerMillis() {
    return firstAnswerMillis;
  }

  long pid() {
    return process.pid();
  }

  double cpuSeconds() {
    return Cpu.seconds(pid());
  }

  double residentMegabytes() throws IOException {
    return Cpu.residentMegabytes(pid());
  }

  void rest() throws IOException, InterruptedException {
    signal("STOP");
  }

  void wake() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    wake();
    process.destroy();
    process.waitFor();
  }
}
