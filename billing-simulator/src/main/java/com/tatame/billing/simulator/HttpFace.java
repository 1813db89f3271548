package com.tatame.billing.simulator;

import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Form;
import com.tatame.billing.simulator.engine.Request;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.staticfiles.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stripe's REST dialect, the pages and the control routes on one port. */
final class HttpFace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFace.class);
  private static final Pattern KEY = Pattern.compile("(sk|rk)_test_\\w+");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US);
  private static final long LARGEST_BODY = 1 << 20;

  private static final int TOO_MANY = 429;

  private final Engine engine;
  private final RequestLimit limit;
  private final Javalin server;
  private final Queue<CompletableFuture<Void>> hanging = new ConcurrentLinkedQueue<>();

  HttpFace(Engine engine, WebhookSender sender, RequestLimit limit) {
    this.engine = engine;
    this.limit = limit;
    Pages pages = new Pages();
    CheckoutRoutes checkout = new CheckoutRoutes(engine, pages);
    PortalRoutes portal = new PortalRoutes(engine, pages);
    InvoiceRoutes invoices = new InvoiceRoutes(engine, pages);
    ControlRoutes control = new ControlRoutes(engine, sender, this::answerHanging);
    server = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.http.maxRequestSize = LARGEST_BODY;
      config.staticFiles.enableWebjars();
      config.staticFiles.add(files -> {
        files.directory = "/simulator";
        files.location = Location.CLASSPATH;
        files.hostedPath = "/assets";
      });
      api(config);
      config.routes.before(HttpFace::refuseOtherSites);
      config.routes.exception(RuntimeException.class, this::broken);
      checkout.addTo(config.routes);
      portal.addTo(config.routes);
      invoices.addTo(config.routes);
      control.addTo(config.routes);
    });
  }

  private void api(JavalinConfig config) {
    config.routes.get("/v1/*", this::call);
    config.routes.post("/v1/*", this::call);
    config.routes.delete("/v1/*", this::call);
  }

  // A browser says where a form or a script comes from; programs say nothing. The API asks for a
  // key.
  private static void refuseOtherSites(Context ctx) {
    String origin = ctx.header("Origin");
    boolean changes = !ctx.method().name().equals("GET") && !ctx.path().startsWith("/v1/");
    if (changes && origin != null && !origin.equals("http://" + ctx.host())) {
      ctx.status(403).result("Only the simulator's own pages may send this.");
      ctx.skipRemainingHandlers();
    }
  }

  private void broken(RuntimeException e, Context ctx) {
    LOG.error("the simulator failed at {} {}", ctx.method(), ctx.path(), e);
    send(ctx, engine.refuse(500, "The simulator has a fault of its own; its log says more."));
  }

  void start(String host, int port) {
    server.start(host, port);
  }

  int port() {
    return server.port();
  }

  private void call(Context ctx) {
    String body = new String(ctx.bodyAsBytes(), StandardCharsets.UTF_8);
    Optional<String> key = key(ctx);
    ApiResponse answer;
    if (key.isEmpty()) {
      answer = engine.refuse(
          401,
          "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth"
              + " (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
    } else if (!KEY.matcher(key.get()).matches()) {
      answer = engine.refuse(
          401, "Invalid API Key provided. The simulator takes any key that begins with sk_test_.");
    } else if (!limit.admits()) {
      answer = engine.refuse(TOO_MANY, "Request rate limit exceeded.");
    } else {
      answer = answer(ctx, body);
    }
    switch (answer.connection()) {
      case ANSWERS -> send(ctx, answer);
      case CUT -> cut(ctx, answer);
      case HANGS -> {
        CompletableFuture<Void> released = new CompletableFuture<>();
        hanging.add(released);
        ctx.future(() -> released.thenRun(() -> send(ctx, answer)));
      }
    }
  }

  /** Announces more bytes than it sends, so the server can only close the connection. */
  private static void cut(Context ctx, ApiResponse answer) {
    try {
      ctx.res().setContentLength(answer.body().length());
      ctx.res().flushBuffer();
    } catch (IOException e) {
      // The caller has gone, which is no less cut.
    }
  }

  /** Answers the calls that hang, if their callers are still there. */
  void answerHanging() {
    CompletableFuture<Void> next = hanging.poll();
    while (next != null) {
      next.complete(null);
      next = hanging.poll();
    }
  }

  private void send(Context ctx, ApiResponse answer) {
    if (answer.status() == TOO_MANY) {
      ctx.header("Stripe-Rate-Limited-Reason", "endpoint-rate");
    }
    ctx.status(answer.status());
    ctx.header("Request-Id", answer.requestId());
    ctx.header("Date", DATE.format(answer.at().atOffset(ZoneOffset.UTC)));
    ctx.header("Stripe-Version", version(ctx).orElse(engine.apiVersion()));
    idempotencyKey(ctx).ifPresent(value -> ctx.header("Idempotency-Key", value));
    if (answer.replayed()) {
      ctx.header("Idempotent-Replayed", "true");
    }
    ctx.contentType("application/json");
    ctx.result(answer.body());
  }

  private ApiResponse answer(Context ctx, String body) {
    boolean post = ctx.method().name().equals("POST");
    String query = ctx.queryString();
    String encoded = post ? body : query == null ? "" : query;
    Map<String, Object> parameters;
    try {
      parameters = Form.decode(encoded);
    } catch (IllegalArgumentException e) {
      return engine.refuse(400, "The request could not be read: " + e.getMessage());
    }
    return engine.call(new Request(
        ctx.method().name(), ctx.path(), parameters, idempotencyKey(ctx), version(ctx)));
  }

  private static Optional<String> idempotencyKey(Context ctx) {
    return Optional.ofNullable(ctx.header("Idempotency-Key"));
  }

  private static Optional<String> version(Context ctx) {
    return Optional.ofNullable(ctx.header("Stripe-Version"));
  }

  private static Optional<String> key(Context ctx) {
    String header = ctx.header("Authorization");
    if (header == null) {
      return Optional.empty();
    }
    if (header.startsWith("Bearer ")) {
      return Optional.of(header.substring(7).strip());
    }
    if (header.startsWith("Basic ")) {
      try {
        byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
        return Optional.of(new String(decoded, StandardCharsets.UTF_8).replaceFirst(":.*", ""));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    answerHanging();
    server.stop();
  }
}
