package com.tatame.billing.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.store.StoreMode;
import java.util.Optional;

/**
 * What a store lets happen, and why.
 *
 * @param recording whether it logs which rows change, for a move that copies them
 * @param move the id of the move that it takes part in; both sides of a move know the same
 */
public record StoreState(StoreMode mode, boolean recording, Optional<String> move) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Asks a store; frozen ones answer, too.
   *
   * @throws SqlFunctionFailed if the database can't say
   * @throws com.tatame.billing.failure.StoreUnavailable if it can't be asked
   * @throws IllegalStateException if the answer makes no sense
   */
  public static StoreState of(SqlFunctions store) {
    try {
      return of(JSON.readTree(store.call("store_mode_v1", "{}")));
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalStateException("store_mode_v1 didn't answer with JSON", e);
    }
  }

  static StoreState of(JsonNode answer) {
    return new StoreState(
        mode(answer.path("mode").asText("")),
        answer.path("recording").asBoolean(),
        Optional.ofNullable(answer.path("move").textValue()));
  }

  private static StoreMode mode(String name) {
    return switch (name) {
      case "open" -> StoreMode.OPEN;
      case "frozen" -> StoreMode.FROZEN;
      case "standby" -> StoreMode.STANDBY;
      default -> throw new IllegalStateException("store_mode_v1 answered with no mode");
    };
  }

  boolean open() {
    return mode == StoreMode.OPEN;
  }

  /** Whether the two are the ends of one move. */
  boolean sameMove(StoreState other) {
    return move.isPresent() && move.equals(other.move);
  }
}
