package com.tatame.billing.stripe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tatame.billing.observation.ObjectKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One story, as versions of Stripe's API tell it. */
enum Dialect {
  PRE_ACACIA("2024-06-20"),
  ACACIA("acacia"),
  BASIL("basil"),
  CLOVER("clover"),
  DAHLIA("dahlia");

  private final String file;

  Dialect(String file) {
    this.file = file;
  }

  /** A fresh copy of the object, which may be changed. */
  JsonObject object(ObjectKind kind) {
    return story().getAsJsonObject(Shapes.name(kind));
  }

  /** An event that carries the object. */
  String event(String type, JsonObject object) {
    JsonObject data = new JsonObject();
    data.add("object", object);
    JsonObject event = new JsonObject();
    event.addProperty("id", "evt_1");
    event.addProperty("object", "event");
    event.add("api_version", story().get("api_version"));
    event.addProperty("created", 1_767_225_601L);
    event.add("data", data);
    event.addProperty("livemode", false);
    event.addProperty("type", type);
    return event.toString();
  }

  /** The first element of an array of objects inside an object. */
  static JsonObject first(JsonObject object, String list) {
    JsonElement found = object.get(list);
    JsonArray array = found.isJsonObject()
        ? found.getAsJsonObject().getAsJsonArray("data")
        : found.getAsJsonArray();
    return array.get(0).getAsJsonObject();
  }

  private JsonObject story() {
    try (InputStream in = Dialect.class.getResourceAsStream("/dialects/" + file + ".json")) {
      if (in == null) {
        throw new IllegalStateException("no fixture of " + file);
      }
      return JsonParser.parseString(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
