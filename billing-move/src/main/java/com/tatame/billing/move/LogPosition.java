package com.tatame.billing.move;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A place in the log of changes.
 *
 * @param rev number of the transaction
 * @param table and key of what it changed
 */
record LogPosition(String rev, String table, String key) {
  static final LogPosition START = new LogPosition("0", "", "");

  static LogPosition of(JsonNode json) {
    return new LogPosition(
        json.path("rev").asText(), json.path("tbl").asText(), json.path("pk").asText());
  }

  /** As the stores write it, and as {@link #of} reads it. */
  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("rev", rev)
        .put("tbl", table)
        .put("pk", key);
  }

  /** Whether all that was settled then lies before. */
  boolean reached(String settled) {
    return Long.compareUnsigned(Long.parseUnsignedLong(rev), Long.parseUnsignedLong(settled)) >= 0;
  }
}
