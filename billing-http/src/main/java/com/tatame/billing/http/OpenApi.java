package com.tatame.billing.http;

import com.tatame.billing.http.Route.BodyRule;
import com.tatame.billing.http.Route.Parameter;
import com.tatame.billing.http.Route.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The OpenAPI 3.1 document of a route table. */
final class OpenApi {
  private static final String INTRODUCTION = """
      Times are UTC to the second, amounts are in the currency's minor unit. Keys are always present; \
      an absent value is null. Ignore fields and values that you don't know. Query parameters and body \
      fields that a route under `/api/v1` doesn't have are refused, with what was probably meant.

      Errors are problem documents with a stable `code`. `X-Request-ID` is taken or made, and \
      answered. Whatever changes something may carry an `Idempotency-Key`: the same key and body \
      get the first answer again (`Idempotent-Replayed: true`), another body is refused. What is \
      not done within ten seconds is 409 `in_progress` with `Retry-After`; the same key gets its \
      result. Answers that leave the question open (202, 429, 5xx, `in_progress`) are not kept.""";

  private final String version;
  private final Schemas schemas = new Schemas();

  private OpenApi(String version) {
    this.version = version;
  }

  static Map<String, Object> describe(List<Route> routes, String version) {
    return new OpenApi(version).document(routes);
  }

  private Map<String, Object> document(List<Route> routes) {
    Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
    for (Route route : routes) {
      paths
          .computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
          .put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info", Map.of("title", "Tatame Billing", "version", version, "description", INTRODUCTION));
    document.put("servers", List.of(Map.of("url", "/")));
    document.put("paths", paths);
    document.put("webhooks", Map.of("event", Map.of("post", eventDelivery())));
    document.put(
        "components",
        Map.of(
            "schemas",
            schemas.named(),
            "securitySchemes",
            Map.of(
                "signedIn",
                Map.of(
                    "type",
                    "http",
                    "scheme",
                    "bearer",
                    "bearerFormat",
                    "JWT",
                    "description",
                    "A token of the identity provider."),
                "apiKey",
                Map.of(
                    "type",
                    "http",
                    "scheme",
                    "bearer",
                    "description",
                    "A key, bk_…, with this scope or a wider one: admin permits everything, account"
                        + " also entitlements."),
                "anonymous",
                Map.of(
                    "type",
                    "apiKey",
                    "in",
                    "header",
                    "name",
                    "Authorization",
                    "description",
                    "Anonymous and a blank before the token of an anonymous session."),
                "metrics",
                Map.of(
                    "type",
                    "http",
                    "scheme",
                    "bearer",
                    "description",
                    "The value of METRICS_TOKEN."))));
    return document;
  }

  /** What is sent to the addresses of others. */
  private Map<String, Object> eventDelivery() {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("tags", List.of("Events"));
    operation.put("summary", "An event, to each endpoint that wants its type");
    operation.put(
        "description",
        "Signed as Standard Webhooks says. It comes at least once, and in the order of its account's"
            + " `sequence`; `id` tells one that was received already. An endpoint answers within 15"
            + " seconds.");
    operation.put(
        "parameters",
        List.of(
            deliveryHeader("webhook-id", "The event's id, the same in each attempt."),
            deliveryHeader("webhook-timestamp", "When it was sent, in seconds since 1970."),
            deliveryHeader(
                "webhook-signature",
                "v1, a comma and the HMAC-SHA256, in Base64, of id, timestamp and body with periods"
                    + " between; several with blanks between while secrets change.")));
    operation.put(
        "requestBody",
        Map.of(
            "required",
            true,
            "content",
            content(Answer.JSON, schemas.answer(PublishedEventAnswer.class))));
    operation.put(
        "responses",
        Map.of(
            "2XX", Map.of("description", "Received."),
            "default", Map.of("description", "Not received: it is sent again.")));
    return operation;
  }

  private static Map<String, Object> deliveryHeader(String name, String description) {
    return Map.of(
        "name",
        name,
        "in",
        "header",
        "required",
        true,
        "description",
        description,
        "schema",
        Map.of("type", "string"));
  }

  private Map<String, Object> operation(Route route) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("tags", List.of(route.description().tag()));
    operation.put("summary", route.description().summary());
    operation.put("operationId", operationId(route));
    route.description().deprecatedFor().ifPresent(path -> {
      operation.put("deprecated", true);
      operation.put("description", "Another name for " + path + ".");
    });
    operation.put("x-access", route.admission().access().name().toLowerCase(Locale.ROOT));
    operation.put("x-callers", route.callers().stream().map(Caller::code).toList());
    operation.put("x-effect", route.admission().effect().code());
    operation.put(
        "security",
        switch (route.admission().access()) {
          case PUBLIC -> List.of();
          case METRICS -> List.of(Map.of("metrics", List.of()));
          case SIGNED_IN, TRUSTED, ADMINISTRATOR -> callers(route);
        });
    if (route.admission().anonymousToo()) {
      operation.put("x-anonymous", true);
    }
    if (route.authenticated()) {
      operation.put("x-scope", route.admission().scope().code());
    }
    operation.put("parameters", parameters(route));
    if (route.input().bodyRule() == BodyRule.RAW) {
      operation.put(
          "requestBody",
          Map.of(
              "required",
              true,
              "description",
              "The event exactly as the provider signed it.",
              "content",
              Map.of(Answer.JSON, Map.of("schema", Map.of("type", "object")))));
    }
    route
        .input()
        .body()
        .ifPresent(type -> operation.put(
            "requestBody",
            Map.of("required", true, "content", content(Answer.JSON, schemas.request(type)))));
    operation.put("responses", responses(route));
    return operation;
  }

  private static List<Map<String, List<String>>> callers(Route route) {
    List<Map<String, List<String>>> callers = new ArrayList<>();
    callers.add(Map.of("signedIn", List.of()));
    callers.add(Map.of("apiKey", List.of(route.admission().scope().code())));
    if (route.admission().anonymousToo()) {
      callers.add(Map.of("anonymous", List.of()));
    }
    return callers;
  }

  private static String operationId(Route route) {
    return route.method().toLowerCase(Locale.ROOT)
        + route.path().replaceAll("[^A-Za-z0-9]+", "_").replaceAll("_$", "");
  }

  private static List<Map<String, Object>> parameters(Route route) {
    List<Map<String, Object>> parameters = new ArrayList<>();
    for (String name : route.pathParameters()) {
      parameters.add(Map.of(
          "name",
          name,
          "in",
          "path",
          "required",
          true,
          "schema",
          Map.of("type", "string", "maxLength", 255)));
    }
    route.input().parameters().forEach(parameter -> parameters.add(parameter(parameter)));
    if (route.actsForAccount()) {
      parameters.add(parameter(new Parameter(
          Authentication.ACCOUNT_HEADER,
          "header",
          "The account that an API key acts for. Required of a key, ignored of others.",
          Parameter.Type.TEXT)));
    }
    if (!route.method().equals("GET") && route.authenticated()) {
      parameters.add(parameter(new Parameter(
          "Idempotency-Key",
          "header",
          "1 to 255 printable ASCII characters, fresh for every new request.",
          Parameter.Type.TEXT)));
    }
    parameters.add(parameter(new Parameter(
        "X-Request-ID", "header", "Taken over into answer and logs.", Parameter.Type.TEXT)));
    return parameters;
  }

  private static Map<String, Object> parameter(Parameter parameter) {
    return Map.of(
        "name",
        parameter.name(),
        "in",
        parameter.in(),
        "required",
        false,
        "description",
        parameter.description(),
        "schema",
        switch (parameter.type()) {
          case TEXT -> Map.of("type", "string");
          case FLAG -> Map.of("type", "boolean");
          case LIMIT ->
            Map.of(
                "type",
                "integer",
                "minimum",
                1,
                "maximum",
                PageRequest.MAX_LIMIT,
                "default",
                PageRequest.DEFAULT_LIMIT);
        });
  }

  private Map<String, Object> responses(Route route) {
    Map<String, Object> responses = new TreeMap<>();
    for (ProblemCode code : problems(route)) {
      Map<String, Object> problem = new LinkedHashMap<>();
      problem.put("description", code.title() + ": `" + code.code() + "`");
      problem.put("content", content(Answer.PROBLEM, schemas.answer(Problem.class)));
      if (Answer.isTemporary(code.status())) {
        problem.put("headers", retryAfter());
      }
      responses.merge(Integer.toString(code.status()), problem, OpenApi::bothDescriptions);
    }
    for (Reply reply : route.description().replies()) {
      responses.merge(Integer.toString(reply.status()), reply(reply), OpenApi::eitherContent);
    }
    return responses;
  }

  @SuppressWarnings("unchecked") // Both were put there by responses().
  private static Object bothDescriptions(Object one, Object other) {
    Map<String, Object> merged = new LinkedHashMap<>((Map<String, Object>) one);
    merged.put(
        "description",
        merged.get("description") + "; " + ((Map<String, Object>) other).get("description"));
    return merged;
  }

  /** A route may have an answer of its own for a status that the server answers as well. */
  @SuppressWarnings("unchecked") // Both were put there by responses().
  private static Object eitherContent(Object problem, Object reply) {
    Map<String, Object> merged = (Map<String, Object>) bothDescriptions(reply, problem);
    Map<String, Object> content = new LinkedHashMap<>(contentOf((Map<String, Object>) reply));
    content.putAll(contentOf((Map<String, Object>) problem));
    merged.put("content", content);
    return merged;
  }

  @SuppressWarnings("unchecked") // As content() made it.
  private static Map<String, Object> contentOf(Map<String, Object> response) {
    return (Map<String, Object>) response.getOrDefault("content", Map.of());
  }

  private Map<String, Object> reply(Reply reply) {
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("description", reply.description());
    Map<String, Object> schema = reply
        .type()
        .map(type -> reply.list() ? schemas.page(type) : schemas.answer(type))
        .orElse(Map.of());
    if (reply.status() != 204) {
      response.put("content", content(reply.contentType(), schema));
    }
    if (reply.status() == 201) {
      response.put("headers", header("Location", "Where it can be read."));
    }
    if (reply.status() == 202 || Answer.isTemporary(reply.status())) {
      response.put("headers", retryAfter());
    }
    return response;
  }

  private static Map<String, Object> retryAfter() {
    return header("Retry-After", "Seconds to wait before asking again.");
  }

  private static Map<String, Object> header(String name, String description) {
    return Map.of(name, Map.of("description", description, "schema", Map.of("type", "string")));
  }

  private static Map<String, Object> content(String type, Map<String, Object> schema) {
    return Map.of(type.split(";", 2)[0], Map.of("schema", schema));
  }

  private static List<ProblemCode> problems(Route route) {
    List<ProblemCode> codes = new ArrayList<>();
    boolean post = route.method().equals("POST");
    if (post || !route.input().parameters().isEmpty() || route.actsForAccount()) {
      codes.add(
          route.input().bodyRule() == BodyRule.RAW
              ? ProblemCode.INVALID_SIGNATURE
              : ProblemCode.VALIDATION_FAILED);
    }
    if (route.admission().access() != Access.PUBLIC) {
      codes.add(ProblemCode.UNAUTHENTICATED);
      codes.add(ProblemCode.FORBIDDEN);
    }
    if (route.authenticated()) {
      codes.add(ProblemCode.IDENTITY_UNAVAILABLE);
    }
    if (route.admission().fromProvider()) {
      codes.add(ProblemCode.FORBIDDEN);
    }
    if (!route.pathParameters().isEmpty()) {
      codes.add(ProblemCode.NOT_FOUND);
    }
    codes.addAll(route.description().refusals());
    if (!route.method().equals("GET") && route.authenticated()) {
      codes.add(ProblemCode.VALIDATION_FAILED);
      codes.add(ProblemCode.IN_PROGRESS);
      codes.add(ProblemCode.IDEMPOTENCY_KEY_REUSED);
    }
    if (post && route.authenticated()) {
      codes.add(ProblemCode.UNSUPPORTED_MEDIA_TYPE);
    }
    if (post) {
      codes.add(ProblemCode.PAYLOAD_TOO_LARGE);
      codes.add(ProblemCode.REQUEST_TIMEOUT);
    }
    codes.add(ProblemCode.SERVER_BUSY);
    codes.add(ProblemCode.STORE_UNAVAILABLE);
    codes.add(ProblemCode.WRITES_PAUSED);
    codes.add(ProblemCode.INTERNAL_ERROR);
    return codes.stream().distinct().toList();
  }
}
