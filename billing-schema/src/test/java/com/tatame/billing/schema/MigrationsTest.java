package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  private static final Path FOLDER = Path.of("src/main/resources", Migrations.LOCATION);

  /** A REST gateway repeats what fails with this state by itself, without end. */
  /** The guard refuses what was begun at another level than the usual one. */
  private static final String ASKS_FOR_THE_LEVEL =
      "current_setting('transaction_isolation') <> 'read committed'";

  private static final Pattern SERIALIZATION_FAILURE =
      Pattern.compile("(?i)40001|serialization_failure|isolation|repeatable\\s+read");

  private static final Pattern FUNCTION =
      Pattern.compile("(?is)create (?:or replace )?function (\\w+)\\(.*?(?=\\ncreate |\\z)");

  @Test
  void everyFileIsListedInOrder() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(Migrations.scripts("billing"))
          .extracting(Migrations.Script::name)
          .containsExactlyElementsOf(files
              .map(file -> file.getFileName().toString())
              .sorted(Comparator.comparingInt(MigrationsTest::number))
              .toList());
    }
  }

  private static int number(String file) {
    return Integer.parseInt(file.substring(1, file.indexOf("__")));
  }

  @Test
  void theNameOfTheSchemaIsFilledIn() {
    List<Migrations.Script> scripts = Migrations.scripts("my_schema");

    assertThat(scripts).allSatisfy(script -> assertThat(script.sql()).doesNotContain("${"));
    assertThat(scripts)
        .anySatisfy(script -> assertThat(script.sql()).contains("set search_path = \"my_schema\""));
  }

  @Test
  void nothingRaisesOrProvokesASerializationFailure() {
    assertThat(Migrations.scripts("billing"))
        .allSatisfy(script -> assertThat(script.sql().replace(ASKS_FOR_THE_LEVEL, ""))
            .doesNotContainPattern(SERIALIZATION_FAILURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raise exception using errcode = '40001'",
        "raise serialization_failure",
        "alter role x set default_transaction_isolation = 'serializable'",
        "set transaction isolation level repeatable read"
      })
  void theSearchSeesOne(String badExample) {
    assertThat(badExample).containsPattern(SERIALIZATION_FAILURE);
  }

  @Test
  void everyFunctionHasAVersionAndRunsAsItsCallerInItsOwnSchema() {
    List<String> functions = Migrations.scripts("billing").stream()
        .flatMap(script -> FUNCTION.matcher(script.sql()).results())
        .map(match -> match.group())
        .toList();

    assertThat(functions).hasSizeGreaterThan(20);
    assertThat(functions)
        .allSatisfy(function -> assertThat(function)
            .contains("security invoker set search_path = \"billing\", pg_temp as"));
    assertThat(functions.stream().filter(function -> !isForPeople(function)))
        .hasSize(functions.size() - 6)
        .allSatisfy(
            function -> assertThat(function)
                .containsPattern(
                    "^create function \\w+_v\\d+(\\(p jsonb(, texts text\\[])?\\) returns jsonb|\\(\\) returns trigger)"));
  }

  /** Whether people call it by a name that they know, from their own SQL. */
  private static boolean isForPeople(String function) {
    return function.matches(
        "(?s)create (or replace )?function (track_usage|get_user_subscription)\\(.*");
  }

  @Test
  void noRowIsDeletedBecauseAnotherIs() {
    assertThat(Migrations.scripts("billing"))
        .allSatisfy(script -> assertThat(script.sql())
            .doesNotContainIgnoringCase("cascade")
            .doesNotContainPattern("(?i)\\breferences\\b"));
  }
}
