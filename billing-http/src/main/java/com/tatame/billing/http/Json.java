package com.tatame.billing.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.tatame.billing.failure.Suggestion;
import com.tatame.billing.failure.ValidationFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The one way in which this package reads and writes JSON, whatever mapper the host uses. */
final class Json {
  private static final ObjectMapper MAPPER = mapper(new SimpleModule());
  private static final ObjectMapper MASKING =
      mapper(new SimpleModule().setSerializerModifier(new SecretFields()));

  private Json() {}

  private static ObjectMapper mapper(SimpleModule module) {
    return JsonMapper.builder()
        .addModule(
            module.addSerializer(new Seconds()).addDeserializer(String.class, new PlainText()))
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .build();
  }

  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Object value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  /** As {@link #text}, with null in the place of every {@link Secret}. */
  static String withoutSecrets(Object value) {
    try {
      return MASKING.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what {@link #text} wrote. */
  static <T> T parse(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a field of what {@link #text} wrote; empty where it is null. */
  static Optional<String> field(String json, String name) {
    return Optional.ofNullable(parse(json, JsonNode.class).path(name).textValue());
  }

  /** What {@link #text} wrote, with another text in a field, or null. */
  static String with(String json, String name, Optional<String> value) {
    return text(parse(json, ObjectNode.class).put(name, value.orElse(null)));
  }

  /**
   * Reads a caller's object.
   *
   * @param strict whether fields that the type doesn't have are refused, and not ignored
   * @throws ValidationFailed naming the field at fault, or {@code body} for the whole
   */
  static <T> T request(byte[] body, Class<T> type, boolean strict) {
    try {
      JsonNode tree = MAPPER.readTree(body);
      if (tree == null || !tree.isObject()) {
        throw ValidationFailed.of("body", "must be a JSON object");
      }
      ObjectReader reader = MAPPER.readerFor(type);
      return (strict ? reader.with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) : reader)
          .readValue(tree);
    } catch (UnrecognizedPropertyException e) {
      List<String> known =
          e.getKnownPropertyIds().stream().map(Object::toString).toList();
      throw ValidationFailed.of(
          path(e), "is not known here" + Suggestion.of(e.getPropertyName(), known));
    } catch (JsonMappingException e) {
      throw ValidationFailed.of(path(e), expectation(e));
    } catch (IOException e) {
      throw ValidationFailed.of("body", "must be valid JSON in UTF-8");
    }
  }

  /** The names of the fields of an object that {@link #request} has read. */
  static Set<String> names(byte[] body) {
    try {
      Set<String> names = new HashSet<>();
      MAPPER.readTree(body).fieldNames().forEachRemaining(names::add);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String path(JsonMappingException e) {
    String path = e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."));
    return path.isEmpty() ? "body" : path;
  }

  private static String expectation(JsonMappingException e) {
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      Class<?> type = mismatch.getTargetType();
      if (type == String.class) {
        return "must be a text without control characters";
      }
      if (type == long.class || type == Long.class || type == int.class || type == Integer.class) {
        return "must be a whole number";
      }
      if (type == boolean.class || type == Boolean.class) {
        return "must be true or false";
      }
    }
    return "has the wrong type";
  }

  /** Instants to the second, as the contract writes them. */
  private static final class Seconds extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1L;

    Seconds() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }

  /** Text only: a number is not a text, and databases refuse NUL and half surrogate pairs. */
  private static final class PlainText extends StdDeserializer<String> {
    private static final long serialVersionUID = 1L;

    PlainText() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING || !InputRules.plain(parser.getText())) {
        throw MismatchedInputException.from(parser, String.class, "not a plain text");
      }
      return parser.getText();
    }
  }
}
