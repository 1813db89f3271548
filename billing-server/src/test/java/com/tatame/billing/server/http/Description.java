package com.tatame.billing.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The API's description as it is served, read as an outsider does. */
final class Description {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode document;

  Description(JsonNode document) {
    this.document = document;
  }

  /** A documented route. */
  record Operation(String method, String path, JsonNode details) {
    String access() {
      return details.path("x-access").asText();
    }

    /** The kinds of callers that are let in. */
    List<String> callers() {
      List<String> callers = new ArrayList<>();
      details.path("x-callers").forEach(caller -> callers.add(caller.asText()));
      return callers;
    }

    /** What it does to the account: billing, use or none. */
    String effect() {
      return details.path("x-effect").asText();
    }

    /** Whether it is an old name of another. */
    boolean deprecated() {
      return details.path("deprecated").asBoolean();
    }

    /** Whether visitors are let in who have not signed in. */
    boolean anonymousToo() {
      return details.path("x-anonymous").asBoolean();
    }

    /** What lets an API key in; empty where none is asked for. */
    String scope() {
      return details.path("x-scope").asText();
    }

    /** The path with this in the place of each parameter. */
    String pathWith(String id) {
      return path.replaceAll("\\{\\w+}", id);
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(path -> path.getValue()
            .properties()
            .forEach(operation -> operations.add(new Operation(
                operation.getKey().toUpperCase(Locale.ROOT),
                path.getKey(),
                operation.getValue()))));
    return operations;
  }

  Operation operation(String method, String path) {
    return operations().stream()
        .filter(o -> o.method().equals(method) && o.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not documented: " + method + " " + path));
  }

  /** What an answer has that the description doesn't allow; empty if nothing. */
  List<String> faults(Operation operation, RunningServer.Reply reply) {
    JsonNode response =
        operation.details().path("responses").path(Integer.toString(reply.status()));
    if (response.isMissingNode()) {
      return List.of("status " + reply.status() + " is not documented");
    }
    if (reply.status() == 204) {
      return reply.body().isEmpty() ? List.of() : List.of("there is a body");
    }
    String type = reply.header("Content-Type").split(";", 2)[0];
    JsonNode schema = response.path("content").path(type).path("schema");
    if (schema.isMissingNode()) {
      return List.of("content type " + type + " is not documented");
    }
    if (!type.endsWith("json")) {
      return List.of();
    }
    ObjectNode standalone = schema.deepCopy();
    standalone.set("components", document.path("components"));
    return SCHEMAS
        .getSchema(standalone.toString(), InputFormat.JSON)
        .validate(reply.body(), InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }
}
