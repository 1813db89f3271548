package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes more than one statement is a function of the schema, or the other stores can't do it. */
class NoTransactionsTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern TRANSACTION = Pattern.compile(
      "(?i)\\b(in|use)Transaction\\b|setAutoCommit\\s*\\(\\s*(?!true\\b)|\\.begin\\s*\\("
          + "|\\.commit\\s*\\(\\s*\\)|\\.rollback\\s*\\(|\"\\s*(begin|start\\s+transaction)\\b");

  @Test
  void noTransactionIsOpenedInJava() throws IOException {
    List<Path> sources = sources();

    assertThat(sources).hasSizeGreaterThan(4);
    assertThat(sources)
        .allSatisfy(
            source -> assertThat(Files.readString(source)).doesNotContainPattern(TRANSACTION));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbi.inTransaction(handle -> 1);",
        "jdbi.useTransaction(handle -> {});",
        "handle.begin();",
        "handle.commit();",
        "connection.rollback();",
        "connection.setAutoCommit(false);",
        "pool.setAutoCommit(configured);",
        "statement.execute(\"BEGIN\");",
        "statement.execute(\" start transaction\");"
      })
  void theScanSeesOne(String badExample) {
    assertThat(badExample).containsPattern(TRANSACTION);
  }
}
