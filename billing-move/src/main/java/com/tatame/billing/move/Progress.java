package com.tatame.billing.move;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** How far a move has come, as the target keeps it. */
final class Progress {
  static final String FOLLOWED = "followed";
  static final String COMPARED = "compared";
  static final String CHECKED = "checked";

  /** There if the target was the source before, and needs only what was written since. */
  private static final String WAY_BACK = "way_back";

  private static final String COPIED = "copied ";
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> items;

  Progress(Map<String, String> items) {
    this.items = items;
  }

  static String copied(String table) {
    return COPIED + table;
  }

  /**
   * Of one table.
   *
   * @param last key that was copied
   */
  record Copied(Optional<String> last, long rows, boolean done) {
    static final Copied NOTHING = new Copied(Optional.empty(), 0, false);

    String json() {
      ObjectNode json = JSON.createObjectNode().put("rows", rows).put("done", done);
      last.ifPresent(key -> json.putRawValue("last", new RawValue(key)));
      return write(json);
    }
  }

  /** In the log of changes. */
  record Followed(LogPosition position, long rows) {
    static final Followed NOTHING = new Followed(LogPosition.START, 0);

    String json() {
      return write(position.json().put("rows", rows));
    }
  }

  /** That all rows were found to be equal, or that they were not. */
  static String compared(Verification found, Instant at) {
    ObjectNode json = JSON.createObjectNode().put("rows", found.rows());
    return write(found.equal() ? json.put("at", at.toString()) : json);
  }

  static String checked(LogPosition position) {
    return write(position.json());
  }

  Optional<String> raw(String item) {
    return Optional.ofNullable(items.get(item));
  }

  Copied of(String table) {
    return read(copied(table))
        .map(json -> new Copied(
            json.has("last") ? Optional.of(json.path("last").toString()) : Optional.empty(),
            json.path("rows").longValue(),
            json.path("done").booleanValue()))
        .orElse(Copied.NOTHING);
  }

  Followed followed() {
    return read(FOLLOWED)
        .map(json -> new Followed(LogPosition.of(json), json.path("rows").longValue()))
        .orElse(Followed.NOTHING);
  }

  /** When all rows were found to be equal. */
  Optional<Instant> comparedAt() {
    return read(COMPARED)
        .filter(json -> json.has("at"))
        .map(json -> Instant.parse(json.path("at").asText()));
  }

  /** What the log names behind this has not been compared since. */
  LogPosition checked() {
    return read(CHECKED).map(LogPosition::of).orElse(LogPosition.START);
  }

  boolean wayBack() {
    return items.containsKey(WAY_BACK);
  }

  long rowsCopied() {
    return items.keySet().stream()
        .filter(item -> item.startsWith(COPIED))
        .mapToLong(item -> of(item.substring(COPIED.length())).rows())
        .sum();
  }

  private Optional<JsonNode> read(String item) {
    return raw(item).map(value -> {
      try {
        return JSON.readTree(value);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("progress of " + item + " can't be read", e);
      }
    });
  }

  private static String write(ObjectNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("progress can't be written", e);
    }
  }
}
