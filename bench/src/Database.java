package com.tatame.billing.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The one PostgreSQL that all share. */
final class Database {
  private static final Duration MAX_WAIT = Duration.ofMinutes(5);
  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");

  private final int port;
  private final long postmaster;
  private final String pgbench;
  private final List<String> names = new ArrayList<>();

  Database(int port, long postmaster, String pgbench) {
    this.port = port;
    this.postmaster = postmaster;
    this.pgbench = pgbench;
  }

  String url(String name) {
    return "postgres://postgres@127.0.0.1:" + port + "/" + name;
  }

  void create(String name) throws SQLException {
    execute("postgres", "create database " + name);
    names.add(name);
  }

  /** Whose tables are in this folder, which the cluster's owner can write to. */
  void create(String name, Path folder) throws SQLException {
    execute("postgres", "create tablespace " + name + " location '" + folder + "'");
    execute("postgres", "create database " + name + " tablespace " + name);
    names.add(name);
  }

  /** Those that were created here. */
  List<String> names() {
    return names;
  }

  void execute(String name, String sql) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String name, String sql) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** The product's own, in the order of their names. */
  List<String> tables(String name) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select tablename from pg_tables where schemaname = 'billing' "
            + "order by 1")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  String version() throws SQLException {
    try (Connection connection = connect("postgres")) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }

  /** Waits until the query has no answer; fails if that takes minutes. */
  void awaitNone(String name, String sql) throws SQLException, InterruptedException {
    long begin = System.nanoTime();
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet rows = statement.executeQuery(sql)) {
          if (!rows.next()) {
            return;
          }
        }
        if (System.nanoTime() - begin > MAX_WAIT.toNanos()) {
          throw new IllegalStateException("still not done after " + MAX_WAIT + ": " + sql);
        }
        Thread.sleep(10);
      }
    }
  }

  Connection connect(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + name, "postgres", "");
  }

  /** Processor seconds of the whole cluster until now, also of backends that have ended. */
  double cpuSeconds() {
    double sum = Cpu.secondsWithReaped(postmaster);
    for (long child : Cpu.children(postmaster)) {
      sum += Cpu.seconds(child);
    }
    return sum;
  }

  /** What pgbench found, latencies in milliseconds and sorted. */
  record Limit(double perSecond, List<Double> millis) {
    double millis(double quantile) {
      return millis.get(Math.max(0, (int) Math.ceil(quantile * millis.size()) - 1));
    }
  }

  Limit pgbench(Path script, String payload, int customers, int clients, int seconds)
      throws IOException, InterruptedException {
    Path logs = Files.createTempDirectory("billing-bench-log");
    List<String> command = new ArrayList<>(List.of(
        pgbench, "-n", "-M", "prepared", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", "postgres",
        "-c", Integer.toString(clients), "-j", Integer.toString(Math.min(2, clients)),
        "-T", Integer.toString(seconds), "-f", script.toString(),
        "-D", "payload=" + payload, "-D", "customers=" + customers));
    if (clients == 1) {
      command.addAll(List.of("--log", "--log-prefix=" + logs.resolve("lone")));
    }
    command.add("pgbench_limit");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    Matcher tps = TPS.matcher(output);
    if (process.waitFor() != 0 || !tps.find()) {
      throw new IllegalStateException("pgbench failed: " + output);
    }
    return new Limit(Double.parseDouble(tps.group(1)), latencies(logs));
  }

  private static List<Double> latencies(Path logs) throws IOException {
    List<Double> millis = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(logs)) {
      for (Path file : files) {
        try (Stream<String> lines = Files.lines(file)) {
          lines.forEach(line -> millis.add(Long.parseLong(line.split(" ")[2]) / 1e3));
        }
        Files.delete(file);
      }
    } catch (NoSuchFileException e) {
      throw new IllegalStateException(e);
    }
    Files.delete(logs);
    millis.sort(null);
    return millis;
  }
}
