package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables;
import com.tatame.billing.importing.SourceTables.Table;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How tables of an application's own are read. */
public interface SourceTablesContract {
  /** The table {@code public."Kept"} that {@link #CREATE} makes, and nothing else. */
  SourceTables source();

  /**
   * Makes a table of 300 rows that is named and spelled as applications do, in which every third row
   * has no customer, and lets the role of a Supabase key read it.
   */
  String CREATE = """
      create table public."Kept" (
        id bigint primary key,
        "userId" text not null,
        "customerId" text,
        "usedAt" timestamptz not null,
        document jsonb not null,
        quoted jsonb not null,
        amount numeric(10, 2) not null);
      insert into public."Kept"
      select n, 'user_' || lpad((n / 2)::text, 3, '0'), case when n % 3 = 0 then null else 'cus_' || n end,
        timestamptz '2026-01-01 00:00:00+00' + n * interval '1 day', jsonb_build_object('n', n, 'a', '[]'::jsonb),
        to_jsonb('{"n": ' || n || '}'), n
      from generate_series(1, 300) n;
      """;

  Table KEPT = new Table("public", "Kept");

  @Test
  default void allRowsAreReadInTheOrderOfTheKeyWhateverItsType() {
    List<String> ids = new ArrayList<>();
    Optional<String> after = Optional.empty();
    List<Map<String, String>> page = source().page(KEPT, Set.of("id"), "id", after, 7);
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(7);
      page.forEach(row -> ids.add(row.getOrDefault("id", "")));
      after = Optional.of(ids.get(ids.size() - 1));
      page = source().page(KEPT, Set.of("id"), "id", after, 7);
    }

    assertThat(ids).hasSize(300).doesNotHaveDuplicates();
    assertThat(ids.get(99)).isEqualTo("100");
    assertThat(source().count(KEPT, "id")).isEqualTo(300);
  }

  @Test
  default void aRowWithoutTheKeyIsLeftOut() {
    assertThat(source().count(KEPT, "customerId")).isEqualTo(200);
    List<Map<String, String>> page =
        source().page(KEPT, Set.of("id", "customerId"), "customerId", Optional.empty(), 200);

    assertThat(page).hasSizeLessThanOrEqualTo(200).allMatch(row -> row.containsKey("customerId"));
  }

  @Test
  default void valuesAreTextsAndWhatIsNullIsAbsent() {
    Set<String> all =
        Set.of("id", "userId", "customerId", "usedAt", "document", "quoted", "amount");

    Map<String, String> row =
        source().page(KEPT, all, "id", Optional.of("2"), 1).get(0);

    assertThat(row.keySet())
        .isEqualTo(Set.of("id", "userId", "usedAt", "document", "quoted", "amount"));
    assertThat(row).containsEntry("id", "3").containsEntry("userId", "user_001");
    assertThat(OffsetDateTime.parse(row.getOrDefault("usedAt", "")).toInstant())
        .isEqualTo(Instant.parse("2026-01-04T00:00:00Z"));
    assertThat(row.getOrDefault("document", "").replace(" ", ""))
        .isIn("{\"a\":[],\"n\":3}", "{\"n\":3,\"a\":[]}");
    assertThat(row).containsEntry("quoted", "{\"n\": 3}").containsEntry("amount", "3.00");
  }

  @Test
  default void whatItHasNotIsSaid() {
    Table missing = new Table("public", "Missing");
    assertThatThrownBy(() -> source().page(missing, Set.of("id"), "id", Optional.empty(), 1))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("public.Missing");
    assertThatThrownBy(() -> source().count(missing, "id")).isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(
            () -> source().page(KEPT, Set.of("id", "nothing"), "id", Optional.empty(), 1))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("column");
    assertThat(source().columns(missing)).isEmpty();
    assertThat(source().columns(KEPT))
        .containsExactlyInAnyOrder(
            "id", "userId", "customerId", "usedAt", "document", "quoted", "amount");
  }

  @Test
  default void aNameIsNeverSql() {
    assertThatThrownBy(() -> new Table("public", "Kept\" where 1=1; --"))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> source().page(KEPT, Set.of("id\", 1; --"), "id", Optional.empty(), 1))
        .isInstanceOf(ValidationFailed.class);
    assertThat(
            source().page(KEPT, Set.of("userId"), "userId", Optional.of("user_149' or 'a'='a"), 10))
        .hasSizeLessThan(5);
  }
}
