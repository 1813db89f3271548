package com.tatame.billing.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.move.Cutover;
import com.tatame.billing.move.MovePlan;
import com.tatame.billing.move.MoveStatus;
import com.tatame.billing.move.Verification;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The results of the steps of a move, for scripts. */
final class MoveAnswers {
  private static final JsonMapper JSON = new JsonMapper();

  private MoveAnswers() {}

  static String line(Map<String, @Nullable Object> answer) {
    try {
      return JSON.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer can't be written", e);
    }
  }

  static Map<String, @Nullable Object> switched(
      Cutover done, MoveEndpoints ends, MoveStatus status) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("pauseMs", done.pause().toMillis());
    answer.put("rows", done.rows());
    answer.putAll(stands(ends, status));
    return answer;
  }

  static Map<String, @Nullable Object> stands(MoveEndpoints ends, MoveStatus status) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("phase", status.phase().name().toLowerCase(Locale.ROOT));
    answer.put("from", ends.from());
    answer.put("fromMode", status.source().name().toLowerCase(Locale.ROOT));
    answer.put("to", ends.to());
    answer.put("toMode", status.target().name().toLowerCase(Locale.ROOT));
    answer.put("rowsCopied", status.rowsCopied());
    answer.put("changesFollowed", status.rowsFollowed());
    answer.put("comparedAt", status.comparedAt().map(Instant::toString).orElse(null));
    return answer;
  }

  static Map<String, @Nullable Object> planned(MoveEndpoints ends, MovePlan plan) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("from", ends.from());
    answer.put("to", ends.to());
    answer.put("rows", expected(plan));
    answer.put("copyingSeconds", plan.copying().toSeconds());
    answer.put(
        "tables",
        plan.tables().stream()
            .map(table -> {
              Map<String, @Nullable Object> row = new LinkedHashMap<>();
              row.put("table", table.name());
              row.put("rows", table.rows().isPresent() ? table.rows().getAsLong() : null);
              row.put("bytes", table.bytes());
              return row;
            })
            .toList());
    answer.put(
        "obstacles",
        plan.blockers().stream()
            .map(blocker -> Map.of(
                "since", blocker.since(),
                "what", blocker.what(),
                "database", blocker.database(),
                "application", blocker.application().orElse("")))
            .toList());
    return answer;
  }

  static Map<String, @Nullable Object> verified(Verification found) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("equal", found.equal());
    answer.put("rows", found.rows());
    answer.put(
        "differences",
        found.differences().stream()
            .map(row -> Map.of(
                "table", row.table(),
                "key", row.key(),
                "kind", row.kind().name().toLowerCase(Locale.ROOT)))
            .toList());
    return answer;
  }

  /** Rows of all tables, as estimated. */
  static long expected(MovePlan plan) {
    return plan.tables().stream()
        .map(MovePlan.Table::rows)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .sum();
  }
}
