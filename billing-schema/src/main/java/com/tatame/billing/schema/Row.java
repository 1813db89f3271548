package com.tatame.billing.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.account.AccountId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One row as JSON, its columns by name. What is absent is an SQL null. The database keeps
 * microseconds, so an instant loses its nanoseconds here, and not by a rounding over there.
 */
record Row(JsonNode json) {
  static Row empty() {
    return new Row(JsonNodeFactory.instance.objectNode());
  }

  /** This row with one more column; an empty value leaves it out. */
  Row with(String column, Object value) {
    JsonNode encoded = encode(value);
    if (encoded != null) {
      ((ObjectNode) json).set(column, encoded);
    }
    return this;
  }

  private static @Nullable JsonNode encode(Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof Optional<?> optional) {
      return optional.isPresent() ? encode(optional.get()) : null;
    } else if (value instanceof String text) {
      return nodes.textNode(text);
    } else if (value instanceof Long number) {
      return nodes.numberNode(number.longValue());
    } else if (value instanceof Integer number) {
      return nodes.numberNode(number.intValue());
    } else if (value instanceof BigDecimal number) {
      return DecimalNode.valueOf(number);
    } else if (value instanceof Boolean flag) {
      return nodes.booleanNode(flag);
    } else if (value instanceof Instant instant) {
      return nodes.textNode(instant.truncatedTo(ChronoUnit.MICROS).toString());
    } else if (value instanceof Enum<?> constant) {
      return nodes.textNode(constant.name().toLowerCase(Locale.ROOT));
    } else if (value instanceof Row row) {
      return row.json;
    } else if (value instanceof AccountId account) {
      return nodes.textNode(account.value());
    } else if (value instanceof Record record) {
      return RecordRows.row(record).json;
    } else if (value instanceof Collection<?> collection) {
      ArrayNode array = nodes.arrayNode();
      collection.forEach(element -> array.add(encode(element)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode object = nodes.objectNode();
      map.forEach((key, element) -> object.set(key.toString(), encode(element)));
      return object;
    }
    throw new IllegalArgumentException(
        "no column can hold a " + value.getClass().getName());
  }

  boolean has(String column) {
    return json.hasNonNull(column);
  }

  private JsonNode required(String column) {
    JsonNode value = json.get(column);
    if (value == null || value.isNull()) {
      throw new IllegalStateException("the database's answer lacks " + column);
    }
    return value;
  }

  private <T> Optional<T> optional(String column, Function<String, T> read) {
    return has(column) ? Optional.of(read.apply(column)) : Optional.empty();
  }

  String text(String column) {
    return required(column).textValue();
  }

  Optional<String> optionalText(String column) {
    return optional(column, this::text);
  }

  long number(String column) {
    return required(column).longValue();
  }

  Optional<Long> optionalNumber(String column) {
    return optional(column, this::number);
  }

  int integer(String column) {
    return required(column).intValue();
  }

  Optional<BigDecimal> optionalDecimal(String column) {
    return optional(column, name -> required(name).decimalValue());
  }

  boolean flag(String column) {
    return required(column).booleanValue();
  }

  Instant instant(String column) {
    return OffsetDateTime.parse(text(column)).toInstant();
  }

  Optional<Instant> optionalInstant(String column) {
    return optional(column, this::instant);
  }

  <E extends Enum<E>> E constant(String column, Class<E> type) {
    return Enum.valueOf(type, text(column).toUpperCase(Locale.ROOT));
  }

  <E extends Enum<E>> Optional<E> optionalConstant(String column, Class<E> type) {
    return optional(column, name -> constant(name, type));
  }

  Optional<Row> optionalRow(String column) {
    return optional(column, name -> new Row(required(name)));
  }

  /** The rows in this column; none if it is absent. */
  Rows rows(String column) {
    return has(column) ? new Rows(required(column)) : Rows.NONE;
  }

  List<String> textList(String column) {
    return StreamSupport.stream(required(column).spliterator(), false)
        .map(JsonNode::textValue)
        .toList();
  }

  SortedMap<String, String> texts(String column) {
    SortedMap<String, String> texts = new TreeMap<>();
    if (has(column)) {
      required(column)
          .properties()
          .forEach(entry -> texts.put(entry.getKey(), entry.getValue().textValue()));
    }
    return texts;
  }
}
