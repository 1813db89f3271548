package com.tatame.billing.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;

/** What a server holds of memory, threads and connections, to see whether any of it leaks. */
final class Vitals {
  private final Target server;
  private final Database database;
  private final String name;
  private final Path jcmd;

  /**
   * @param name of the server's database
   * @param java of the server's JDK
   */
  Vitals(Target server, Database database, String name, Path java) {
    this.server = server;
    this.database = database;
    this.name = name;
    this.jcmd = java.resolveSibling("jcmd");
  }

  static String head() {
    return "| when | resident MB | heap after GC MB | threads | file descriptors | of these sockets "
        + "| connections to PostgreSQL |\n|---|--:|--:|--:|--:|--:|--:|";
  }

  /** A row of them, after a full collection. */
  String row(String when) throws IOException, SQLException {
    String pid = Long.toString(server.pid());
    ask(jcmd.toString(), pid, "GC.run");
    long used = Arrays.stream(ask(jcmd.toString(), pid, "GC.heap_info").split("\n"))
        .filter(line -> line.contains("used") && !line.contains("etaspace") && !line.contains("class space"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*used (\\d+)K.*", "$1")))
        .sum();
    long descriptors = 0;
    long sockets = 0;
    try (var open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path each : open) {
        descriptors++;
        sockets += isSocket(each) ? 1 : 0;
      }
    }
    try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return String.format(
          Locale.ROOT, "| %s | %.0f | %.1f | %d | %d | %d | %d |",
          when, server.residentMegabytes(), used / 1024.0, threads.count(), descriptors, sockets,
          database.number("postgres", "select count(*) from pg_stat_activity where datname = '" + name + "'"));
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      // It was closed meanwhile.
      return false;
    }
  }

  private static String ask(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
