package com.tatame.billing.stripe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.tatame.billing.observation.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The fields of one JSON object. Null and missing are different things: null is a value that Stripe
 * states, while a field that is missing is one that this version of the object keeps elsewhere, and
 * reading it as empty would erase what is stored. So a missing field makes the object unreadable,
 * unless a method says otherwise.
 */
final class Fields {
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
  private static final int MAX_DECIMAL_LENGTH = 20;
  private static final Pattern PLAIN_DECIMAL = Pattern.compile("-?\\d+(\\.\\d+)?");

  private final JsonObject json;
  private final String path;

  private Fields(JsonObject json, String path) {
    this.json = json;
    this.path = path;
  }

  static Fields of(JsonObject json) {
    return new Fields(json, "");
  }

  JsonObject json() {
    return json;
  }

  /** Whether the field is there, be it null. */
  boolean has(String name) {
    return json.has(name);
  }

  /** Whether the field is there with a value. */
  boolean states(String name) {
    return json.has(name) && !json.get(name).isJsonNull();
  }

  String text(String name) {
    return required(name, optionalText(name));
  }

  Optional<String> optionalText(String name) {
    return value(name).map(element -> string(name, element));
  }

  /** As {@link #optionalText}, for a field that Stripe leaves out when it is empty. */
  Optional<String> omissibleText(String name) {
    return has(name) ? optionalText(name) : Optional.empty();
  }

  /** The value of an enumeration, by its name on the wire. */
  <T> T known(String name, Function<String, Optional<T>> of) {
    return of.apply(text(name)).orElseThrow(() -> unreadable(name, "has an unknown value"));
  }

  /** As {@link #known}, for an enumeration whose names on the wire are its own. */
  <E extends Enum<E> & WireName> E constant(String name, Class<E> type) {
    return known(
        name,
        code -> Arrays.stream(type.getEnumConstants())
            .filter(constant -> constant.code().equals(code))
            .findFirst());
  }

  long number(String name) {
    return required(name, optionalNumber(name));
  }

  /** A whole number within these bounds. */
  int integer(String name, int first, int last) {
    long number = number(name);
    if (number < first || number > last) {
      throw unreadable(name, "is out of range");
    }
    return (int) number;
  }

  Optional<Long> optionalNumber(String name) {
    return value(name).map(element -> integer(name, element));
  }

  Instant instant(String name) {
    return required(name, optionalInstant(name));
  }

  Optional<Instant> optionalInstant(String name) {
    return optionalNumber(name).map(seconds -> second(name, seconds));
  }

  /** A decimal without trailing zeros, so that 25 and 25.0 are equal. */
  Optional<BigDecimal> optionalDecimal(String name) {
    return value(name).map(element -> decimal(name, element));
  }

  boolean flag(String name) {
    return required(name, value(name).map(element -> bool(name, element)));
  }

  /** A flag that Stripe may leave out or set to null instead of false. */
  boolean omissibleFlag(String name) {
    return states(name) && flag(name);
  }

  /** The id of another object, which may stand there as a whole. */
  String id(String name) {
    return required(name, optionalId(name));
  }

  Optional<String> optionalId(String name) {
    return value(name)
        .map(element -> element.isJsonObject() ? nested(name).text("id") : string(name, element));
  }

  /** As {@link #optionalId}, for a field that Stripe leaves out when it is empty. */
  Optional<String> omissibleId(String name) {
    return has(name) ? optionalId(name) : Optional.empty();
  }

  Fields object(String name) {
    return required(name, optionalObject(name));
  }

  Optional<Fields> optionalObject(String name) {
    return value(name).map(element -> nested(name));
  }

  /** The elements of an array of objects; plain ids among them are left out. */
  List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (JsonElement element : array(name)) {
      if (element.isJsonObject()) {
        objects.add(new Fields(element.getAsJsonObject(), path + name + "[]."));
      }
    }
    return objects;
  }

  /** The object of this name, unless only its id stands there or nothing does. */
  Optional<Fields> expanded(String name) {
    return has(name) && json.get(name).isJsonObject()
        ? Optional.of(nested(name))
        : Optional.empty();
  }

  boolean isEmptyArray(String name) {
    return array(name).isEmpty();
  }

  /** What we or the merchant wrote into the object. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    optionalObject("metadata")
        .ifPresent(fields -> fields
            .json
            .keySet()
            .forEach(key ->
                fields.optionalText(key).ifPresent(value -> metadata.put(storable(key), value))));
    return metadata;
  }

  UnreadableShape unreadable(String name, String what) {
    return new UnreadableShape(path + name + " " + what);
  }

  JsonArray array(String name) {
    JsonElement element = json.get(name);
    if (element == null || !element.isJsonArray()) {
      throw unreadable(name, "is not a list");
    }
    return element.getAsJsonArray();
  }

  private Fields nested(String name) {
    JsonElement element = json.get(name);
    if (element == null || !element.isJsonObject()) {
      throw unreadable(name, "is not an object");
    }
    return new Fields(element.getAsJsonObject(), path + name + ".");
  }

  private Optional<JsonElement> value(String name) {
    JsonElement element = json.get(name);
    if (element == null) {
      throw unreadable(name, "is missing");
    }
    return element.isJsonNull() ? Optional.empty() : Optional.of(element);
  }

  private <T> T required(String name, Optional<T> value) {
    return value.orElseThrow(() -> unreadable(name, "is null"));
  }

  private String string(String name, JsonElement element) {
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
      throw unreadable(name, "is not a text");
    }
    return storable(element.getAsString());
  }

  private boolean bool(String name, JsonElement element) {
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isBoolean()) {
      throw unreadable(name, "is not true or false");
    }
    return element.getAsBoolean();
  }

  private long integer(String name, JsonElement element) {
    try {
      return Long.parseLong(digits(name, element));
    } catch (NumberFormatException e) {
      throw unreadable(name, "is not a whole number");
    }
  }

  private BigDecimal decimal(String name, JsonElement element) {
    String digits = digits(name, element);
    if (digits.length() > MAX_DECIMAL_LENGTH || !PLAIN_DECIMAL.matcher(digits).matches()) {
      throw unreadable(name, "is not a plain decimal");
    }
    BigDecimal decimal = new BigDecimal(digits).stripTrailingZeros();
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
  }

  private String digits(String name, JsonElement element) {
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isNumber()) {
      throw unreadable(name, "is not a number");
    }
    return element.getAsString();
  }

  private Instant second(String name, long seconds) {
    if (seconds < 0 || seconds > LAST_SECOND) {
      throw unreadable(name, "is not a time");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** A database holds neither NUL nor half a surrogate pair, though JSON can spell both. */
  private static String storable(String text) {
    if (plain(text)) {
      return text;
    }
    StringBuilder storable = new StringBuilder(text.length());
    text.codePoints()
        .map(c ->
            c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
        .forEach(storable::appendCodePoint);
    return storable.toString();
  }

  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }
}
