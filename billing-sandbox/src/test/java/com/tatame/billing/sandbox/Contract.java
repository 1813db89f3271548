package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What a server says about itself in its OpenAPI document, held against what it does. */
final class Contract {
  private static final String SECONDS = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$";
  private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private final JsonNode document;
  private final List<Path> paths;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> compiled = new ConcurrentHashMap<>();

  /** A documented operation. */
  record Operation(String method, String path, String access, JsonNode description) {
    /** What lets an API key in; empty where none is asked for. */
    String scope() {
      return description.path("x-scope").asText();
    }

    boolean hasId() {
      return path.contains("{");
    }
  }

  private record Path(String template, Pattern pattern, JsonNode operations) {}

  Contract(JsonNode document) {
    this.document = document;
    close(document.at("/components/schemas"));
    this.paths = document.path("paths").properties().stream()
        .map(entry -> new Path(
            entry.getKey(),
            Pattern.compile(entry.getKey().replaceAll("\\{[^}]+}", "[^/]+")),
            entry.getValue()))
        .sorted(Comparator.comparing((Path path) -> path.template().contains("{")))
        .toList();
  }

  // An undocumented field is a fault; and dates have one form, which schemas only hint at.
  private static void close(JsonNode schemas) {
    schemas.properties().forEach(entry -> {
      if (!entry.getKey().equals("Problem") && entry.getValue() instanceof ObjectNode schema) {
        tighten(schema);
      }
    });
  }

  private static void tighten(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("properties").isObject() && !object.has("additionalProperties")) {
        object.put("additionalProperties", false);
      }
      if (object.path("format").asText().equals("date-time")) {
        object.put("pattern", SECONDS);
      }
    }
    node.forEach(Contract::tighten);
  }

  /** A schema that the document names. */
  JsonNode schema(String name) {
    return document.at("/components/schemas/" + name);
  }

  /** Every operation of the document. */
  List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    for (Path path : paths) {
      path.operations()
          .properties()
          .forEach(entry -> all.add(new Operation(
              entry.getKey().toUpperCase(Locale.ROOT),
              path.template(),
              entry.getValue().path("x-access").asText(),
              entry.getValue())));
    }
    return all;
  }

  /** Fails unless the answer is one that the document foretells. */
  void check(String method, String path, HttpResponse<String> answer) {
    String what = method + " " + path + " -> " + answer.statusCode() + " " + answer.body();
    assertThat(header(answer, "X-Request-ID").orElse("")).as(what).matches(REQUEST_ID);
    assertThat(header(answer, "X-Content-Type-Options")).as(what).contains("nosniff");
    Optional<Path> known =
        paths.stream().filter(any -> any.pattern().matcher(path).matches()).findFirst();
    if (known.isEmpty()) {
      checkProblem(what, answer, 404, "not_found");
      return;
    }
    JsonNode operation = known.get().operations().path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      checkProblem(what, answer, 405, "method_not_allowed");
      Set<String> methods = ConcurrentHashMap.newKeySet();
      known
          .get()
          .operations()
          .fieldNames()
          .forEachRemaining(name -> methods.add(name.toUpperCase(Locale.ROOT)));
      assertThat(header(answer, "Allow").orElse("").split(", ")).as(what).containsAll(methods);
      return;
    }
    checkHeaders(what, operation, answer);
    checkBody(what, operation, answer);
  }

  private void checkHeaders(String what, JsonNode operation, HttpResponse<String> answer) {
    if (!operation.path("x-access").asText().equals("public")) {
      assertThat(header(answer, "Cache-Control")).as(what).contains("no-store");
    }
    if (answer.statusCode() == 201) {
      assertThat(header(answer, "Location")).as(what).isPresent();
    }
    if (answer.statusCode() == 401) {
      assertThat(header(answer, "WWW-Authenticate")).as(what).contains("Bearer");
    }
    if (Set.of(202, 429, 503).contains(answer.statusCode())
        || (isProblem(answer, 409) && answer.body().contains("\"in_progress\""))) {
      assertThat(header(answer, "Retry-After").orElse("")).as(what).matches("[1-9]\\d*");
    }
  }

  private void checkBody(String what, JsonNode operation, HttpResponse<String> answer) {
    JsonNode response = operation.path("responses").path(Integer.toString(answer.statusCode()));
    assertThat(response.isMissingNode()).as("undocumented status: " + what).isFalse();
    if (answer.statusCode() == 204) {
      assertThat(answer.body()).as(what).isEmpty();
      return;
    }
    String type = contentType(answer);
    JsonNode content = response.path("content").path(type);
    assertThat(content.isMissingNode())
        .as("undocumented content type " + type + ": " + what)
        .isFalse();
    if (type.endsWith("json")) {
      checkSchema(what, content.path("schema"), answer);
    }
    if (type.equals("application/problem+json")) {
      assertThat(response.path("description").asText())
          .as(what)
          .contains("`" + Json.read(answer.body()).path("code").asText() + "`");
    }
  }

  private void checkProblem(
      String what, HttpResponse<String> answer, int status, String expectedCode) {
    assertThat(answer.statusCode()).as(what).isEqualTo(status);
    assertThat(contentType(answer)).as(what).isEqualTo("application/problem+json");
    checkSchema(what, Json.read("{\"$ref\":\"#/components/schemas/Problem\"}"), answer);
    assertThat(Json.read(answer.body()).path("code").asText()).as(what).isEqualTo(expectedCode);
  }

  private void checkSchema(String what, JsonNode schema, HttpResponse<String> answer) {
    List<Error> errors = compiled
        .computeIfAbsent(schema.toString(), text -> compile(schema))
        .validate(answer.body(), InputFormat.JSON);
    assertThat(errors).as(what).isEmpty();
    if (contentType(answer).equals("application/problem+json")) {
      JsonNode problem = Json.read(answer.body());
      assertThat(problem.path("status").asInt()).as(what).isEqualTo(answer.statusCode());
      // A replay names the request that was refused first.
      if (header(answer, "Idempotent-Replayed").isEmpty()) {
        assertThat(problem.path("requestId").asText())
            .as(what)
            .isEqualTo(header(answer, "X-Request-ID").orElse(""));
      }
    }
  }

  private Schema compile(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    return registry.getSchema(whole.toString(), InputFormat.JSON);
  }

  private static boolean isProblem(HttpResponse<String> answer, int status) {
    return answer.statusCode() == status && contentType(answer).equals("application/problem+json");
  }

  private static String contentType(HttpResponse<String> answer) {
    return header(answer, "Content-Type").orElse("").split(";", 2)[0];
  }

  private static Optional<String> header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name);
  }
}
