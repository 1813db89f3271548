package com.tatame.billing.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.testkit.SessionToken;
import com.tatame.billing.testkit.TestIssuer;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What scripts need beyond the product's own routes: tokens, and command over time. */
final class SandboxRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  private final TestIssuer issuer;
  private final TimeMachine timeMachine;
  private final InstantSource wallClock;

  SandboxRoutes(TestIssuer issuer, TimeMachine timeMachine, InstantSource wallClock) {
    this.issuer = issuer;
    this.timeMachine = timeMachine;
    this.wallClock = wallClock;
  }

  void mount(RoutesConfig routes) {
    routes.post("/sandbox/token", explained(this::token));
    routes.get("/sandbox/clock", explained(this::now));
    routes.post("/sandbox/clock", explained(this::advance));
    routes.post("/sandbox/idle", explained(this::idle));
    routes.get("/.well-known/jwks.json", context -> json(context, issuer.jwks()));
  }

  private void token(Context context) throws JsonProcessingException {
    JsonNode body = body(context);
    String user = text(body, "user")
        .orElseThrow(() -> ValidationFailed.of("user", "is required, such as user_alice"));
    Instant expiresAt = wallClock.instant().plus(TOKEN_LIFE).truncatedTo(ChronoUnit.SECONDS);
    SessionToken token = issuer
        .sessionToken(user)
        .expiresAt(expiresAt)
        .claim("email", text(body, "email").orElse(TestUsers.email(user)));
    if (text(body, "role").isPresent()) {
      token = token.claim("role", text(body, "role").get());
    }
    if (text(body, "org").isPresent()) {
      token =
          token.inOrganization(text(body, "org").get(), text(body, "orgRole").orElse("member"));
    }
    answer(context, Map.of("token", token.sign(), "expiresAt", expiresAt.toString()));
  }

  private void now(Context context) throws JsonProcessingException {
    answer(context, Map.of("now", timeMachine.instant().toString()));
  }

  private void advance(Context context) throws JsonProcessingException {
    String amount = text(body(context), "advance")
        .orElseThrow(() -> ValidationFailed.of("advance", "is required, such as P31D"));
    answer(context, Map.of("now", timeMachine.advance(amount).toString()));
  }

  private void idle(Context context) throws JsonProcessingException {
    timeMachine.settle();
    answer(context, Map.of("idle", true));
  }

  private interface Action {
    void run(Context context) throws Exception;
  }

  private static Handler explained(Action action) {
    return context -> {
      try {
        action.run(context);
      } catch (BillingException e) {
        List<Map<String, String>> errors = e instanceof ValidationFailed invalid
            ? invalid.errors().stream()
                .map(error -> Map.of("field", error.field(), "message", error.message()))
                .toList()
            : List.of();
        context.status(e instanceof ValidationFailed ? 400 : 503);
        answer(
            context,
            Map.of(
                "type",
                "about:blank",
                "title",
                "The sandbox can't do that",
                "status",
                context.statusCode(),
                "detail",
                String.valueOf(e.getMessage()),
                "code",
                e.code(),
                "errors",
                errors));
        context.contentType("application/problem+json");
      }
    };
  }

  private static JsonNode body(Context context) {
    try {
      JsonNode body = JSON.readTree(context.bodyAsBytes());
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (IOException e) {
      // answered below like every other body that is no object
    }
    throw ValidationFailed.of("body", "must be a JSON object");
  }

  private static Optional<String> text(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw ValidationFailed.of(field, "must be a text");
    }
    return Optional.of(value.textValue());
  }

  private static void answer(Context context, Map<String, Object> body)
      throws JsonProcessingException {
    json(context, JSON.writeValueAsString(body));
  }

  private static void json(Context context, String body) {
    context.header("Cache-Control", "no-store");
    context.header("X-Content-Type-Options", "nosniff");
    context.contentType("application/json").result(body);
  }
}
