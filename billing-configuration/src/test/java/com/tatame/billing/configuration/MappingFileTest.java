package com.tatame.billing.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.importing.EventColumns;
import com.tatame.billing.importing.LinkColumns;
import com.tatame.billing.importing.SourceTables.Table;
import com.tatame.billing.importing.TableMapping;
import com.tatame.billing.importing.UsageColumns;
import com.tatame.billing.importing.UserColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MappingFileTest {
  @TempDir
  private Path folder;

  @Test
  void everythingThatAFileSaysIsRead() throws IOException {
    TableMapping mapping = read("""
        name: my-app
        users: {table: app.User, key: id, account: clerkId, email: email}
        customers: {table: subscriptions, key: id, account: user_id, subscription: sub}
        usage:
          - {table: used, key: id, account: u, feature: kind, features: {PAIN: pain_entry}, amount: n, from: a, to: b}
          - {table: used, key: id, account: u, counts: quiz, amount: n}
        events: {table: kept, id: event, payload: raw}
        """);

    Table used = new Table("public", "used");
    assertThat(mapping)
        .isEqualTo(new TableMapping(
            "my-app",
            Optional.of(new UserColumns(
                new Table("app", "User"), "id", "clerkId", Optional.of("email"), Optional.empty())),
            Optional.of(new LinkColumns(
                new Table("public", "subscriptions"),
                "id",
                "user_id",
                Optional.empty(),
                Optional.of("sub"))),
            List.of(
                new UsageColumns(
                    used,
                    "id",
                    "u",
                    Optional.of("kind"),
                    Optional.empty(),
                    Map.of("PAIN", "pain_entry"),
                    "n",
                    Optional.of("a"),
                    Optional.of("b")),
                new UsageColumns(
                    used,
                    "id",
                    "u",
                    Optional.empty(),
                    Optional.of("quiz"),
                    Map.of(),
                    "n",
                    Optional.empty(),
                    Optional.empty())),
            Optional.of(
                new EventColumns(new Table("public", "kept"), "event", Optional.of("raw")))));
  }

  @Test
  void allMistakesAreToldWithTheirLinesAndFields() throws IOException {
    Path file = file("""
        name: My App
        users: {table: app.User, key: id, acount: clerkId}
        customers:
          table: subscriptions; drop
          key: id
          account: "user id"
        usage:
          - {table: used, key: id, account: u, amount: n}
        """);

    assertThatThrownBy(() -> MappingFile.read(file))
        .isInstanceOfSatisfying(
            InvalidConfiguration.class,
            invalid -> assertThat(invalid.problems())
                .containsExactlyInAnyOrder(
                    file + ":1: name must be lower case, with letters, digits and -",
                    file + ":2: users.acount is not a field of the mapping; did you mean account?",
                    file + ":2: users.account is missing",
                    file + ":4: customers.table must be a schema and a name of letters, digits and"
                        + " underscores",
                    file + ":6: customers.account must be a column of letters, digits and"
                        + " underscores",
                    file + ":4: customers.customer is missing; name it, or the column of a"
                        + " subscription",
                    file + ":8: usage[0].feature must name a column, or else counts must name a"
                        + " feature, and not both"));
  }

  @Test
  void aFileThatMapsNothingIsRefused() throws IOException {
    Path file = file("name: nothing\n");

    assertThatThrownBy(() -> MappingFile.read(file))
        .isInstanceOfSatisfying(
            InvalidConfiguration.class,
            invalid -> assertThat(invalid.problems())
                .containsExactly(file + ":1: file must have users, customers, usage or events"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pain-tracker", "mybeing"})
  void theExamplesAreRead(String example) {
    assertThat(MappingFile.read(Path.of("../examples", example, "import.yaml")).name())
        .isEqualTo(example);
  }

  private TableMapping read(String yaml) throws IOException {
    return MappingFile.read(file(yaml));
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("import.yaml"), yaml);
  }
}
