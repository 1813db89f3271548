package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.Contract.Operation;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Every parameter and field that the server describes, with values that clocks, databases and numbers
 * can't hold: each is refused or taken, and none is an internal error. Afterwards everything that the
 * caller had can still be read.
 */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class HostileValuesTest {
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+}");

  private static final List<String> TIMES = List.of(
      "0000-01-01T00:00:00Z",
      "-0001-01-01T00:00:00Z",
      "1999-12-31T23:59:59Z",
      "2200-01-01T00:00:00Z",
      "9999-12-31T23:59:59Z",
      "2199-12-31T23:59:59-18:00",
      "+999999999-12-31T23:59:59Z",
      "2026-02-30T00:00:00Z",
      "9223372036854775807");

  private static final List<String> TEXTS = List.of(
      "\u0000", "'; drop table users; --", "%00", "../../etc", "\ud83d\ude00", "x".repeat(300));

  /** As JSON writes them. */
  private static final List<String> NUMBERS = List.of(
      "-1",
      "0",
      "1.5",
      "1e400",
      "9223372036854775807",
      "-9223372036854775808",
      "99999999999999999999",
      "true",
      "null",
      "[]",
      "{}");

  /** A half of a pair, which UTF-8 has no bytes for. */
  private static final String HALF = "\"\\ud800\"";

  private static final Map<String, String> BODIES = bodies();

  private final LocalServer world;
  private final Buyer owner;
  private final String subscription;
  private final ApiClient trusted;
  private final List<Operation> operations;

  HostileValuesTest(Worlds worlds) {
    world = worlds.world();
    owner = new Buyer(world);
    Reply opened = owner.checkout("basic", "monthly");
    Buyer.pay(opened.at("/url"), Buyer.PAYS);
    subscription = owner.confirm(opened.at("/sessionId")).at("/subscription/id");
    world.settle();
    // A program that is let in everywhere and acts for the owner.
    trusted = owner
        .api()
        .as(owner
            .api()
            .as(world.token("user_root"))
            .post("/api/v1/api-keys", "{\"name\":\"hostile values\",\"scopes\":[\"admin\"]}")
            .at("/key"));
    operations = trusted.contract().operations();
  }

  private static Map<String, String> bodies() {
    Map<String, String> all = new TreeMap<>(OthersObjectsTest.BODIES);
    all.put("NewGrant", "{\"accountId\":\"user_x\",\"tier\":\"pro\",\"reason\":\"r\"}");
    all.put("CancelRequest", "{\"when\":\"period_end\"}");
    all.put("NewApiKey", "{\"name\":\"n\",\"scopes\":[\"webhooks:read\"]}");
    all.put("UsageReportRequest", "{\"type\":\"video_reviews\",\"amount\":1}");
    all.put(
        "ReplayMany",
        "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-02T00:00:00Z\",\"dryRun\":true}");
    return all;
  }

  @Test
  void noValueOfAnyQueryParameterIsAnInternalError() {
    List<String> values = new ArrayList<>(TIMES);
    values.addAll(TEXTS);
    values.addAll(NUMBERS);
    int tried = 0;
    for (Operation operation : operations) {
      for (JsonNode parameter : operation.description().path("parameters")) {
        if (parameter.path("in").asText().equals("query") && canonical(operation)) {
          for (String value : values) {
            String query = parameter.path("name").asText() + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
            answered(operation, path(operation) + "?" + query, "{}");
            tried++;
          }
        }
      }
    }
    assertThat(tried).isGreaterThan(500);
    everythingCanStillBeRead();
  }

  @Test
  void noValueOfAnyFieldIsAnInternalError() {
    List<String> values = new ArrayList<>(NUMBERS);
    values.add(HALF);
    TIMES.forEach(time -> values.add(Json.write(time)));
    TEXTS.forEach(text -> values.add(Json.write(text)));
    int tried = 0;
    for (Operation operation : operations) {
      String schema = schemaName(operation);
      if (!WITH_BODY.contains(operation.method()) || schema.isEmpty() || !canonical(operation)) {
        continue;
      }
      ObjectNode good = (ObjectNode) Json.read(BODIES.getOrDefault(schema, "{}"));
      List<String> fields = new ArrayList<>();
      trusted
          .contract()
          .schema(schema)
          .path("properties")
          .fieldNames()
          .forEachRemaining(fields::add);
      for (String field : fields) {
        ObjectNode others = good.deepCopy();
        others.remove(field);
        String rest = others.isEmpty()
            ? ""
            : "," + others.toString().substring(1, others.toString().length() - 1);
        for (String value : values) {
          answered(operation, path(operation), "{\"" + field + "\":" + value + rest + "}");
          tried++;
        }
      }
    }
    assertThat(tried).isGreaterThan(1_000);
    everythingCanStillBeRead();
  }

  private void answered(Operation operation, String path, String body) {
    boolean sendsBody = WITH_BODY.contains(operation.method());
    // The client holds each answer against the description, internal errors among it.
    Reply reply = trusted.call(
        operation.method(),
        path,
        sendsBody ? BodyPublishers.ofString(body) : BodyPublishers.noBody(),
        "X-Account-Id",
        owner.user());
    assertThat(reply.status())
        .as("%s %s %s: %s", operation.method(), path, body, reply.body())
        .isLessThan(500);
  }

  private void everythingCanStillBeRead() {
    for (String path : List.of(
        "/api/v1/subscriptions",
        "/api/v1/entitlements",
        "/api/v1/usage",
        "/api/v1/invoices",
        "/api/v1/billing-events")) {
      assertThat(owner.api().get(path).status()).as(path).isEqualTo(200);
    }
    world.settle();
  }

  private static boolean canonical(Operation operation) {
    return operation.path().startsWith("/api/v1/")
        && !operation.description().path("deprecated").asBoolean();
  }

  private String path(Operation operation) {
    return PARAMETER
        .matcher(operation
            .path()
            .replace("{feature}", "video_reviews")
            .replace("subscriptions/{id}", "subscriptions/" + subscription))
        .replaceAll("unknown");
  }

  private static String schemaName(Operation operation) {
    Matcher reference = Pattern.compile("schemas/(\\w+)")
        .matcher(operation.description().path("requestBody").toString());
    return reference.find() ? reference.group(1) : "";
  }
}
