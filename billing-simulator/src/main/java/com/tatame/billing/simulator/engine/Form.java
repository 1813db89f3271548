package com.tatame.billing.simulator.engine;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns {@code items[0][price]=x&metadata[k]=v} into nested maps, lists and strings, in the order of arrival. */
public final class Form {
  private Form() {}

  /**
   * Decodes a form body or query string.
   *
   * @param encoded the text without a leading question mark; may be empty
   * @return maps, lists and strings; a key that appears twice keeps its last value
   */
  public static Map<String, Object> decode(String encoded) {
    Map<String, Object> root = new LinkedHashMap<>();
    for (String pair : encoded.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        put(root, segments(text(key)), equals < 0 ? "" : text(pair.substring(equals + 1)));
      }
    }
    Map<String, Object> tidy = new LinkedHashMap<>();
    root.forEach((key, value) -> tidy.put(key, withLists(value)));
    return tidy;
  }

  private static String text(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw StripeException.invalid(
          null, null, "Invalid request: a percent sign is not followed by two hex digits.");
    }
  }

  private static List<String> segments(String key) {
    List<String> segments = new ArrayList<>();
    int open = key.indexOf('[');
    segments.add(open < 0 ? key : key.substring(0, open));
    while (open >= 0) {
      int close = key.indexOf(']', open);
      if (close < 0) {
        throw StripeException.invalid(
            "parameter_unknown", key, "Received unknown parameter: " + key);
      }
      segments.add(key.substring(open + 1, close));
      open = key.indexOf('[', close);
    }
    return segments;
  }

  @SuppressWarnings("unchecked") // only this class fills the maps
  private static void put(Map<String, Object> root, List<String> segments, String value) {
    Map<String, Object> parent = root;
    for (int i = 0; i < segments.size(); i++) {
      String name = segments.get(i).isEmpty() ? String.valueOf(parent.size()) : segments.get(i);
      if (i == segments.size() - 1) {
        parent.put(name, value);
      } else {
        Object child = parent.get(name);
        if (!(child instanceof Map)) {
          child = new LinkedHashMap<String, Object>();
          parent.put(name, child);
        }
        parent = (Map<String, Object>) child;
      }
    }
  }

  private static Object withLists(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return value;
    }
    boolean list = !map.isEmpty();
    int index = 0;
    for (Object key : map.keySet()) {
      list &= key.equals(String.valueOf(index++));
    }
    if (list) {
      return map.values().stream().map(Form::withLists).toList();
    }
    Map<String, Object> tidy = new LinkedHashMap<>();
    map.forEach((key, child) -> tidy.put((String) key, withLists(child)));
    return tidy;
  }
}
