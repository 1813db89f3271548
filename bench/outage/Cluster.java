package com.tatame.billing.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The processes of PostgreSQL, to be frozen, stopped, killed and started. */
final class Cluster {
  private final Path data;
  private final List<String> control;

  /**
   * Of a running cluster.
   *
   * @param control the command line that is {@code pg_ctl} as the cluster's owner, words separated by spaces
   */
  Cluster(Path data, String control) {
    this.data = data;
    this.control = List.of(control.split(" "));
  }

  private long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
  }

  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    // The postmaster first: it must not start others meanwhile.
    long postmaster = postmaster();
    kill(name, List.of(postmaster));
    kill(name, Cpu.children(postmaster));
  }

  private static void kill(String signal, List<Long> processes) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    processes.forEach(id -> command.add(Long.toString(id)));
    new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  void stopAtOnce() throws IOException, InterruptedException {
    control("-D", data.toString(), "-m", "immediate", "-w", "stop");
  }

  /** The postmaster by a signal that it can't catch; its processes notice, and end. */
  void kill() throws IOException, InterruptedException {
    long postmaster = postmaster();
    List<Long> children = Cpu.children(postmaster);
    kill("KILL", List.of(postmaster));
    for (long child : children) {
      ProcessHandle.of(child).ifPresent(process -> process.onExit().join());
    }
  }

  /** Ends one of its processes by a signal: PostgreSQL then ends all others, and recovers. */
  void crash() throws IOException, InterruptedException {
    // The youngest serves a connection.
    kill("KILL", List.of(Collections.max(Cpu.children(postmaster()))));
  }

  void start() throws IOException, InterruptedException {
    control("-D", data.toString(), "-l", data.resolveSibling("log").toString(), "-w", "start");
  }

  private void control(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(control);
    command.addAll(List.of(arguments));
    int exit = new ProcessBuilder(command)
        .directory(Path.of("/").toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    if (exit != 0) {
      throw new IllegalStateException(command + " ended with " + exit);
    }
  }
}
