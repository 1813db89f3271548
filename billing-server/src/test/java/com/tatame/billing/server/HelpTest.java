package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help is there for every command, in each way in which people ask for it. */
final class HelpTest {
  private String out = "";
  private String err = "";

  private static CommandLine line() {
    return Main.commandLine(
        () -> {
          throw new AssertionError("help opens no store");
        },
        store -> {
          throw new AssertionError("help replays nothing");
        },
        Map::of);
  }

  /** The words of every command, those of their subcommands included. */
  static List<String> commands() {
    List<String> words = new ArrayList<>();
    collect("", line(), words);
    return words;
  }

  private static void collect(String before, CommandLine line, List<String> words) {
    line.getSubcommands().forEach((name, command) -> {
      words.add(before + name);
      collect(before + name + " ", command, words);
    });
  }

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int status = line()
        .setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(complained, true))
        .execute(arguments);
    out = printed.toString();
    err = complained.toString();
    return status;
  }

  private static String[] words(String... texts) {
    return Stream.of(texts).flatMap(text -> Stream.of(text.split(" "))).toArray(String[]::new);
  }

  @Test
  void everyCommandIsListed() {
    assertThat(commands())
        .contains(
            "serve",
            "doctor",
            "setup",
            "schema status",
            "schema migrate",
            "health",
            "version",
            "keys create",
            "replay",
            "import stripe",
            "migrate copy",
            "openapi",
            "supabase-sql",
            "help");
    assertThat(run("--help")).isZero();
    assertThat(out).contains(line().getSubcommands().keySet());
    assertThat(out.replaceAll("\\s+", " "))
        .contains("Only serve and schema migrate change the schema of a database.");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithoutAnyConfiguration(String command) {
    assertThat(run(words(command, "--help"))).isZero();
    String byOption = out;
    assertThat(byOption).startsWith("Usage: billing " + command).contains("--version");
    assertThat(byOption.lines().count()).isGreaterThan(3);
    assertThat(byOption).doesNotContain("They end with 0 if all went well");

    assertThat(run(words("help", command))).isZero();
    assertThat(out).isEqualTo(byOption);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandTellsTheVersion(String command) {
    assertThat(run(words(command, "--version"))).isZero();
    assertThat(out.strip()).isEqualTo("billing " + Version.current());
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version"})
  void theVersionIsAskedForInBothWays(String word) {
    assertThat(run(word)).isZero();
    assertThat(out.strip()).isEqualTo("billing " + Version.current());
  }

  @Test
  void theHelpOfAllIsPrintedWithoutACommand() {
    assertThat(run("help")).isZero();
    assertThat(out).startsWith("Usage: billing ").contains("doctor");
    assertThat(run()).isEqualTo(2);
    assertThat(err).contains("Usage: billing ", "doctor");
  }

  @Test
  void anUnknownCommandIsToldWithTheNearestOne() {
    assertThat(run("help", "docter")).isEqualTo(2);
    assertThat(err).contains("There is no command docter; did you mean doctor?", "migrate");
    assertThat(run("help", "keys", "mkae")).isEqualTo(2);
    assertThat(err).contains("There is no command mkae", "create, list, revoke");
  }
}
