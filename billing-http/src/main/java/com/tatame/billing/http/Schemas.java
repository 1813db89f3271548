package com.tatame.billing.http;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON schemas of the records that travel, read off the records themselves. */
final class Schemas {
  private final SortedMap<String, Object> named = new TreeMap<>();
  private final Map<String, Class<?>> types = new HashMap<>();

  /** All schemas referred to so far, by name. */
  SortedMap<String, Object> named() {
    return named;
  }

  /** A reference to the schema of what is answered: all of its keys are always there. */
  Map<String, Object> answer(Class<?> type) {
    return reference(type, false);
  }

  /** A reference to the schema of what is sent: what may be null may be left out. */
  Map<String, Object> request(Class<?> type) {
    return reference(type, true);
  }

  /** The schema of a page of these. */
  Map<String, Object> page(Class<?> type) {
    return object(
        Map.of(
            "data", Map.of("type", "array", "items", answer(type)),
            "hasMore", Map.of("type", "boolean"),
            "nextCursor", Map.of("type", List.of("string", "null"))),
        List.of("data", "hasMore", "nextCursor"));
  }

  private Map<String, Object> reference(Class<?> type, boolean request) {
    String name = type.getSimpleName().replaceAll("Answer$", "");
    Class<?> other = types.putIfAbsent(name, type);
    if (other != null && other != type) {
      throw new IllegalStateException(type + " and " + other + " would share the name " + name);
    }
    if (!named.containsKey(name)) {
      named.put(name, Map.of());
      named.put(name, record(type, request));
    }
    return Map.of("$ref", "#/components/schemas/" + name);
  }

  private Map<String, Object> record(Class<?> type, boolean request) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonAnyGetter.class)
          || component.isAnnotationPresent(JsonAnyGetter.class)) {
        continue;
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!nullable || !request) {
        required.add(component.getName());
      }
      properties.put(
          component.getName(),
          described(component, schema(component.getAnnotatedType(), request), nullable));
    }
    return object(properties, required);
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", new TreeMap<>(properties));
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private static Map<String, Object> described(
      RecordComponent component, Map<String, Object> plain, boolean nullable) {
    Map<String, Object> schema = new LinkedHashMap<>(plain);
    Doc doc = component.getAnnotation(Doc.class);
    if (doc != null && doc.oneOf().length > 0) {
      List<@Nullable String> values = new ArrayList<>(List.of(doc.oneOf()));
      if (nullable) {
        values.add(null);
      }
      schema.put("enum", values);
    }
    if (nullable && schema.containsKey("$ref")) {
      Object reference = Map.of("$ref", String.valueOf(schema.remove("$ref")));
      schema.put("anyOf", List.of(reference, Map.of("type", "null")));
    } else if (nullable && schema.get("type") instanceof String type) {
      schema.put("type", List.of(type, "null"));
    }
    if (doc != null) {
      schema.put("description", doc.value());
      if (!doc.example().isEmpty()) {
        schema.put("examples", List.of(example(plain, doc.example())));
      }
    }
    return schema;
  }

  private static Object example(Map<String, Object> schema, String text) {
    return "integer".equals(schema.get("type")) ? Long.valueOf(text) : text;
  }

  private Map<String, Object> schema(AnnotatedType annotated, boolean request) {
    Type type = annotated.getType();
    if (annotated instanceof AnnotatedParameterizedType generic) {
      AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
      Map<String, Object> schema = new LinkedHashMap<>();
      if (((ParameterizedType) type).getRawType() == List.class) {
        schema.put("type", "array");
        schema.put("items", schema(arguments[0], request));
      } else {
        schema.put("type", "object");
        schema.put("additionalProperties", schema(arguments[1], request));
      }
      return schema;
    }
    return simple((Class<?>) type, request);
  }

  private Map<String, Object> simple(Class<?> type, boolean request) {
    if (type == String.class) {
      return Map.of("type", "string");
    }
    if (type == Instant.class) {
      return Map.of("type", "string", "format", "date-time");
    }
    if (type == boolean.class || type == Boolean.class) {
      return Map.of("type", "boolean");
    }
    if (type == long.class || type == Long.class) {
      return Map.of("type", "integer", "format", "int64");
    }
    if (type == int.class || type == Integer.class) {
      return Map.of("type", "integer", "format", "int32");
    }
    if (type == double.class || type == BigDecimal.class) {
      return Map.of("type", "number");
    }
    if (type == Object.class) {
      return Map.of();
    }
    if (type.isRecord()) {
      return reference(type, request);
    }
    throw new IllegalStateException("No schema for " + type);
  }
}
