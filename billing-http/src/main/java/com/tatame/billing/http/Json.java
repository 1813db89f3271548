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
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.tatame.billing.failure.ValidationFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;

/** The one way in which this package reads and writes JSON, whatever mapper the host uses. */
final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder()
      .addModule(new SimpleModule()
          .addSerializer(new Seconds())
          .addDeserializer(String.class, new PlainText()))
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
      .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
      .build();

  private Json() {}

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

  /** Reads what {@link #text} wrote. */
  static <T> T parse(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a caller's object.
   *
   * @throws ValidationFailed naming the field at fault, or {@code body} for the whole
   */
  static <T> T request(byte[] body, Class<T> type) {
    try {
      JsonNode tree = MAPPER.readTree(body);
      if (tree == null || !tree.isObject()) {
        throw ValidationFailed.of("body", "must be a JSON object");
      }
      return MAPPER.treeToValue(tree, type);
    } catch (JsonMappingException e) {
      throw ValidationFailed.of(path(e), expectation(e));
    } catch (IOException e) {
      throw ValidationFailed.of("body", "must be valid JSON in UTF-8");
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
      if (parser.currentToken() != JsonToken.VALUE_STRING || !Texts.plain(parser.getText())) {
        throw MismatchedInputException.from(parser, String.class, "not a plain text");
      }
      return parser.getText();
    }
  }
}
