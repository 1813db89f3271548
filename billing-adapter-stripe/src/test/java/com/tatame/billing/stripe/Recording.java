package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.tatame.billing.observation.ObjectKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * An event as an account was sent it. Files may also hold the {@code data} of an event, or an object
 * alone, which then are put into an event.
 *
 * @param name of its file
 * @param event of test mode, with an id of its own, since recordings like to share them
 */
record Recording(String name, JsonObject event) {
  private static final Instant UNDATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Map<String, String> TYPES = new TreeMap<>();

  static {
    Arrays.stream(ObjectKind.values())
        .forEach(kind -> TYPES.put(Shapes.name(kind), Dialect.eventOf(kind)));
    TYPES.put("charge", "charge.refunded");
    TYPES.put("discount", "customer.discount.created");
  }

  /** All in a directory, in the order of their names; what is no recording is left out. */
  static List<Recording> in(Path directory) {
    AtomicInteger number = new AtomicInteger();
    try (Stream<Path> files = Files.list(directory)) {
      List<Recording> found = files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .flatMap(file -> read(file, number.incrementAndGet()).stream())
          .toList();
      assertThat(found).as("recordings in %s", directory).isNotEmpty();
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Recording> read(Path file, int number) {
    try {
      JsonElement json = JsonParser.parseString(Files.readString(file));
      String name = file.getFileName().toString();
      return (json.isJsonObject() ? event(json.getAsJsonObject()) : Optional.<JsonObject>empty())
          .map(event -> {
            event.addProperty("id", "evt_recorded_" + number);
            // One mode for all: the other's would be ignored for that alone.
            event.addProperty("livemode", false);
            return new Recording(name, event);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JsonParseException e) {
      throw new AssertionError(file.toString(), e);
    }
  }

  private static Optional<JsonObject> event(JsonObject json) {
    JsonElement object = json.get("object");
    if (object == null) {
      return Optional.empty();
    } else if (object.isJsonObject()) {
      return event(json, object.getAsJsonObject());
    } else if (object.getAsString().equals("event")) {
      return Optional.of(json).filter(event -> event.has("data"));
    }
    JsonObject data = new JsonObject();
    data.add("object", json);
    return event(data, json);
  }

  private static Optional<String> type(JsonObject object) {
    JsonElement kind = object.get("object");
    // What is left of a deleted object comes as an answer, never in an event.
    if (kind == null || object.has("deleted")) {
      return Optional.empty();
    }
    boolean preview = kind.getAsString().equals("invoice") && !object.has("id");
    return Optional.ofNullable(preview ? "invoice.upcoming" : TYPES.get(kind.getAsString()));
  }

  private static Optional<JsonObject> event(JsonObject data, JsonObject object) {
    return type(object).map(type -> {
      JsonObject event = new JsonObject();
      event.addProperty("object", "event");
      event.addProperty("type", type);
      event.addProperty("created", UNDATED.getEpochSecond());
      event.add("data", data);
      return event;
    });
  }

  String id() {
    return event.get("id").getAsString();
  }

  String type() {
    return event.get("type").getAsString();
  }

  /** The version in whose shape it is; empty if it doesn't tell. */
  String version() {
    JsonElement version = event.get("api_version");
    return version == null || version.isJsonNull() ? "" : version.getAsString();
  }
}
