package com.tatame.billing.mailservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.failure.ValidationFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/** Fields of a report, whose absence names the field. */
final class ReportFields {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_DETAIL = 300;
  private static final long MAX_SECONDS = 253_402_300_799L;

  private final JsonNode object;
  private final String path;

  /**
   * Of one report.
   *
   * @param path before the names of its fields, such as {@code [2].}
   */
  ReportFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  static JsonNode parse(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw ValidationFailed.of("body", "must be JSON");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<String> text(String field) {
    return ServiceJson.text(object, field);
  }

  /** Of an object within it, such as metadata. */
  Optional<String> text(String outer, String field) {
    return ServiceJson.text(object.path(outer), field);
  }

  String required(String field) {
    return text(field).orElseThrow(() -> failed(field, "must be a text that is not empty"));
  }

  /** A text or a number, as text. */
  String requiredId(String field) {
    JsonNode value = object.path(field);
    return value.isIntegralNumber() ? value.asText() : required(field);
  }

  boolean isTrue(String field) {
    return object.path(field).asBoolean(false);
  }

  Instant seconds(String field) {
    JsonNode value = object.path(field);
    if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > MAX_SECONDS) {
      throw failed(field, "must be a time in seconds since 1970");
    }
    return Instant.ofEpochSecond(value.asLong());
  }

  Instant time(String field) {
    try {
      return OffsetDateTime.parse(required(field)).toInstant();
    } catch (DateTimeException e) {
      throw failed(field, "must be a time such as 2026-11-05T16:33:54Z");
    }
  }

  /** What the service says went wrong, in one line and without the address. */
  Optional<String> detail(String field, String recipient) {
    return text(field)
        .map(text -> text.replaceAll("(?i)" + Pattern.quote(recipient), "…"))
        .map(text -> text.replaceAll("[^\\s<>()\\[\\]:;,\"']+@[^\\s<>()\\[\\]:;,\"']+", "…"))
        .map(text -> SingleLine.of(text, MAX_DETAIL))
        .filter(text -> !text.isEmpty());
  }

  private ValidationFailed failed(String field, String message) {
    return ValidationFailed.of(path + field, message);
  }
}
