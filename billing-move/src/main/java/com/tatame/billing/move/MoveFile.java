package com.tatame.billing.move;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.tatame.billing.move.TableLayout.KeyColumn;
import com.tatame.billing.schema.StoreState;
import com.tatame.billing.store.StoreMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a directory of a move knows of itself: {@code move.json}.
 *
 * @param progress by item, as JSON
 * @param lengths of the tables' files, in bytes
 * @param sequences where they stand, by name, as JSON
 */
record MoveFile(
    StoreState state,
    List<TableLayout> layout,
    Map<String, String> progress,
    Map<String, Long> lengths,
    String sequences) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NAME = "move.json";
  private static final int FORMAT = 1;

  static MoveFile filledBy(String move, List<TableLayout> layout) {
    return new MoveFile(
        new StoreState(StoreMode.STANDBY, false, Optional.of(move)),
        layout,
        Map.of(),
        Map.of(),
        "{}");
  }

  MoveFile in(StoreMode mode, Optional<String> move, boolean recording) {
    return new MoveFile(
        new StoreState(mode, recording, move), layout, progress, lengths, sequences);
  }

  MoveFile with(Map<String, String> newProgress) {
    return new MoveFile(state, layout, newProgress, lengths, sequences);
  }

  MoveFile ofLengths(Map<String, Long> newLengths) {
    return new MoveFile(state, layout, progress, newLengths, sequences);
  }

  MoveFile ofSequences(String newSequences) {
    return new MoveFile(state, layout, progress, lengths, newSequences);
  }

  /** Empty if there is no such file yet. */
  static Optional<MoveFile> read(Path directory) {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (json.path("format").intValue() != FORMAT) {
        throw new MoveRefused(file + " was written by another version of this program.");
      }
      return Optional.of(new MoveFile(
          new StoreState(
              StoreMode.valueOf(json.path("mode").asText().toUpperCase(Locale.ROOT)),
              json.path("recording").booleanValue(),
              Optional.ofNullable(json.path("move").textValue())),
          layout(json.path("tables")),
          texts(json.path("progress")),
          lengths(json.path("lengths")),
          json.path("sequences").toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<TableLayout> layout(JsonNode tables) {
    List<TableLayout> layout = new ArrayList<>();
    for (JsonNode table : tables) {
      List<KeyColumn> key = new ArrayList<>();
      table
          .path("key")
          .forEach(column -> key.add(
              new KeyColumn(column.path("column").asText(), column.path("type").asText())));
      List<String> columns = new ArrayList<>();
      table.path("columns").forEach(column -> columns.add(column.asText()));
      layout.add(
          new TableLayout(table.path("table").asText(), key, columns, OptionalLong.empty(), 0));
    }
    return layout;
  }

  private static Map<String, String> texts(JsonNode items) {
    Map<String, String> texts = new LinkedHashMap<>();
    items.properties().forEach(item -> texts.put(item.getKey(), item.getValue().toString()));
    return texts;
  }

  private static Map<String, Long> lengths(JsonNode items) {
    Map<String, Long> lengths = new LinkedHashMap<>();
    items
        .properties()
        .forEach(item -> lengths.put(item.getKey(), item.getValue().longValue()));
    return lengths;
  }

  /** Replaces what the directory knows; afterwards either all of it is there or all of it before. */
  void write(Path directory) {
    Path fresh = directory.resolve(NAME + ".new");
    try {
      try (FileChannel file = FileChannel.open(
          fresh,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(json()));
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      Files.move(
          fresh,
          directory.resolve(NAME),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode json() {
    ObjectNode json = JSON.createObjectNode()
        .put("format", FORMAT)
        .put("mode", state.mode().name().toLowerCase(Locale.ROOT))
        .put("recording", state.recording());
    state.move().ifPresent(move -> json.put("move", move));
    json.putRawValue("sequences", new RawValue(sequences));
    ObjectNode items = json.putObject("progress");
    progress.forEach((item, value) -> items.putRawValue(item, new RawValue(value)));
    ObjectNode bytes = json.putObject("lengths");
    lengths.forEach(bytes::put);
    ArrayNode tables = json.putArray("tables");
    for (TableLayout table : layout) {
      ObjectNode written = tables.addObject().put("table", table.table());
      ArrayNode key = written.putArray("key");
      table
          .key()
          .forEach(
              column -> key.addObject().put("column", column.column()).put("type", column.type()));
      ArrayNode columns = written.putArray("columns");
      table.columns().forEach(columns::add);
    }
    return json;
  }
}
