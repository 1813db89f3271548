package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.Observation;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever arrives, there is an answer and never an exception of another kind. */
class HostileInputProperties {
  private static final int ROUNDS = Integer.getInteger("billing.rounds", 5_000);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final long T = NOW.getEpochSecond();
  private static final String SECRET = "whsec_1";
  private static final String HEADER_ALPHABET = "tv01=,.-+ abcdef9\u0000\u0661\"{}";

  private static final long SEED = Long.getLong("seed", new Random().nextLong());

  private final Random random = new Random(SEED);
  private final EventSource events = new StripeEvents(Signing.check(NOW, SECRET), false);

  @BeforeAll
  static void printTheSeed() {
    System.out.println("Repeat with -Dseed=" + SEED);
  }

  @Test
  void anyHeaderIsRefusedInOneWay() {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(verified(body, randomHeader())).as("seed %d", SEED).isFalse();
    }
  }

  @Test
  void anySignedBodyIsAcceptedOrRefusedInOneWay() {
    String whole = Dialect.DAHLIA.event("invoice.paid", Dialect.DAHLIA.object(ObjectKind.INVOICE));
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] body = damaged(whole.getBytes(StandardCharsets.UTF_8));
      String header = "t=" + T + ",v1=" + Signing.hmac(SECRET, T, body);
      if (verified(body, header)) {
        accepted++;
        assertThat(events.translate(new String(body, StandardCharsets.UTF_8))).isNotNull();
      }
    }
    assertThat(accepted).as("seed %d", SEED).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
  }

  @Test
  void anyChangedObjectIsReadableOrUnreadableAndItsFactsCanBeTold() {
    int readable = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Dialect dialect = pick(List.of(Dialect.values()));
      ObjectKind kind = pick(dialect.kinds());
      JsonObject object = dialect.object(kind);
      change(object);
      if (random.nextBoolean()) {
        change(object);
      }
      EventSource.Translation translation =
          events.translate(dialect.event(Dialect.eventOf(kind), object));
      if (translation instanceof EventSource.Observed observed) {
        for (Observation seen : observed.observations()) {
          readable += seen.state().isPresent() ? 1 : 0;
          seen.state().ifPresent(state -> assertThat(state.facts()).isNotNull());
        }
      } else {
        assertThat(translation).as("seed %d", SEED).isInstanceOf(EventSource.Malformed.class);
      }
    }
    assertThat(readable).as("seed %d", SEED).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
  }

  private boolean verified(byte[] body, String header) {
    try {
      events.verify(body, header);
      return true;
    } catch (InvalidSignature e) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + SEED + ", header " + header, e);
    }
  }

  private String randomHeader() {
    StringBuilder header = new StringBuilder(random.nextBoolean() ? "t=" + T + ",v1=" : "");
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      header.append(HEADER_ALPHABET.charAt(random.nextInt(HEADER_ALPHABET.length())));
    }
    return header.toString();
  }

  private byte[] damaged(byte[] body) {
    byte[] damaged = body.clone();
    int changes = random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      damaged[random.nextInt(damaged.length)] = random.nextBoolean()
          ? (byte) random.nextInt(256)
          : (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
    }
    return random.nextInt(10) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
        : damaged;
  }

  /** Replaces or removes one field somewhere in the object. */
  private void change(JsonObject root) {
    JsonObject object = root;
    String field = pick(List.copyOf(object.keySet()));
    while (random.nextInt(3) > 0) {
      JsonElement value = object.get(field);
      if (value != null && value.isJsonArray() && !value.getAsJsonArray().isEmpty()) {
        value = value.getAsJsonArray().get(0);
      }
      if (value == null || !value.isJsonObject() || value.getAsJsonObject().isEmpty()) {
        break;
      }
      object = value.getAsJsonObject();
      field = pick(List.copyOf(object.keySet()));
    }
    if (random.nextInt(4) == 0) {
      object.remove(field);
    } else {
      object.add(field, strange());
    }
  }

  private JsonElement strange() {
    List<JsonElement> values = new ArrayList<>();
    values.add(JsonNull.INSTANCE);
    values.add(new JsonArray());
    values.add(new JsonObject());
    values.add(new JsonPrimitive(""));
    values.add(new JsonPrimitive("\u0000\ud800"));
    values.add(new JsonPrimitive("x".repeat(300)));
    values.add(new JsonPrimitive(true));
    values.add(new JsonPrimitive(-1));
    values.add(new JsonPrimitive(Long.MAX_VALUE));
    values.add(new JsonPrimitive(Long.MIN_VALUE));
    values.add(new JsonPrimitive(new BigDecimal("1E+400")));
    values.add(new JsonPrimitive(0.5));
    JsonArray nested = new JsonArray();
    nested.add(new JsonObject());
    nested.add(JsonNull.INSTANCE);
    values.add(nested);
    return pick(values);
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
