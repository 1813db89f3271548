package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.server.Main;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The steps of a move, each a program of its own.
 *
 * @param environment of the programs
 */
record MoveSteps(Map<String, String> environment) {
  /** A step that takes longer hangs, also on a machine that has other work. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(4);

  /** A move out of what backs a product, to a database. */
  static MoveSteps to(Database target, Backing source) {
    Map<String, String> environment = new HashMap<>(source.environment());
    environment.putAll(Map.of(
        "BILLING_MOVE_TO", "postgres",
        "BILLING_MOVE_DATABASE_URL", target.url(),
        "DATABASE_POOL_MAX", "10"));
    return new MoveSteps(environment);
  }

  /** Makes the schema where everything goes. */
  void prepare() {
    try (ChildProcess process = ChildProcess.java(Main.class, environment, "schema", "migrate")) {
      int ended = process.awaitExit(MAX_WAIT);
      assertThat(ended).as(String.join("\n", process.output())).isZero();
    }
  }

  ChildProcess begun(String... step) {
    return ChildProcess.java(
        Main.class,
        environment,
        Stream.concat(Stream.of("migrate", "--requests", "500"), Stream.of(step))
            .toArray(String[]::new));
  }

  /** The one line of JSON that a step prints as its result, beside lines of the log. */
  JsonNode result(String... step) {
    String output =
        ended(0, Stream.concat(Stream.of(step), Stream.of("--json")).toArray(String[]::new));
    List<JsonNode> results = output
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(Json::read)
        .filter(line -> !line.has("@timestamp"))
        .toList();
    assertThat(results).as(output).hasSize(1);
    return results.get(0);
  }

  /** Runs a step to its end, which it comes to with this status, and gives what it said. */
  String ended(int status, String... step) {
    ChildProcess process = begun(step);
    int ended = process.awaitExit(MAX_WAIT);
    String output = String.join("\n", process.output());
    assertThat(ended).as(String.join(" ", step) + ":\n" + output).isEqualTo(status);
    return output;
  }
}
