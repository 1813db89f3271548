package com.tatame.billing.stripe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What an object was before an event: what it is, with {@code previous_attributes} in their places.
 * These name what changed, at any depth; a list stands there as a whole, but its elements may leave
 * out what they have kept.
 */
final class PreviousState {
  private PreviousState() {}

  static JsonObject of(JsonObject now, JsonObject previous) {
    // What has not changed is shared, not copied: neither is written to.
    JsonObject before = new JsonObject();
    now.entrySet().forEach(attribute -> before.add(attribute.getKey(), attribute.getValue()));
    previous
        .entrySet()
        .forEach(attribute -> before.add(
            attribute.getKey(), merged(now.get(attribute.getKey()), attribute.getValue())));
    return before;
  }

  private static JsonElement merged(@Nullable JsonElement now, JsonElement previous) {
    if (now != null && now.isJsonObject() && previous.isJsonObject()) {
      return of(now.getAsJsonObject(), previous.getAsJsonObject());
    }
    if (now != null && now.isJsonArray() && previous.isJsonArray()) {
      return merged(now.getAsJsonArray(), previous.getAsJsonArray());
    }
    return previous;
  }

  private static JsonArray merged(JsonArray now, JsonArray previous) {
    JsonArray before = new JsonArray();
    for (int i = 0; i < previous.size(); i++) {
      before.add(merged(counterpart(now, previous.get(i), i), previous.get(i)));
    }
    return before;
  }

  /** The element of the same id; without ids, the one in the same place. */
  private static @Nullable JsonElement counterpart(JsonArray now, JsonElement previous, int place) {
    if (!previous.isJsonObject() || !previous.getAsJsonObject().has("id")) {
      return place < now.size() ? now.get(place) : null;
    }
    JsonElement id = previous.getAsJsonObject().get("id");
    for (JsonElement element : now) {
      if (element.isJsonObject() && id.equals(element.getAsJsonObject().get("id"))) {
        return element;
      }
    }
    return null;
  }
}
