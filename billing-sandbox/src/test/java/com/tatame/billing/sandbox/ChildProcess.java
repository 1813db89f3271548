package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** A program in a process of its own, so that it can be ended in every way that there is. */
final class ChildProcess implements AutoCloseable {
  private static final int HEAP_LOOKS = 3;

  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private final Process process;
  private final Thread reader;
  private final List<String> output = Collections.synchronizedList(new ArrayList<>());

  private ChildProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs a class of this class path; of the environment it has only what it is given. */
  static ChildProcess java(Class<?> main, Map<String, String> env, String... arguments) {
    return java(ClassArchive.optionsFor(main), main, env, arguments);
  }

  /** Runs a class that is found by these options. */
  static ChildProcess java(
      List<String> options, Class<?> main, Map<String, String> env, String... arguments) {
    List<String> program = new ArrayList<>(options);
    program.add(main.getName());
    return start(program, env, arguments);
  }

  /** Runs a jar, with an empty environment. */
  static ChildProcess jar(Path jar, String... arguments) {
    return jar(jar, Map.of(), arguments);
  }

  /** Runs a jar; of the environment it has only what it is given. */
  static ChildProcess jar(Path jar, Map<String, String> env, String... arguments) {
    return start(List.of("-jar", jar.toString()), env, arguments);
  }

  private static ChildProcess start(
      List<String> program, Map<String, String> env, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-Dlogback.configurationFile=logback.xml"));
    command.addAll(program);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path == null ? "" : path);
    builder.environment().putAll(env);
    try {
      return new ChildProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(output::add);
    } catch (IOException | UncheckedIOException e) {
      output.add("the output ended: " + e.getMessage());
    }
  }

  /** Waits for a line that holds this, and gives the match. */
  MatchResult awaitLine(Pattern pattern) {
    await()
        .atMost(MAX_WAIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> find(pattern).isPresent() || !process.isAlive());
    Optional<MatchResult> match = find(pattern);
    assertThat(match).as(() -> String.join("\n", output())).isPresent();
    return match.orElseThrow();
  }

  private Optional<MatchResult> find(Pattern pattern) {
    return output().stream().flatMap(line -> pattern.matcher(line).results()).findFirst();
  }

  List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when it is dead. */
  void kill() {
    signal("KILL");
    awaitExit(MAX_WAIT);
  }

  /** Sends a signal by its name without SIG. */
  void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What is on its heap after everything superfluous was collected, in bytes. It works meanwhile, and
   * what it makes between a collection and the look is not in use: the least of several looks.
   */
  long heapInUse() {
    return LongStream.generate(this::heapAfterCollection)
        .limit(HEAP_LOOKS)
        .min()
        .orElseThrow();
  }

  private long heapAfterCollection() {
    diagnose("GC.run");
    return Pattern.compile("generation.*used (\\d+)K")
        .matcher(diagnose("GC.heap_info"))
        .results()
        .mapToLong(generation -> Long.parseLong(generation.group(1)) << 10)
        .sum();
  }

  /** The most memory that it has ever had, in bytes; 0 where the system doesn't tell. */
  long mostResident() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Pattern.compile("VmHWM:\\s+(\\d+) kB")
        .matcher(Files.readString(status))
        .results()
        .mapToLong(most -> Long.parseLong(most.group(1)) << 10)
        .sum();
  }

  private String diagnose(String command) {
    try {
      Process jcmd = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
              Long.toString(process.pid()),
              command)
          .start();
      String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(jcmd.waitFor()).as(text).isZero();
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  boolean endsWithin(Duration time) {
    try {
      return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits for the end and gives the exit code. */
  int awaitExit(Duration atMost) {
    try {
      assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
          .as(() -> String.join("\n", output()))
          .isTrue();
      reader.join(MAX_WAIT.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit(MAX_WAIT);
  }
}
