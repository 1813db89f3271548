package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the steps say where there is nothing to move; the sandbox's tests move something. */
final class StoreMoveCommandTest {
  @TempDir
  private Path directory;

  private final Map<String, String> environment =
      new HashMap<>(Map.of("DATABASE_URL", "postgres://user:topsecret@localhost:1/billing"));
  private String out = "";
  private String err = "";

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int status = Main.commandLine(
            () -> {
              throw new AssertionError("a move opens its own stores");
            },
            store -> {
              throw new AssertionError("nothing is replayed");
            },
            () -> environment)
        .setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(complained, true))
        .execute(arguments);
    out = printed.toString();
    err = complained.toString();
    return status;
  }

  @Test
  void aMoveWithoutATargetIsToldWhatToSet() {
    assertThat(run("migrate", "plan")).isEqualTo(2);
    assertThat(err).contains("BILLING_MOVE_TO is missing", "--to files:DIR");
  }

  @Test
  void everythingThatIsMissingIsToldAtOnceAndNothingElseIsNeeded() {
    environment.clear();
    environment.putAll(Map.of("BILLING_STORE", "supabase", "BILLING_MOVE_TO", "postgres"));

    assertThat(run("migrate", "status")).isEqualTo(2);
    assertThat(err)
        .contains("SUPABASE_URL is missing")
        .contains("SUPABASE_SERVICE_ROLE_KEY is missing")
        .contains("DATABASE_URL is missing")
        .doesNotContain("STRIPE", "CLERK");
  }

  @Test
  void aStoreThatCanNotBeReachedIsNamedWithoutItsPassword() {
    assertThat(run("migrate", "plan", "--to", "files:" + directory.resolve("moved")))
        .isEqualTo(1);
    assertThat(err)
        .contains("The store to move from (postgres): The database can't be reached.")
        .doesNotContain("topsecret");
    assertThat(directory.resolve("moved")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"files:", "backup", "file:backup", ""})
  void onlyADirectoryCanBeNamed(String text) {
    assertThat(run("migrate", "plan", "--from", text)).isEqualTo(2);
    assertThat(err).contains("--from must be files: and a directory, such as files:backup");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "copy", "status", "follow", "verify", "rollback"})
  void whereThereIsNothingAStepIsRefusedOrSaysSoAndNothingIsMade(String step) {
    int status = run(
        "migrate",
        step,
        "--from",
        "files:" + directory.resolve("empty"),
        "--to",
        "files:" + directory.resolve("moved"));

    assertThat(status).as(out + err).isEqualTo(step.equals("status") ? 0 : 3);
    assertThat(out + err).contains(step.equals("status") ? "No move was begun." : ".");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cutover", "finish"})
  void whatCanNotBeTakenBackLightlyWantsAConfirmation(String step) {
    assertThat(run("migrate", step, "--from", "files:a", "--to", "files:b")).isEqualTo(3);
    assertThat(err).contains("Confirm with --yes.");
  }

  @Test
  void aStandIsOneLineForScripts() {
    String from = "files:" + directory.resolve("from");
    assertThat(run("migrate", "--json", "status", "--from", from, "--to", "files:to"))
        .isZero();

    assertThat(out)
        .startsWith("{\"phase\":\"not_begun\",\"from\":\"files in ")
        .contains("\"fromMode\":\"open\"", "\"comparedAt\":null")
        .hasLineCount(1);
  }

  @Test
  void nonsenseIsNotTakenForAStep() {
    assertThat(run("migrate")).isEqualTo(2);
    assertThat(run("migrate", "teleport")).isEqualTo(2);
    assertThat(err).contains("teleport");
  }
}
