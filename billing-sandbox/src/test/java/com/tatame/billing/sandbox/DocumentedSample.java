package com.tatame.billing.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * JSON that a document shows, held against the schema of the route that answers it. Every field of
 * the schema must be there, and no other. An ellipsis stands for fields or elements that are left out
 * at that place.
 */
final class DocumentedSample {
  private static final String LEFT_OUT = "…";

  private final JsonNode description;
  private final List<String> faults = new ArrayList<>();

  private DocumentedSample(JsonNode description) {
    this.description = description;
  }

  /** What is wrong with it; each with its place. */
  static List<String> faults(String json, JsonNode schema, JsonNode description) {
    DocumentedSample sample = new DocumentedSample(description);
    sample.check("", Json.read(withoutEllipses(json)), schema);
    return sample.faults;
  }

  // Makes a field without a value, or an element, of each ellipsis that is not within a string.
  static String withoutEllipses(String json) {
    StringBuilder plain = new StringBuilder();
    Deque<Character> open = new ArrayDeque<>();
    boolean string = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (string) {
        plain.append(c);
        if (c == '\\') {
          plain.append(json.charAt(++i));
        } else if (c == '"') {
          string = false;
        }
        continue;
      }
      if (c == '"') {
        string = true;
      } else if (c == '{' || c == '[') {
        open.push(c);
      } else if (c == '}' || c == ']') {
        open.pop();
      } else if (c == '…') {
        plain.append(open.peek() == '{' ? "\"…" + i + "\":null" : "\"…\"");
        continue;
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private void check(String place, JsonNode value, JsonNode schema) {
    JsonNode known = resolve(schema, value);
    if (!typeFits(value, known.path("type"))) {
      faults.add(place + " is " + value + ", which is no " + known.path("type"));
      return;
    }
    JsonNode allowed = known.path("enum");
    if (allowed.isArray()
        && StreamSupport.stream(allowed.spliterator(), false).noneMatch(value::equals)) {
      faults.add(place + " is " + value + ", which is none of " + allowed);
    }
    if (value.isObject() && known.has("properties")) {
      checkFields(place, value, known.path("properties"));
    } else if (value.isArray()) {
      for (JsonNode element : value) {
        if (!element.asText().equals(LEFT_OUT)) {
          check(place + "/…", element, known.path("items"));
        }
      }
    }
  }

  private void checkFields(String place, JsonNode value, JsonNode properties) {
    boolean whole = true;
    for (var field : value.properties()) {
      if (field.getKey().startsWith(LEFT_OUT)) {
        whole = false;
      } else if (!properties.has(field.getKey())) {
        faults.add(place + "/" + field.getKey() + " is no field");
      } else {
        check(place + "/" + field.getKey(), field.getValue(), properties.path(field.getKey()));
      }
    }
    if (whole) {
      properties.properties().forEach(property -> {
        if (!value.has(property.getKey())) {
          faults.add(place + "/" + property.getKey() + " is missing");
        }
      });
    }
  }

  private JsonNode resolve(JsonNode schema, JsonNode value) {
    if (schema.has("$ref")) {
      return resolve(description.at(schema.path("$ref").asText().substring(1)), value);
    }
    for (JsonNode choice : schema.path("anyOf")) {
      if (choice.path("type").asText().equals("null") == value.isNull()) {
        return resolve(choice, value);
      }
    }
    return schema;
  }

  private static boolean typeFits(JsonNode value, JsonNode type) {
    if (type.isArray()) {
      return StreamSupport.stream(type.spliterator(), false).anyMatch(one -> typeFits(value, one));
    }
    return switch (type.asText()) {
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "null" -> value.isNull();
      default -> true;
    };
  }
}
