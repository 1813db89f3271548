package com.tatame.billing.http;

import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.BillingException;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What every route has in common, around its handler. */
final class HttpShell {
  private static final Logger LOG = LoggerFactory.getLogger(HttpShell.class);
  private static final String UNROUTED = "unrouted";
  private static final String REQUEST_ID = "X-Request-ID";
  private static final Set<String> SENDS_BODY = Set.of("POST", "PUT", "PATCH");

  private final Authentication authentication;
  private final IdempotentAnswers idempotentAnswers;
  private final Cors cors;
  private final PageHeaders pageHeaders;
  private final RequestMetrics metrics;
  private final RequestTraces traces;
  private final RandomGenerator random;
  private final FailureListener failures;

  HttpShell(
      Authentication authentication,
      IdempotentAnswers idempotentAnswers,
      Cors cors,
      PageHeaders pageHeaders,
      RequestMetrics metrics,
      RequestTraces traces,
      RandomGenerator random,
      FailureListener failures) {
    this.authentication = authentication;
    this.idempotentAnswers = idempotentAnswers;
    this.cors = cors;
    this.pageHeaders = pageHeaders;
    this.metrics = metrics;
    this.traces = traces;
    this.random = random;
    this.failures = failures;
  }

  Handler handler(Route route, RouteHandler handler) {
    return context -> exchange(
        context,
        route.path(),
        requestId -> respond(route, handler, context, requestId),
        isPrivate(route));
  }

  Handler preflight(List<String> methods) {
    return context -> {
      context.header(REQUEST_ID, requestId(context));
      cors.preflight(context, methods);
    };
  }

  /** Answers a request that no route of anybody's took. */
  void answerUnrouted(Context context, ProblemCode code, String detail, List<String> allowed) {
    exchange(
        context,
        UNROUTED,
        requestId -> {
          Answer answer = code.answer(requestId, detail);
          return allowed.isEmpty() ? answer : answer.with("Allow", String.join(", ", allowed));
        },
        true);
  }

  /** Lets a request pass to the host's handler, or answers it with the refusal. */
  void guard(Context context, Runnable check) {
    String requestId = requestId(context);
    try {
      check.run();
    } catch (BillingException e) {
      write(context, expected(e, requestId), requestId, true);
      context.skipRemainingHandlers();
    }
  }

  /** Answers a request that failed outside of every handler. */
  void answerUnexpected(Context context, Exception failure) {
    exchange(context, UNROUTED, requestId -> unexpected(failure, UNROUTED, requestId), true);
  }

  private void exchange(
      Context context, String template, Function<String, Answer> responder, boolean isPrivate) {
    String requestId = requestId(context);
    String method = template.equals(UNROUTED) ? "any" : context.method().name();
    RequestMetrics.Running running = metrics.start();
    MDC.put("requestId", requestId);
    try {
      traces.trace(context, method, template, requestId, () -> {
        Answer answer = responder.apply(requestId);
        write(context, answer, requestId, isPrivate);
        running.end(method, template, answer.status());
        return answer.status();
      });
    } finally {
      MDC.remove("requestId");
    }
  }

  private Answer respond(Route route, RouteHandler handler, Context context, String requestId) {
    try {
      Optional<Principal> principal = authentication.admit(route, context);
      Optional<byte[]> read = SENDS_BODY.contains(route.method())
          ? RequestBody.read(context, route.bodyRule().limit())
          : Optional.of(new byte[0]);
      if (read.isEmpty()) {
        return ProblemCode.PAYLOAD_TOO_LARGE.answer(
            requestId, "At most " + route.bodyRule().limit() + " bytes are accepted here.");
      }
      byte[] body = read.get();
      if (body.length > 0
          && route.bodyRule() == Route.BodyRule.JSON
          && !RequestBody.saysJson(context)) {
        return ProblemCode.UNSUPPORTED_MEDIA_TYPE.answer(
            requestId, "Send the body as application/json.");
      }
      Call call = new Call(context, principal, body);
      Optional<String> key = Optional.ofNullable(context.header("Idempotency-Key"))
          .filter(any -> route.method().equals("POST") && !route.ownKeys());
      return principal.isPresent() && key.isPresent()
          ? idempotentAnswers.answer(
              principal.get().account(),
              key.get(),
              fingerprint(context, body),
              () -> handle(route, handler, call, requestId))
          : handle(route, handler, call, requestId);
    } catch (BillingException e) {
      return expected(e, requestId);
    } catch (RuntimeException e) {
      return unexpected(e, named(route), requestId);
    }
  }

  private Answer handle(Route route, RouteHandler handler, Call call, String requestId) {
    try {
      return handler.handle(call);
    } catch (BillingException e) {
      return expected(e, requestId);
    } catch (RuntimeException e) {
      return unexpected(e, named(route), requestId);
    }
  }

  private static Answer expected(BillingException failure, String requestId) {
    Answer answer = ProblemCode.of(failure, requestId);
    if (answer.status() >= 500) {
      LOG.atWarn().setCause(failure).addKeyValue("code", failure.code()).log("request failed");
    }
    return answer;
  }

  private static String named(Route route) {
    return route.method() + " " + route.path();
  }

  private Answer unexpected(Exception failure, String route, String requestId) {
    LOG.error("request failed unexpectedly", failure);
    failures.unexpected(failure, route, requestId);
    return ProblemCode.INTERNAL_ERROR.answer(
        requestId, "It was logged under the request id. Repeat the request or ask for help.");
  }

  private void write(Context context, Answer answer, String requestId, boolean isPrivate) {
    context.status(answer.status());
    pageHeaders.apply(context, answer.contentType());
    context.header("Cache-Control", isPrivate || answer.status() >= 400 ? "no-store" : "no-cache");
    cors.apply(context);
    context.header(REQUEST_ID, requestId);
    answer.headers().forEach(context::header);
    if (answer.status() != 204) {
      context.result(Texts.utf8(answer.body())).contentType(answer.contentType());
    }
  }

  private static boolean isPrivate(Route route) {
    return route.access() != Access.PUBLIC || route.method().equals("POST");
  }

  private String requestId(Context context) {
    return Optional.ofNullable(context.header(REQUEST_ID))
        .filter(Texts::requestId)
        .orElseGet(() -> HexFormat.of().toHexDigits(random.nextLong())
            + HexFormat.of().toHexDigits(random.nextLong()));
  }

  private static String fingerprint(Context context, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String query = context.queryString();
      digest.update(Texts.utf8(
          context.method() + " " + context.path() + "?" + (query == null ? "" : query) + "\n"));
      return HexFormat.of().formatHex(digest.digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
