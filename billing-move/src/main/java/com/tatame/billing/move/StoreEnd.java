package com.tatame.billing.move;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.move.Rows.Changed;
import com.tatame.billing.move.Rows.Changes;
import com.tatame.billing.move.Rows.Digest;
import com.tatame.billing.move.Rows.KeyHash;
import com.tatame.billing.move.Rows.Page;
import com.tatame.billing.move.Rows.Range;
import com.tatame.billing.move.Rows.RowState;
import com.tatame.billing.move.Rows.Step;
import com.tatame.billing.move.Rows.Touched;
import com.tatame.billing.move.TableLayout.KeyColumn;
import com.tatame.billing.schema.SqlFunctionFailed;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.schema.StoreState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** A database as one side of a move. Rows pass through as text: nothing here reads their numbers. */
final class StoreEnd extends MoveEnd {
  private static final JsonMapper JSON = new JsonMapper();

  /** How often a call is tried that fails for the moment. */
  private static final int ATTEMPTS = 12;

  private final String label;
  private final SqlFunctions functions;
  private final Pace pace;

  StoreEnd(String label, SqlFunctions functions, Pace pace) {
    this.label = label;
    this.functions = functions;
    this.pace = pace;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  StoreState state() {
    return patiently(() -> StoreState.of(functions));
  }

  @Override
  List<TableLayout> layout() {
    return each(
        call("movable_tables_v1", JSON.createObjectNode()),
        table -> new TableLayout(
            table.path("table").textValue(),
            each(
                table.path("key"),
                column -> new KeyColumn(
                    column.path("column").textValue(), column.path("type").textValue())),
            each(table.path("columns"), JsonNode::textValue),
            table.path("rows").isNumber()
                ? OptionalLong.of(table.path("rows").longValue())
                : OptionalLong.empty(),
            table.path("bytes").longValue()));
  }

  @Override
  List<Blocker> blockers() {
    return each(
        call("move_obstacles_v1", JSON.createObjectNode()),
        found -> new Blocker(
            found.path("since").asText(),
            found.path("what").asText(),
            found.path("database").asText(),
            Optional.ofNullable(found.path("application").textValue())
                .filter(application -> !application.isEmpty())));
  }

  @Override
  void beginRecording(String move) {
    allowed("begin_recording_v1", of(move));
  }

  @Override
  void endRecording(String move) {
    allowed("end_recording_v1", of(move));
  }

  @Override
  String freeze(String move) {
    return allowed("freeze_store_v1", of(move)).path("sequences").toString();
  }

  @Override
  void thaw(String move) {
    allowed("thaw_store_v1", of(move));
  }

  @Override
  void beginStandby(String move, List<TableLayout> layout) {
    allowed("begin_standby_v1", of(move));
  }

  @Override
  void giveUp(String move) {
    allowed("give_up_standby_v1", of(move));
  }

  @Override
  void open(String move, String sequences) {
    allowed("open_store_v1", of(move).putRawValue("sequences", new RawValue(sequences)));
  }

  private static ObjectNode of(String move) {
    return JSON.createObjectNode().put("move", move);
  }

  @Override
  Page page(String table, Optional<String> after, int limit) {
    ObjectNode asked = range(table, Range.after(after)).put("limit", limit);
    JsonNode page = call("move_page_v1", asked);
    return new Page(each(page.path("rows"), JsonNode::textValue), text(page.path("last")));
  }

  @Override
  Changes changes(LogPosition after, int limit, boolean last) {
    ObjectNode asked = JSON.createObjectNode().put("limit", limit).put("final", last);
    asked.set("after", after.json());
    JsonNode changes = allowed("move_changes_v1", asked);
    return new Changes(
        LogPosition.of(changes.path("next")),
        changes.path("entries").intValue(),
        changes.path("settled").asText(),
        each(
            changes.path("tables"),
            table -> new Changed(
                table.path("table").textValue(),
                each(table.path("rows"), JsonNode::textValue),
                each(table.path("gone"), JsonNode::toString))));
  }

  @Override
  Touched touched(LogPosition after, LogPosition through, int limit) {
    ObjectNode asked = JSON.createObjectNode().put("limit", limit);
    asked.set("after", after.json());
    asked.set("through", through.json());
    JsonNode touched = call("move_touched_v1", asked);
    Map<String, List<String>> keys = new LinkedHashMap<>();
    touched
        .path("keys")
        .properties()
        .forEach(table -> keys.put(table.getKey(), each(table.getValue(), JsonNode::toString)));
    return new Touched(
        LogPosition.of(touched.path("next")), touched.path("entries").intValue(), keys);
  }

  @Override
  Map<String, String> progress() {
    Map<String, String> progress = new LinkedHashMap<>();
    call("move_progress_v1", JSON.createObjectNode())
        .properties()
        .forEach(item -> progress.put(item.getKey(), item.getValue().toString()));
    return progress;
  }

  @Override
  void apply(Step step) {
    ObjectNode asked = of(step.move())
        .put("item", step.item())
        .putRawValue("expected", new RawValue(step.expected().orElse("null")))
        .putRawValue("value", new RawValue(step.value()));
    ArrayNode tables = asked.putArray("tables");
    for (Changed changed : step.tables()) {
      tables
          .addObject()
          .put("table", changed.table())
          .putRawValue("rows", array(changed.rows()))
          .putRawValue("gone", array(changed.gone()));
    }
    allowed("move_apply_v1", asked);
  }

  @Override
  Digest digest(String table, Range range, OptionalInt limit) {
    ObjectNode asked = range(table, range);
    limit.ifPresent(most -> asked.put("limit", most));
    JsonNode digest = call("move_digest_v1", asked);
    return new Digest(
        digest.path("count").longValue(),
        digest.path("hash").textValue(),
        text(digest.path("last")));
  }

  @Override
  List<KeyHash> hashes(String table, Range range) {
    return each(
        call("move_hashes_v1", range(table, range)),
        row -> new KeyHash(row.path("key").toString(), row.path("hash").textValue()));
  }

  @Override
  List<RowState> rows(String table, List<String> keys, LogPosition after) {
    ObjectNode asked = JSON.createObjectNode().put("table", table).putRawValue("keys", array(keys));
    asked.set("after", after.json());
    return each(
        call("move_rows_v1", asked),
        row -> new RowState(
            row.path("key").toString(),
            Optional.ofNullable(row.path("hash").textValue()),
            row.path("pending").booleanValue()));
  }

  private static ObjectNode range(String table, Range range) {
    ObjectNode asked = JSON.createObjectNode().put("table", table);
    range.after().ifPresent(key -> asked.putRawValue("after", new RawValue(key)));
    range.through().ifPresent(key -> asked.putRawValue("through", new RawValue(key)));
    return asked;
  }

  private static RawValue array(List<String> elements) {
    return new RawValue("[" + String.join(",", elements) + "]");
  }

  private static Optional<String> text(JsonNode key) {
    return key.isArray() ? Optional.of(key.toString()) : Optional.empty();
  }

  private static <T> List<T> each(JsonNode array, Function<JsonNode, T> read) {
    List<T> all = new ArrayList<>(array.size());
    for (Iterator<JsonNode> elements = array.elements(); elements.hasNext(); ) {
      all.add(read.apply(elements.next()));
    }
    return all;
  }

  /** Calls a function that may refuse. */
  private JsonNode allowed(String function, ObjectNode argument) {
    JsonNode answer = call(function, argument);
    String refused = answer.path("refused").asText("");
    if (refused.isEmpty()) {
      return answer;
    }
    throw new MoveRefused(
        switch (refused) {
          case "another_move" ->
            label + " takes part in another move. Finish that one, or roll it back.";
          case "moved_away" ->
            label + " is what an earlier move has left behind. Move into an empty store.";
          case "not_empty" ->
            label + " is not empty: there are rows in " + answer.path("table").asText()
                + ". Move into an empty schema.";
          case "at_work" -> label + " is at work already. Roll the move back instead.";
          case "overtaken" -> "Another program is moving the same. Let one of them end.";
          case "not_frozen" -> label + " is not frozen any more. Ask for the status.";
          default -> label + " takes part in no such move. Ask for the status.";
        });
  }

  private JsonNode call(String function, ObjectNode argument) {
    String asked = write(argument);
    String answer = patiently(() -> functions.call(function, asked));
    try {
      return JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalStateException(function + " didn't answer with JSON", e);
    }
  }

  private static String write(ObjectNode argument) {
    try {
      return JSON.writeValueAsString(argument);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an argument can't be written", e);
    }
  }

  private interface Call<T> {
    T make();
  }

  private <T> T patiently(Call<T> call) {
    for (int failures = 1; ; failures++) {
      pace.await();
      try {
        return call.make();
      } catch (SqlFunctionFailed e) {
        if (!e.retryable()) {
          throw new IllegalStateException(label + " can't do this: " + e.getMessage(), e);
        }
        giveUpAfter(failures, e);
      } catch (StoreUnavailable e) {
        giveUpAfter(failures, e);
      }
      pace.awaitAfter(failures);
    }
  }

  private void giveUpAfter(int failures, RuntimeException last) {
    if (failures == ATTEMPTS) {
      throw new StoreUnavailable(
          label + " doesn't answer (" + last.getMessage()
              + "). Run it again: it goes on from here.",
          last);
    }
  }
}
