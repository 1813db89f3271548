package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.catalog.Catalog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A whole catalog as JSON and back, each component of its records under its own name. What is empty,
 * zero or false is left out, so that a component which a later release adds changes no document of a
 * catalog that doesn't use it. What this release doesn't know is refused: a catalog of which a part is
 * ignored would sell something else.
 */
final class CatalogDocument {
  /** Which of the types of a sealed interface it is. */
  private static final String TYPE = "type";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private CatalogDocument() {}

  /** A document that this release can't read. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  static JsonNode of(Catalog catalog) {
    return encode(catalog);
  }

  /** The same for equal catalogs, in all releases. */
  static String hash(JsonNode document) {
    try {
      byte[] bytes = document.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static JsonNode encode(Object value) {
    if (value instanceof Record record) {
      return fields(record);
    } else if (value instanceof Optional<?> optional) {
      return encode(optional.orElseThrow());
    } else if (value instanceof Collection<?> collection) {
      ArrayNode array = NODES.arrayNode();
      collection.forEach(element -> array.add(encode(element)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      map.forEach((key, element) -> sorted.put(text(key), encode(element)));
      return NODES.objectNode().setAll(sorted);
    } else if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    } else if (value instanceof Long || value instanceof Integer) {
      return NODES.numberNode(((Number) value).longValue());
    }
    return NODES.textNode(text(value));
  }

  private static String text(Object value) {
    if (value instanceof Enum<?> constant) {
      return code(constant);
    } else if (value instanceof ZoneId zone) {
      return zone.getId();
    } else if (value instanceof String || value instanceof Duration) {
      return value.toString();
    }
    throw new IllegalArgumentException(
        "no catalog document can hold a " + value.getClass().getName());
  }

  private static String code(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode fields(Record record) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    if (Arrays.stream(record.getClass().getInterfaces()).anyMatch(Class::isSealed)) {
      sorted.put(TYPE, NODES.textNode(name(record.getClass())));
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(record, component);
      if (!isEmpty(value)) {
        sorted.put(component.getName(), encode(value));
      }
    }
    return NODES.objectNode().setAll(sorted);
  }

  private static Object value(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " can't be read", e);
    }
  }

  private static boolean isEmpty(Object value) {
    return value.equals(Optional.empty())
        || value.equals(false)
        || value.equals("")
        || (value instanceof Number number && number.longValue() == 0)
        || (value instanceof Collection<?> collection && collection.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }

  private static String name(Class<?> type) {
    return type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /**
   * The catalog of a document.
   *
   * @throws Unreadable saying what this release can't read in it
   */
  static Catalog read(JsonNode document) throws Unreadable {
    return (Catalog) read("catalog", Catalog.class, document);
  }

  private static Object read(String path, Class<?> type, JsonNode node) throws Unreadable {
    RecordComponent[] components = type.getRecordComponents();
    Set<String> known =
        Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.toSet());
    known.add(TYPE);
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        throw new Unreadable(path + "." + field.getKey() + " is unknown");
      }
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      RecordComponent component = components[i];
      values[i] = read(
          path + "." + component.getName(),
          component.getGenericType(),
          node.get(component.getName()));
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      throw new Unreadable(path + " is refused: "
          + Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse(""));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " can't be made of its components", e);
    }
  }

  private static Object read(String path, Type type, @Nullable JsonNode node) throws Unreadable {
    if (type instanceof ParameterizedType generic) {
      return read(path, generic, node);
    }
    Class<?> plain = (Class<?>) type;
    if (node == null) {
      return none(path, plain);
    } else if (plain == String.class) {
      return node.textValue();
    } else if (plain == long.class || plain == Long.class) {
      return node.longValue();
    } else if (plain == int.class || plain == Integer.class) {
      return node.intValue();
    } else if (plain == boolean.class || plain == Boolean.class) {
      return node.booleanValue();
    } else if (plain == Duration.class) {
      return Duration.parse(node.textValue());
    } else if (plain == ZoneId.class) {
      return ZoneId.of(node.textValue());
    } else if (plain.isEnum()) {
      return constant(path, plain, node.textValue());
    } else if (plain.isSealed()) {
      return read(path, permitted(path, plain, node.path(TYPE).asText()), node);
    } else if (plain.isRecord()) {
      return read(path, plain, node);
    }
    throw new IllegalArgumentException("no catalog document can hold a " + plain.getName());
  }

  private static Object none(String path, Class<?> type) throws Unreadable {
    if (type == String.class) {
      return "";
    } else if (type == long.class) {
      return 0L;
    } else if (type == int.class) {
      return 0;
    } else if (type == boolean.class) {
      return false;
    }
    throw new Unreadable(path + " is missing");
  }

  private static Object read(String path, ParameterizedType type, @Nullable JsonNode node)
      throws Unreadable {
    Type[] of = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return node == null ? Optional.empty() : Optional.of(read(path, of[0], node));
    } else if (type.getRawType() == List.class) {
      List<JsonNode> elements = node == null
          ? List.of()
          : StreamSupport.stream(node.spliterator(), false).toList();
      Object[] values = new Object[elements.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = read(path + "[" + i + "]", of[0], elements.get(i));
      }
      return List.of(values);
    } else if (type.getRawType() == Map.class) {
      Map<Object, Object> values = new LinkedHashMap<>();
      if (node != null) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          Object key = of[0] instanceof Class<?> named && named.isEnum()
              ? constant(path, named, entry.getKey())
              : entry.getKey();
          values.put(key, read(path + "." + entry.getKey(), of[1], entry.getValue()));
        }
      }
      return values;
    }
    throw new IllegalArgumentException("no catalog document can hold a " + type.getTypeName());
  }

  private static Object constant(String path, Class<?> type, String code) throws Unreadable {
    for (Object constant : type.getEnumConstants()) {
      if (code(constant).equals(code)) {
        return constant;
      }
    }
    throw new Unreadable(path + ": " + code + " is unknown");
  }

  private static Class<?> permitted(String path, Class<?> type, String name) throws Unreadable {
    for (Class<?> each : type.getPermittedSubclasses()) {
      if (name(each).equals(name)) {
        return each;
      }
    }
    throw new Unreadable(path + ": " + name + " is unknown");
  }
}
