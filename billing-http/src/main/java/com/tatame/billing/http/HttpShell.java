package com.tatame.billing.http;

import com.tatame.billing.account.Principal;
import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditScope;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Overloaded;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.MDC;

/** What every route has in common, around its handler. */
final class HttpShell {
  private static final String UNROUTED = "unrouted";
  private static final String REQUEST_ID = "X-Request-ID";
  private static final Set<String> SENDS_BODY = Set.of("POST", "PUT", "PATCH");

  private final Authentication authentication;
  private final IdempotentAnswers idempotentAnswers;
  private final ResponseHeaders responseHeaders;
  private final RequestLog log;
  private final RequestTraces traces;
  private final RandomGenerator random;
  private final Bulkhead requests;

  /**
   * Answers nothing yet.
   *
   * @param requests how many of each workload may be under way that keep a thread
   */
  HttpShell(
      Authentication authentication,
      IdempotentAnswers idempotentAnswers,
      ResponseHeaders responseHeaders,
      RequestLog log,
      RequestTraces traces,
      RandomGenerator random,
      Bulkhead requests) {
    this.authentication = authentication;
    this.idempotentAnswers = idempotentAnswers;
    this.responseHeaders = responseHeaders;
    this.log = log;
    this.traces = traces;
    this.random = random;
    this.requests = requests;
  }

  Handler handler(Route route, RouteHandler.Later handler) {
    return context -> {
      // Javalin routes by X-HTTP-Method-Override, which on a host's server is still there.
      if (context.req().getMethod().equals(context.method().name())) {
        answerInTurn(route, handler, new JavalinExchange(context));
      } else {
        answerUnrouted(
            context,
            ProblemCode.METHOD_NOT_ALLOWED,
            "Send the method itself, and no header that names another.",
            List.of());
      }
    };
  }

  /** What {@link #answer} does, if not too many requests of its workload keep a thread already. */
  private void answerInTurn(Route route, RouteHandler.Later handler, Exchange exchange) {
    exchange(
        exchange,
        route.path(),
        requestId -> {
          Optional<Bulkhead.Permit> permit = requests.enterNow(route.workload());
          if (permit.isEmpty()) {
            return CompletableFuture.completedFuture(expected(full(route.workload()), requestId));
          }
          return respond(
                  route, handler, exchange, () -> authentication.admit(route, exchange), requestId)
              .whenComplete((answer, failure) -> permit.get().close());
        },
        isPrivate(route));
  }

  private static Overloaded full(Workload workload) {
    return new Overloaded(
        "As many requests of this kind (" + workload.name().toLowerCase(Locale.ROOT)
            + ") are under way as may be. Try again in a moment.");
  }

  /**
   * Work that keeps a thread, though what it is part of keeps none, as one more of its workload.
   *
   * @throws Overloaded if there are too many already
   */
  Runnable inTurn(Workload workload, Runnable work) {
    Bulkhead.Permit permit = requests.enterNow(workload).orElseThrow(() -> full(workload));
    return () -> {
      try {
        WorkContext.run(workload, work);
      } finally {
        permit.close();
      }
    };
  }

  /** Answers without keeping the thread, if the handler does. */
  void answer(Route route, RouteHandler.Later handler, Exchange exchange) {
    answer(route, handler, exchange, () -> authentication.admit(route, exchange));
  }

  /** What {@link #answer} does, where it is known that the route admits the caller. */
  void answer(Principal caller, Route route, RouteHandler.Later handler, Exchange exchange) {
    answer(route, handler, exchange, () -> Optional.of(caller));
  }

  private void answer(
      Route route,
      RouteHandler.Later handler,
      Exchange exchange,
      Supplier<Optional<Principal>> caller) {
    exchange(
        exchange,
        route.path(),
        requestId -> respond(route, handler, exchange, caller, requestId),
        isPrivate(route));
  }

  /** What {@link #answer} does, where the answer is known and whose it is. */
  void tell(Route route, Answer answer, Exchange exchange) {
    exchange(
        exchange,
        route.path(),
        requestId -> CompletableFuture.completedFuture(answer),
        isPrivate(route));
  }

  /** A caller who is known without a request and may call the route. */
  Optional<Principal> cached(Route route, Exchange exchange) {
    return authentication.cached(route, exchange);
  }

  Handler preflight(List<String> methods) {
    return context -> {
      Exchange exchange = new JavalinExchange(context);
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put(REQUEST_ID, requestId(exchange));
      responseHeaders.cors().preflight(exchange, methods, headers);
      exchange.send(204, headers, null, new byte[0]);
    };
  }

  /** Answers a request that matched no route. */
  void answerUnrouted(Context context, ProblemCode code, String detail, List<String> allowed) {
    exchange(
        new JavalinExchange(context),
        UNROUTED,
        requestId -> {
          Answer answer = code.answer(requestId, detail);
          return CompletableFuture.completedFuture(
              allowed.isEmpty() ? answer : answer.with("Allow", String.join(", ", allowed)));
        },
        true);
  }

  /** Answers a request that no route is given the time for. */
  void refuse(BillingException reason, Exchange exchange) {
    exchange(
        exchange,
        UNROUTED,
        requestId -> CompletableFuture.completedFuture(expected(reason, requestId)),
        true);
  }

  /** Answers a request that the HTTP server itself refuses. */
  void refuse(int status, Exchange exchange) {
    exchange(
        exchange,
        UNROUTED,
        requestId -> CompletableFuture.completedFuture(ProblemCode.ofServer(status, requestId)),
        true);
  }

  /** Lets a request pass to the host's handler, or answers it with the refusal. */
  void guard(Context context, Consumer<Exchange> check) {
    Exchange exchange = new JavalinExchange(context);
    String requestId = requestId(exchange);
    try {
      check.accept(exchange);
    } catch (BillingException e) {
      write(exchange, expected(e, requestId), requestId, true);
      context.skipRemainingHandlers();
    }
  }

  /** Answers a request that failed outside of every handler. */
  void answerUnexpected(Context context, Exception failure) {
    exchange(
        new JavalinExchange(context),
        UNROUTED,
        requestId -> CompletableFuture.completedFuture(unexpected(failure, UNROUTED, requestId)),
        true);
  }

  private void exchange(
      Exchange exchange,
      String template,
      Function<String, CompletableFuture<Answer>> responder,
      boolean isPrivate) {
    String requestId = requestId(exchange);
    String method = template.equals(UNROUTED) ? "any" : exchange.method();
    RequestLog.Running running = log.start();
    RequestTraces.RequestSpan span = traces.begin(exchange, method, template, requestId);
    Consumer<Answer> end = answer -> {
      write(exchange, answer, requestId, isPrivate);
      int status = logged(requestId, () -> running.end(method, template, answer.status()));
      span.end(status);
    };
    CompletableFuture<Answer> answer =
        span.within(() -> logged(requestId, () -> responder.apply(requestId)));
    if (answer.isDone()) {
      end.accept(answer.join());
    } else {
      exchange.await(answer.thenAccept(end));
    }
  }

  /** Does work, and names the request in what it logs. */
  private static <T> T logged(String requestId, Supplier<T> work) {
    MDC.put("requestId", requestId);
    try {
      return work.get();
    } finally {
      MDC.remove("requestId");
    }
  }

  private CompletableFuture<Answer> respond(
      Route route,
      RouteHandler.Later handler,
      Exchange exchange,
      Supplier<Optional<Principal>> caller,
      String requestId) {
    boolean lasting = exchange.header("Idempotency-Key") != null && route.takesKeys();
    Supplier<CompletableFuture<Answer>> work =
        () -> respondInContext(route, handler, exchange, caller, requestId);
    Workload workload = route.workload();
    return switch (workload) {
      // What was sent under a key is finished, also when its caller has been answered.
      case ENTITLEMENTS, CONSUMPTION, READS, MUTATIONS ->
        lasting
            ? WorkContext.call(workload, work)
            : WorkContext.within(workload.limit(), workload, System::nanoTime, work);
      default -> WorkContext.call(workload, work);
    };
  }

  private CompletableFuture<Answer> respondInContext(
      Route route,
      RouteHandler.Later handler,
      Exchange exchange,
      Supplier<Optional<Principal>> caller,
      String requestId) {
    try {
      Optional<Principal> principal = caller.get();
      Optional<byte[]> read = SENDS_BODY.contains(route.method())
          ? exchange.body(route.input().bodyRule().limit())
          : Optional.of(new byte[0]);
      if (read.isEmpty()) {
        return CompletableFuture.completedFuture(ProblemCode.PAYLOAD_TOO_LARGE.answer(
            requestId,
            "At most " + route.input().bodyRule().limit() + " bytes are accepted here."));
      }
      byte[] body = read.get();
      if (body.length > 0
          && route.input().bodyRule() == Route.BodyRule.JSON
          && !saysJson(exchange)) {
        return CompletableFuture.completedFuture(ProblemCode.UNSUPPORTED_MEDIA_TYPE.answer(
            requestId, "Send the body as application/json."));
      }
      Call call = new Call(exchange, principal, body, route.strict());
      Optional<String> key =
          Optional.ofNullable(exchange.header("Idempotency-Key")).filter(any -> route.takesKeys());
      CompletableFuture<Answer> answer;
      // What a provider sends has ids of its own, and no key.
      if (key.isPresent()
          && (principal.isPresent() || route.input().bodyRule() == Route.BodyRule.JSON)) {
        IdempotentAnswers.Slot slot = principal
            .map(known -> idempotentAnswers.of(known, key.get()))
            .orElseGet(() -> idempotentAnswers.of(exchange, key.get()));
        Call detached =
            new Call(new DetachedExchange(exchange, route), principal, body, route.strict());
        String fingerprint = fingerprint(exchange, body);
        Supplier<Answer> first =
            () -> handle(route, handler, detached, requestId).join();
        answer = idempotentAnswers.inTime(
            () -> logged(requestId, () -> {
              try {
                return idempotentAnswers.answer(
                    slot, fingerprint, first, kept -> handler.reopen(detached, kept));
              } catch (RuntimeException e) {
                return failed(e, route, requestId);
              }
            }),
            ProblemCode.of(IdempotentAnswers.underWay(), requestId));
      } else {
        answer = handle(route, handler, call, requestId);
      }
      return principal.filter(who -> !authentication.decidesAboutMoney(who)).isPresent()
          ? answer.thenApply(whole -> PaymentDetails.hide(route, whole))
          : answer;
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(e, route, requestId));
    }
  }

  /** Its answer, which is a problem if it fails; the future never does. */
  private CompletableFuture<Answer> handle(
      Route route, RouteHandler.Later handler, Call call, String requestId) {
    CompletableFuture<Answer> answer;
    try {
      answer = audited(call.caller(), requestId, () -> handler.handle(call));
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(e, route, requestId));
    }
    return answer.exceptionally(failure -> {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return failed(
          cause instanceof RuntimeException known ? known : new CompletionException(cause),
          route,
          requestId);
    });
  }

  /** Does work whose changes name the caller and the request in the audit log. */
  private static <T> T audited(Optional<Principal> caller, String requestId, Supplier<T> work) {
    AuditActor actor = caller.map(AuditActor::of).orElse(AuditActor.ANYONE);
    return AuditScope.within(actor, Optional.of(requestId), work);
  }

  private Answer failed(RuntimeException failure, Route route, String requestId) {
    return failure instanceof BillingException expected
        ? expected(expected, requestId)
        : unexpected(failure, named(route), requestId);
  }

  private Answer expected(BillingException failure, String requestId) {
    Answer answer = ProblemCode.of(failure, requestId);
    if (answer.status() >= 500) {
      log.expected(failure);
    }
    return answer;
  }

  private static String named(Route route) {
    return route.method() + " " + route.path();
  }

  private Answer unexpected(Exception failure, String route, String requestId) {
    log.unexpected(failure, route, requestId);
    return ProblemCode.INTERNAL_ERROR.answer(
        requestId, "It was logged under the request id. Repeat the request or ask for help.");
  }

  private void write(Exchange exchange, Answer answer, String requestId, boolean isPrivate) {
    Map<String, String> headers = new LinkedHashMap<>();
    responseHeaders.page().apply(exchange, answer.contentType(), headers);
    headers.put("Cache-Control", isPrivate || answer.status() >= 400 ? "no-store" : "no-cache");
    responseHeaders.cors().apply(exchange, headers);
    headers.put(REQUEST_ID, requestId);
    headers.putAll(answer.headers());
    boolean empty = answer.status() == 204;
    exchange.send(
        answer.status(),
        headers,
        empty ? null : answer.contentType(),
        InputRules.utf8(answer.body()));
  }

  private static boolean saysJson(Exchange exchange) {
    String type = exchange.header("Content-Type");
    return type != null
        && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
  }

  private static boolean isPrivate(Route route) {
    return route.admission().access() != Access.PUBLIC || route.method().equals("POST");
  }

  private String requestId(Exchange exchange) {
    return Optional.ofNullable(exchange.header(REQUEST_ID))
        .filter(InputRules::requestId)
        .orElseGet(() -> HexFormat.of().toHexDigits(random.nextLong())
            + HexFormat.of().toHexDigits(random.nextLong()));
  }

  private static String fingerprint(Exchange exchange, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String query = exchange.queryString();
      digest.update(InputRules.utf8(
          exchange.method() + " " + exchange.path() + "?" + (query == null ? "" : query) + "\n"));
      return HexFormat.of().formatHex(digest.digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
