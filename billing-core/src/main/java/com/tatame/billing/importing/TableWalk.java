package com.tatame.billing.importing;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Walks through the rows of a table, page by page, however a source cuts its pages. */
final class TableWalk {
  private final SourceTables source;
  private final Table table;
  private final Set<String> columns;
  private final String key;
  private final int limit;

  /**
   * A walk.
   *
   * @param key the column to walk by; rows may share a value of it, as long as they fit on a page
   */
  TableWalk(SourceTables source, Table table, Set<String> columns, String key, int limit) {
    this.source = source;
    this.table = table;
    this.columns = columns;
    this.key = key;
    this.limit = limit;
  }

  /** Where it stands: how many rows are done, and the key of the last one. */
  private record Position(long done, Optional<String> after) {
    String text() {
      return done + after.map(key -> " " + key).orElse("");
    }

    static Position parse(String text) {
      int space = text.indexOf(' ');
      return space > 0 && text.substring(0, space).matches("\\d{1,18}")
          ? new Position(
              Long.parseLong(text.substring(0, space)), Optional.of(text.substring(space + 1)))
          : new Position(0, Optional.empty());
    }
  }

  private record Part(ImportCounts tally, Position end) {}

  /**
   * Walks to the end.
   *
   * @param take what becomes of some rows; it may be asked for the same rows again
   */
  ImportCounts run(
      Function<List<Map<String, String>>, ImportCounts> take,
      Optional<ImportCheckpoint> checkpoint,
      ImportSettings settings,
      RetryWithBackoff retries) {
    Position begin = checkpoint
        .flatMap(ImportCheckpoint::open)
        .filter(text -> !settings.afresh())
        .map(Position::parse)
        .orElseGet(() -> new Position(0, Optional.empty()));
    long total = Math.max(begin.done(), retries.get(() -> source.count(table, key)));
    ImportCounts tally = new ImportCounts();
    settings.listener().progress(begin.done(), total, begin.done());
    Optional<Part> part = retries.get(() -> part(begin, take));
    while (part.isPresent()) {
      tally.add(part.get().tally());
      Position end = part.get().end();
      checkpoint.ifPresent(kept -> kept.move(end.text()));
      settings.listener().progress(end.done(), Math.max(total, end.done()), begin.done());
      part = retries.get(() -> part(end, take));
    }
    checkpoint.ifPresent(ImportCheckpoint::remove);
    return tally;
  }

  private Optional<Part> part(
      Position from, Function<List<Map<String, String>>, ImportCounts> take) {
    List<Map<String, String>> page = source.page(table, columns, key, from.after(), limit);
    if (page.isEmpty()) {
      return Optional.empty();
    }
    List<Map<String, String>> whole = wholeGroups(page);
    Optional<String> last = Optional.of(keyOf(whole.get(whole.size() - 1)));
    return Optional.of(new Part(take.apply(whole), new Position(from.done() + whole.size(), last)));
  }

  // Of the last key there may be more rows on the next page, so that it begins with all of them.
  private List<Map<String, String>> wholeGroups(List<Map<String, String>> page) {
    String last = keyOf(page.get(page.size() - 1));
    List<Map<String, String>> before = new ArrayList<>(page);
    before.removeIf(row -> keyOf(row).equals(last));
    if (!before.isEmpty()) {
      return before;
    }
    if (page.size() >= limit) {
      throw ValidationFailed.of(
          key, "has the same value in too many rows of " + table + " to tell them apart");
    }
    return page;
  }

  private String keyOf(Map<String, String> row) {
    return Optional.ofNullable(row.get(key))
        .orElseThrow(() -> ValidationFailed.of(key, "is empty in a row of " + table));
  }
}
