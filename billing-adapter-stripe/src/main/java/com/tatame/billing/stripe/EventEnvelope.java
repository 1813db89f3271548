package com.tatame.billing.stripe;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.ReceivedEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The little that is read of an event when it arrives, without building a tree of it. An envelope
 * that can't be stored and named is refused like a wrong signature.
 */
final class EventEnvelope {
  private static final int LONGEST_NAME = 255;
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  private final JsonReader json;
  private @Nullable String id;
  private @Nullable String type;
  private @Nullable String account;
  private @Nullable String apiVersion;
  private @Nullable String customer;
  private @Nullable String objectId;
  private @Nullable Instant created;
  private boolean live;

  private EventEnvelope(JsonReader json) {
    this.json = json;
  }

  static ReceivedEvent read(byte[] body) {
    String payload = decode(body);
    EventEnvelope envelope = new EventEnvelope(StrictJson.reader(payload));
    try {
      envelope.readEvent();
    } catch (IOException | IllegalStateException | NumberFormatException | DateTimeException e) {
      throw new InvalidSignature("The body is not an event as JSON.");
    }
    return envelope.received(payload);
  }

  private static String decode(byte[] body) {
    String payload;
    try {
      payload =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidSignature("The body is not UTF-8.");
    }
    if (payload.indexOf('\0') >= 0) {
      throw new InvalidSignature("The body holds a NUL character.");
    }
    return payload;
  }

  private ReceivedEvent received(String payload) {
    if (id == null || type == null || created == null) {
      throw new InvalidSignature("The body lacks the id, type or created of an event.");
    }
    return new ReceivedEvent(
        id,
        type,
        created,
        live,
        Optional.ofNullable(account),
        Optional.ofNullable(apiVersion),
        Optional.ofNullable(customer).or(() -> Optional.ofNullable(objectId)),
        payload);
  }

  private void readEvent() throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "id" -> id = name();
        case "type" -> type = name();
        case "account" -> account = optionalName();
        case "api_version" -> apiVersion = optionalName();
        case "created" -> created = instant();
        case "livemode" -> live = json.nextBoolean();
        case "data" -> readData();
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new IllegalStateException("more than one value");
    }
  }

  private void readData() throws IOException {
    if (!entersObject()) {
      return;
    }
    while (json.hasNext()) {
      if (json.nextName().equals("object")) {
        readObject();
      } else {
        json.skipValue();
      }
    }
    json.endObject();
  }

  private void readObject() throws IOException {
    if (!entersObject()) {
      return;
    }
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "id" -> objectId = hint();
        case "customer" -> customer = json.peek() == JsonToken.BEGIN_OBJECT ? nestedId() : hint();
        default -> json.skipValue();
      }
    }
    json.endObject();
  }

  private @Nullable String nestedId() throws IOException {
    String nested = null;
    json.beginObject();
    while (json.hasNext()) {
      if (json.nextName().equals("id")) {
        nested = hint();
      } else {
        json.skipValue();
      }
    }
    json.endObject();
    return nested;
  }

  private boolean entersObject() throws IOException {
    if (json.peek() == JsonToken.BEGIN_OBJECT) {
      json.beginObject();
      return true;
    }
    json.skipValue();
    return false;
  }

  private String name() throws IOException {
    if (json.peek() != JsonToken.STRING) {
      throw new IllegalStateException("not a text");
    }
    String name = json.nextString();
    if (!storable(name)) {
      throw new IllegalStateException("not a name");
    }
    return name;
  }

  private @Nullable String optionalName() throws IOException {
    if (json.peek() == JsonToken.NULL) {
      json.nextNull();
      return null;
    }
    return name();
  }

  /** Of a lane, which may be wrong or missing without harm. */
  private @Nullable String hint() throws IOException {
    if (json.peek() != JsonToken.STRING) {
      json.skipValue();
      return null;
    }
    String hint = json.nextString();
    return storable(hint) ? hint : null;
  }

  private static boolean storable(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Seconds, or ISO 8601 in a thin event. */
  private Instant instant() throws IOException {
    if (json.peek() == JsonToken.STRING) {
      return stored(Instant.parse(json.nextString()));
    }
    return stored(Instant.ofEpochSecond(json.nextLong()));
  }

  private static Instant stored(Instant instant) {
    long second = instant.getEpochSecond();
    if (second < 0 || second > LAST_SECOND) {
      throw new DateTimeException("out of range");
    }
    return instant;
  }
}
