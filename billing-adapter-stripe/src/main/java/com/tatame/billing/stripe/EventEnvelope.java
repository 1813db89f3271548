package com.tatame.billing.stripe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
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
  // As deep as the SDK's parser reads later: deeper ones would be stored and could never be
  // processed.
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(
          StreamReadConstraints.builder().maxNestingDepth(255).build())
      .build();
  private static final int MAX_NAME_LENGTH = 255;
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  private final JsonParser json;
  private @Nullable String id;
  private @Nullable String type;
  private @Nullable String account;
  private @Nullable String apiVersion;
  private @Nullable String customer;
  private @Nullable String objectId;
  private @Nullable Instant created;
  private boolean live;

  private EventEnvelope(JsonParser json) {
    this.json = json;
  }

  static ReceivedEvent read(byte[] body) {
    String payload = decode(body);
    try (JsonParser json = JSON.createParser(body)) {
      EventEnvelope envelope = new EventEnvelope(json);
      envelope.readEvent();
      return envelope.received(payload);
    } catch (IOException | IllegalStateException | DateTimeException e) {
      throw new InvalidSignature(Reason.UNREADABLE_BODY, "The body is not an event as JSON.");
    }
  }

  private static String decode(byte[] body) {
    String payload = new String(body, StandardCharsets.UTF_8);
    // Stands for what is malformed, and may have been sent as such.
    if (payload.indexOf('\uFFFD') >= 0) {
      requireUtf8(body);
    }
    if (payload.indexOf('\0') >= 0) {
      throw new InvalidSignature(Reason.UNREADABLE_BODY, "The body holds a NUL character.");
    }
    return payload;
  }

  private static void requireUtf8(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
    } catch (CharacterCodingException e) {
      throw new InvalidSignature(Reason.UNREADABLE_BODY, "The body is not UTF-8.");
    }
  }

  private ReceivedEvent received(String payload) {
    if (id == null || type == null || created == null) {
      throw new InvalidSignature(
          Reason.UNREADABLE_BODY, "The body lacks the id, type or created of an event.");
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
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalStateException("not an object");
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "id" -> id = name();
        case "type" -> type = name();
        case "account" -> account = optionalName();
        case "api_version" -> apiVersion = optionalName();
        case "created" -> created = instant();
        case "livemode" -> live = json.getBooleanValue();
        case "data" -> readData();
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw new IllegalStateException("more than one value");
    }
  }

  private void readData() throws IOException {
    if (isObject()) {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        if (name.equals("object")) {
          readObject();
        } else {
          json.skipChildren();
        }
      }
    }
  }

  private void readObject() throws IOException {
    if (isObject()) {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        switch (name) {
          case "id" -> objectId = hint();
          case "customer" -> customer = nestedId();
          default -> json.skipChildren();
        }
      }
    }
  }

  private @Nullable String nestedId() throws IOException {
    if (!json.hasToken(JsonToken.START_OBJECT)) {
      return hint();
    }
    String nested = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      if (name.equals("id")) {
        nested = hint();
      } else {
        json.skipChildren();
      }
    }
    return nested;
  }

  /** Whether an object begins here; anything else is passed over. */
  private boolean isObject() throws IOException {
    if (json.hasToken(JsonToken.START_OBJECT)) {
      return true;
    }
    json.skipChildren();
    return false;
  }

  private String name() throws IOException {
    if (!json.hasToken(JsonToken.VALUE_STRING) || !storable(json.getText())) {
      throw new IllegalStateException("not a name");
    }
    return json.getText();
  }

  private @Nullable String optionalName() throws IOException {
    return json.hasToken(JsonToken.VALUE_NULL) ? null : name();
  }

  /** Of a lane, which may be wrong or missing without harm. */
  private @Nullable String hint() throws IOException {
    if (json.hasToken(JsonToken.VALUE_STRING) && storable(json.getText())) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }

  private static boolean storable(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME_LENGTH
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Seconds, or ISO 8601 in a thin event. */
  private Instant instant() throws IOException {
    if (json.hasToken(JsonToken.VALUE_STRING)) {
      return stored(Instant.parse(json.getText()));
    }
    if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)) {
      throw new IllegalStateException("not a time");
    }
    return stored(Instant.ofEpochSecond(json.getLongValue()));
  }

  private static Instant stored(Instant instant) {
    long second = instant.getEpochSecond();
    if (second < 0 || second > LAST_SECOND) {
      throw new DateTimeException("out of range");
    }
    return instant;
  }
}
