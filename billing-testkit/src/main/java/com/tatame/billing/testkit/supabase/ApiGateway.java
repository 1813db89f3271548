package com.tatame.billing.testkit.supabase;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What stands before PostgREST: it checks keys, hands requests on and, when told, loses answers. */
final class ApiGateway implements AutoCloseable {
  private static final String PREFIX = "/rest/v1";
  private static final String APIKEY = "apikey";
  private static final String AUTHORIZATION = "authorization";
  private static final String BAD_GATEWAY_PAGE =
      "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>";

  /** Those that belong to one connection, and those that the gateway itself answers for. */
  private static final Set<String> NOT_HANDED_ON = Set.of(
      "host",
      "connection",
      "content-length",
      "transfer-encoding",
      "upgrade",
      "http2-settings",
      "expect",
      "date",
      APIKEY,
      AUTHORIZATION);

  static {
    // It writes head and body apart; with the usual delay each answer would wait 40 ms for the
    // other end.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final URI postgrest;
  private final FaultPlan faults;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
    Thread thread = new Thread(work, "supabase-gateway");
    thread.setDaemon(true);
    return thread;
  });
  private final List<LoggedRequest> log = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile ApiKeys keys;

  ApiGateway(URI postgrest, ApiKeys keys, FaultPlan faults) {
    this.postgrest = postgrest;
    this.keys = keys;
    this.faults = faults;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  List<LoggedRequest> log() {
    return log;
  }

  void replaceKeys(ApiKeys newKeys) {
    keys = newKeys;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String uri = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (!uri.startsWith(PREFIX + "/")) {
        reply(exchange, new Reply(404, "{\"message\":\"no Route matched with those values\"}"));
        return;
      }
      String path = uri.substring(PREFIX.length());
      Optional<Reply> refusal = refusal(exchange);
      Optional<GatewayFault> fault =
          refusal.isPresent() ? Optional.empty() : faults.take(path + body);
      Reply reply = refusal
          .or(() -> fault.flatMap(ApiGateway::instead))
          .orElseGet(() -> handOn(exchange, path, body));
      log.add(new LoggedRequest(exchange.getRequestMethod(), path, body, reply.status(), fault));
      if (fault.equals(Optional.of(GatewayFault.BAD_GATEWAY_AFTER))) {
        reply(exchange, new Reply(502, BAD_GATEWAY_PAGE));
      } else if (!fault.equals(Optional.of(GatewayFault.DROPPED_AFTER))) {
        reply(exchange, reply);
      }
    }
  }

  private Optional<Reply> refusal(HttpExchange exchange) {
    String apiKey = exchange.getRequestHeaders().getFirst(APIKEY);
    if (apiKey == null) {
      return Optional.of(new Reply(401, "{\"message\":\"No API key found in request\"}"));
    }
    String agent = exchange.getRequestHeaders().getFirst("user-agent");
    boolean browser = agent != null && agent.startsWith("Mozilla/");
    if (!keys.knows(apiKey) || (browser && keys.isSecret(apiKey))) {
      return Optional.of(new Reply(401, "{\"message\":\"Invalid API key\"}"));
    }
    return Optional.empty();
  }

  /** The answer to a request that gets no further. */
  private static Optional<Reply> instead(GatewayFault fault) {
    return switch (fault) {
      case TOO_MANY_REQUESTS ->
        Optional.of(new Reply(429, "{\"message\":\"API rate limit exceeded\"}"));
      case BAD_GATEWAY_BEFORE -> Optional.of(new Reply(502, BAD_GATEWAY_PAGE));
      case BAD_GATEWAY_AFTER, DROPPED_AFTER -> Optional.empty();
    };
  }

  private Reply handOn(HttpExchange exchange, String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(postgrest.resolve(path))
        .method(exchange.getRequestMethod(), BodyPublishers.ofString(body));
    exchange.getRequestHeaders().forEach((name, values) -> {
      if (!NOT_HANDED_ON.contains(name.toLowerCase(Locale.ROOT))) {
        values.forEach(value -> request.header(name, value));
      }
    });
    String apiKey = exchange.getRequestHeaders().getFirst(APIKEY);
    keys.authorization(apiKey, exchange.getRequestHeaders().getFirst(AUTHORIZATION))
        .ifPresent(value -> request.header(AUTHORIZATION, value));
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      answer.headers().map().forEach((name, values) -> {
        if (!NOT_HANDED_ON.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
          exchange.getResponseHeaders().put(name, values);
        }
      });
      return new Reply(answer.statusCode(), answer.body());
    } catch (IOException e) {
      return new Reply(502, BAD_GATEWAY_PAGE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply(502, BAD_GATEWAY_PAGE);
    }
  }

  private record Reply(int status, String body) {}

  private static void reply(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    if (reply.body().startsWith("<")) {
      exchange.getResponseHeaders().set("Content-Type", "text/html");
    } else {
      exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of("application/json"));
    }
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
