package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.Tables;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The registry of tables against the tables that there are. */
class TablesTest {
  private static final PostgresConfig SCHEMA = TestDatabase.freshSchema();

  /** Columns whose content isn't known from their type, or whose name tells of a person. */
  private static final String OPEN_CONTENT = "(data_type = 'jsonb' or column_name ~"
      + " '(^|_)(email|name|phone|address|city|country|ip|comment|note|reason|message|body|content|raw)(_|$)')";

  @BeforeAll
  static void migrate() {
    PostgresBillingStore.migrate(SCHEMA);
  }

  @Test
  void everyTableIsEntered() {
    assertThat(Tables.all().stream().map(Tables.Table::name))
        .containsExactlyElementsOf(TestDatabase.query(
            SCHEMA,
            "select relname from pg_class where relkind = 'r' and relnamespace = '"
                + SCHEMA.schema() + "'::regnamespace and relname <> '"
                + Migrations.HISTORY_TABLE + "' order by relname collate \"C\""));
  }

  @Test
  void everyColumnOfOpenContentIsDecidedOn() {
    assertThat(undecided(OPEN_CONTENT)).isEmpty();
  }

  @Test
  void aColumnThatIsNotEnteredIsFound() {
    assertThat(undecided("column_name = 'lane'"))
        .containsExactly("webhook_events.lane", "webhook_queue.lane");
  }

  private static Set<String> undecided(String condition) {
    Set<String> columns = new TreeSet<>(columns(condition));
    Tables.all().forEach(table -> {
      table.personal().forEach(column -> columns.remove(table.name() + "." + column));
      table.impersonal().forEach(column -> columns.remove(table.name() + "." + column));
    });
    return columns;
  }

  @Test
  void everyEnteredColumnExists() {
    Set<String> there = Set.copyOf(columns("true"));

    for (Tables.Table table : Tables.all()) {
      assertThat(table.personal())
          .allMatch(column -> there.contains(table.name() + "." + column), table.name());
      assertThat(table.impersonal())
          .allMatch(
              column -> there.contains(table.name() + "." + column)
                  && !table.personal().contains(column),
              table.name());
    }
  }

  @Test
  void whatErasureDoesFollowsFromWhatIsPersonal() {
    assertThat(Tables.all())
        .allSatisfy(table -> assertThat(table.erasure() == Tables.Erasure.NONE)
            .as(table.name())
            .isEqualTo(table.personal().isEmpty()));
  }

  @Test
  void aMoveTakesTheTablesAlongThatAreEnteredSo() {
    assertThat(TestDatabase.query(
            SCHEMA, "select x ->> 'table' from jsonb_array_elements(movable_tables_v1('{}')) x"))
        .containsExactlyInAnyOrderElementsOf(Tables.all().stream()
            .filter(table -> table.transfer() == Tables.Transfer.COPIED)
            .map(Tables.Table::name)
            .toList());
  }

  @Test
  void whatIsPrunedIsPrunedByTheFunctionThatIsEntered() {
    Set<Tables.Lifetime> pruned = Set.of(Tables.Lifetime.PRUNED, Tables.Lifetime.PAYLOAD_PRUNED);
    for (Tables.Table table : Tables.all()) {
      assertThat(table.prunedBy().isPresent())
          .as(table.name())
          .isEqualTo(pruned.contains(table.lifetime()));
      table
          .prunedBy()
          .ifPresent(function -> assertThat(source(function))
              .as(function)
              .containsPattern("(delete from|truncate|update) " + table.name() + "\\b"));
    }
  }

  private static String source(String function) {
    return TestDatabase.query(
            SCHEMA,
            "select prosrc from pg_proc where proname = '" + function + "' and pronamespace = '"
                + SCHEMA.schema() + "'::regnamespace")
        .stream()
        .collect(Collectors.joining());
  }

  private static List<String> columns(String condition) {
    return TestDatabase.query(
        SCHEMA,
        "select c.table_name || '.' || c.column_name from information_schema.columns c join"
            + " information_schema.tables t using (table_schema, table_name) where table_schema = '"
            + SCHEMA.schema() + "' and table_type = 'BASE TABLE' and table_name <> '"
            + Migrations.HISTORY_TABLE + "' and " + condition);
  }
}
