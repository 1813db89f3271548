package com.tatame.billing.simulator.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Parameters that passed their {@link Shape}, read by type; an empty string is a value to clear, hence no value. */
final class Params {
  static final Params NONE = new Params(Map.of(), "");

  private final Map<String, Object> values;
  private final String path;

  private Params(Map<String, Object> values, String path) {
    this.values = values;
    this.path = path;
  }

  static Params of(Map<String, Object> values) {
    return new Params(values, "");
  }

  /** The name as it stands in the request, for error messages. */
  String path(String name) {
    return path.isEmpty() ? name : path + "[" + name + "]";
  }

  Set<String> names() {
    return values.keySet();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean given(String name) {
    return has(name) && !"".equals(values.get(name));
  }

  boolean isText(String name) {
    return given(name) && values.get(name) instanceof String;
  }

  @Nullable
  String text(String name) {
    return given(name) ? (String) values.get(name) : null;
  }

  String text(String name, String otherwise) {
    return given(name) ? (String) get(name) : otherwise;
  }

  String required(String name) {
    if (!given(name)) {
      throw StripeException.invalid(
          "parameter_missing", path(name), "Missing required param: " + path(name) + ".");
    }
    return (String) get(name);
  }

  @Nullable
  Long number(String name) {
    return given(name) ? Long.valueOf((String) get(name)) : null;
  }

  long number(String name, long otherwise) {
    return given(name) ? Long.parseLong((String) get(name)) : otherwise;
  }

  @Nullable
  Boolean flag(String name) {
    return given(name) ? Boolean.valueOf((String) get(name)) : null;
  }

  boolean flag(String name, boolean otherwise) {
    return given(name) ? Boolean.parseBoolean((String) get(name)) : otherwise;
  }

  @SuppressWarnings("unchecked") // the shape has made sure of it
  List<String> texts(String name) {
    return given(name) ? (List<String>) get(name) : List.of();
  }

  @SuppressWarnings("unchecked") // the shape has made sure of it
  Params child(String name) {
    return given(name) && get(name) instanceof Map
        ? new Params((Map<String, Object>) get(name), path(name))
        : new Params(Map.of(), path(name));
  }

  @SuppressWarnings("unchecked") // the shape has made sure of it
  List<Params> children(String name) {
    if (!given(name)) {
      return List.of();
    }
    List<Object> list = (List<Object>) get(name);
    return IntStream.range(0, list.size())
        .mapToObj(i -> new Params((Map<String, Object>) list.get(i), path(name) + "[" + i + "]"))
        .toList();
  }

  @SuppressWarnings("unchecked") // the shape has made sure of it
  Map<String, String> strings() {
    Map<String, String> strings = new LinkedHashMap<>();
    values.forEach((key, value) -> strings.put(key, (String) value));
    return strings;
  }

  /** Calls with the new value when the parameter is in the request; null when it is there to clear. */
  void ifPresent(String name, Consumer<@Nullable String> change) {
    if (has(name)) {
      change.accept(text(name));
    }
  }

  /** Merges metadata as Stripe does: an empty value removes its key, an empty whole removes all. */
  void mergeMetadata(Map<String, String> metadata) {
    if (has("metadata") && !given("metadata")) {
      metadata.clear();
    }
    child("metadata").strings().forEach((key, value) -> {
      if (value.isEmpty()) {
        metadata.remove(key);
      } else {
        metadata.put(key, value);
      }
    });
  }

  private Object get(String name) {
    return Optional.ofNullable(values.get(name)).orElseThrow();
  }
}
