package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Several rows in one JSON array, in order. */
record Rows(JsonNode json) {
  static final Rows NONE = new Rows(JsonNodeFactory.instance.arrayNode());

  Stream<Row> stream() {
    return StreamSupport.stream(json.spliterator(), false).map(Row::new);
  }

  <T> List<T> map(Function<Row, T> read) {
    return stream().map(read).toList();
  }
}
