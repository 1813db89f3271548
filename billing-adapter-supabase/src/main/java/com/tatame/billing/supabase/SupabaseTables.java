package com.tatame.billing.supabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.importing.SourceTables;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tables of a Supabase project, over its Data API; their schema must be one that it exposes, as
 * {@code public} is. Thread-safe.
 */
public final class SupabaseTables implements SourceTables {
  // An amount is kept as it is written, to its last digit.
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .build();
  private static final Set<Integer> SUCCESS = Set.of(200, 206);

  /** A table, a schema that is not exposed, a column, a right. */
  private static final Map<String, String> MISTAKES = Map.of(
      "PGRST205", "is no table that the project's Data API shows",
      "42P01", "is no table that the project's Data API shows",
      "PGRST106", "is of a schema that the project's Data API does not expose",
      "42703", "lacks a column that is to be read",
      "PGRST204", "lacks a column that is to be read",
      "42501", "may not be read with this key");

  private final SupabaseConfig config;
  private final ServiceKey key;
  private final HttpClient client;

  /** The project at this address; the schema of the configuration plays no part. */
  public static SupabaseTables open(SupabaseConfig config) {
    return new SupabaseTables(config);
  }

  private SupabaseTables(SupabaseConfig config) {
    this.config = config;
    this.key = new ServiceKey(config.serviceKey());
    this.client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(config.connectTimeout())
        .build();
  }

  @Override
  public Set<String> columns(Table table) {
    Set<String> columns = new TreeSet<>();
    try {
      for (JsonNode row : rows(table, ask(table, "select=*&limit=1", false))) {
        row.properties().forEach(field -> columns.add(field.getKey()));
      }
    } catch (ValidationFailed e) {
      return Set.of();
    }
    return columns;
  }

  @Override
  public List<Map<String, String>> page(
      Table table, Set<String> columns, String key, Optional<String> after, int limit) {
    columns.forEach(SupabaseTables::requireName);
    requireName(key);
    String query = "select=" + String.join(",", columns) + "&order=" + key + ".asc&limit=" + limit
        + "&" + key + "="
        + after
            .map(value -> "gt." + URLEncoder.encode(value, StandardCharsets.UTF_8))
            .orElse("not.is.null");
    List<Map<String, String>> page = new ArrayList<>();
    for (JsonNode row : rows(table, ask(table, query, false))) {
      Map<String, String> fields = new LinkedHashMap<>();
      row.properties().forEach(field -> {
        JsonNode value = field.getValue();
        if (!value.isNull()) {
          fields.put(field.getKey(), text(value));
        }
      });
      page.add(fields);
    }
    return page;
  }

  private static String text(JsonNode value) {
    if (value.isBigDecimal()) {
      return value.decimalValue().toPlainString();
    }
    return value.isTextual() ? value.asText() : value.toString();
  }

  @Override
  public long count(Table table, String key) {
    requireName(key);
    HttpResponse<String> answer =
        ask(table, "select=" + key + "&limit=1&" + key + "=not.is.null", true);
    String range = answer.headers().firstValue("Content-Range").orElse("");
    String total = range.substring(range.indexOf('/') + 1);
    if (!total.matches("\\d{1,18}")) {
      throw new StoreUnavailable("The project does not say how many rows " + table + " has.");
    }
    return Long.parseLong(total);
  }

  private HttpResponse<String> ask(Table table, String query, boolean counted) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(table, query))
        .timeout(config.callTimeout())
        .header("apikey", key.apiKey())
        .header("Accept-Profile", table.schema())
        .header("Accept", "application/json")
        .GET();
    key.bearer().ifPresent(bearer -> request.header("Authorization", bearer));
    if (counted) {
      request.header("Prefer", "count=exact");
    }
    HttpResponse<String> answer;
    try {
      answer = client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new StoreUnavailable("The project to import from can't be reached.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("The call was interrupted.", e);
    }
    if (!SUCCESS.contains(answer.statusCode())) {
      throw failure(table, answer);
    }
    return answer;
  }

  private URI uri(Table table, String query) {
    String root = config.url().replaceFirst("/+$", "");
    return URI.create(root + "/rest/v1/" + table.name() + "?" + query);
  }

  // Codes are taken from what the API says, and never its words: they hold values of rows.
  private static RuntimeException failure(Table table, HttpResponse<String> answer) {
    String code;
    try {
      code = JSON.readTree(answer.body()).path("code").asText("");
    } catch (JsonProcessingException e) {
      code = "";
    }
    Optional<String> mistake = Optional.ofNullable(MISTAKES.get(code));
    if (mistake.isPresent()) {
      return ValidationFailed.of(table.toString(), mistake.get());
    }
    return DataApiFailure.of(answer.statusCode(), answer.body(), table.toString(), table.schema())
        .reason();
  }

  private static JsonNode rows(Table table, HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new StoreUnavailable("What the project answered about " + table + " is no JSON.", e);
    }
  }

  private static void requireName(String column) {
    if (!Table.isName(column)) {
      throw ValidationFailed.of("column", "must have a name of letters, digits and underscores");
    }
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }
}
