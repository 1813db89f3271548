package com.tatame.billing.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.failure.StoreUnavailable;
import java.util.List;
import java.util.Optional;

/** Calls functions with rows, and turns their failures into those of the ports. */
final class Functions {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
      .build();

  private final SqlFunctions transport;

  Functions(SqlFunctions transport) {
    this.transport = transport;
  }

  /**
   * Calls a function.
   *
   * @throws StoreUnavailable if a repetition can succeed
   * @throws IllegalStateException if it can't
   */
  JsonNode call(String function, Row argument) {
    try {
      return ask(function, argument.json());
    } catch (SqlFunctionFailed e) {
      throw failure(function, e);
    }
  }

  /** As {@link #call}, for an answer of many rows. */
  Rows rows(String function, Row argument) {
    return new Rows(call(function, argument));
  }

  /** As {@link #call}, for an answer of one row or none. */
  Optional<Row> row(String function, Row argument) {
    JsonNode answer = call(function, argument);
    return answer.isNull() ? Optional.empty() : Optional.of(new Row(answer));
  }

  /** As {@link #rows}, with many rows as the argument. */
  Rows rows(String function, List<Row> argument) {
    try {
      return new Rows(
          ask(function, JSON.valueToTree(argument.stream().map(Row::json).toList())));
    } catch (SqlFunctionFailed e) {
      throw failure(function, e);
    }
  }

  /** As {@link #call}, for a function that takes long texts, in the document or beside it. */
  JsonNode call(String function, Row argument, List<String> texts) {
    try {
      Optional<String> answer =
          transport.call(function, JSON.writeValueAsString(argument.json()), texts);
      return answer.isPresent()
          ? JSON.readTree(answer.get())
          : ask(function, argument.with("texts", texts).json());
    } catch (JsonProcessingException e) {
      throw unreadable(function, e);
    } catch (SqlFunctionFailed e) {
      throw failure(function, e);
    }
  }

  /** Calls a function whose failure the caller understands. */
  Row askRow(String function, Row argument) {
    return new Row(ask(function, argument.json()));
  }

  private JsonNode ask(String function, JsonNode argument) {
    try {
      return JSON.readTree(transport.call(function, JSON.writeValueAsString(argument)));
    } catch (JsonProcessingException e) {
      throw unreadable(function, e);
    }
  }

  private static IllegalStateException unreadable(String function, JsonProcessingException e) {
    e.clearLocation();
    return new IllegalStateException(function + " didn't answer with JSON", e);
  }

  static RuntimeException failure(String function, SqlFunctionFailed e) {
    return switch (e.meaning()) {
      case UNAVAILABLE ->
        new StoreUnavailable("The database could not answer (" + e.reason() + ").", e);
      case PAUSED ->
        StoreUnavailable.writesPaused(
            "The store takes no writes: it is being moved, or has been moved elsewhere. Try again in"
                + " a moment.",
            e);
      case REFUSED, DEFECT -> new IllegalStateException(function + " failed: " + e.reason(), e);
    };
  }

  /**
   * Whether the database takes no writes.
   *
   * @throws StoreUnavailable if it can't be asked
   */
  boolean readOnly() {
    try {
      return transport.readOnly();
    } catch (SqlFunctionFailed e) {
      throw failure("readOnly", e);
    }
  }

  void close() {
    transport.close();
  }
}
