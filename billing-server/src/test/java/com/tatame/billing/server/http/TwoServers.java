package com.tatame.billing.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.EngineControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two servers over one store and one simulated account. One of them can be killed at any step. */
final class TwoServers implements AutoCloseable {
  static final String ROOT = "user_root";

  /** What the provider makes without telling of it by an event. */
  private static final String SESSIONS = "/v1/checkout/sessions";

  private static final String SECRETS_KEY =
      "k1:" + Base64.getEncoder().encodeToString(new byte[32]);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int RETRY_SECONDS = 10;
  private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(30);

  final BillingWorld world;
  private final String catalog;
  private final MortalStore death = new MortalStore();
  private final MortalStore life = new MortalStore();
  private final BillingServer mortal;
  private final BillingServer next;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Both sell what a file says. */
  TwoServers(String catalog) {
    this.catalog = catalog;
    world = BillingWorld.builder()
        .catalog(CatalogFile.read(Path.of(catalog), Map.of()))
        .build();
    mortal = start(death.over(world.store()));
    next = start(life.over(world.store()));
  }

  /** What is sent, by whom. */
  record Call(String method, String path, @Nullable String body, Map<String, String> headers) {
    static Call of(String user, String method, String path, @Nullable String body) {
      return new Call(method, path, body, Map.of("Authorization", RunningServer.bearer(user)));
    }

    Call with(String header, String value) {
      Map<String, String> more = new HashMap<>(headers);
      more.put(header, value);
      return new Call(method, path, body, more);
    }
  }

  /** An answer; status 0 if none came. */
  record Reply(int status, String body, Optional<Long> retryAfter) {
    String at(String pointer) {
      try {
        return MAPPER.readTree(body).at(pointer).asText();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private BillingServer start(BillingStore store) {
    Map<String, String> environment = RunningServer.environment("http://localhost:1");
    environment.put("BILLING_CATALOG", catalog);
    environment.put("BILLING_SECRETS_KEY", SECRETS_KEY);
    return BillingServer.builder(BillingConfig.fromEnv(environment))
        .store(store)
        .gateway(world.gateway())
        .identity(RunningServer.identity())
        .clock(world.engine()::now)
        .wallClock(world.wallClock())
        .pause(time -> world.wallClock().advance(time))
        .workers(0)
        .start();
  }

  /** What the server answers that lives. */
  Reply send(Call call) {
    return send(next, call);
  }

  /** As {@link #send(Call)}, which must succeed. */
  Reply done(Call call) {
    Reply reply = send(call);
    if (reply.status() / 100 != 2) {
      throw new AssertionError(call + " -> " + reply);
    }
    return reply;
  }

  Reply undisturbed(Call call) {
    return send(mortal, call);
  }

  /** Where the server died that was sent this, if it did not come to its end before that step. */
  Optional<String> dies(int step, Call call) {
    death.dieAt(step);
    send(mortal, call);
    return Optional.of(death.revive()).filter(where -> !where.isEmpty());
  }

  /** What a client library does: the same request again, after each Retry-After, for ten seconds. */
  Reply retry(Call call) {
    long waited = 0;
    Reply reply = send(call);
    while (reply.retryAfter().isPresent()
        && reply.status() >= 400
        && waited + reply.retryAfter().get() <= RETRY_SECONDS) {
      waited += reply.retryAfter().get();
      world.wallClock().advance(Duration.ofSeconds(reply.retryAfter().get()));
      reply = send(call);
    }
    return reply;
  }

  private Reply send(BillingServer server, Call call) {
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create("http://localhost:" + server.port() + call.path()))
        .timeout(CLIENT_TIMEOUT)
        .header("Connection", "close")
        .method(
            call.method(),
            call.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(call.body()));
    if (call.body() != null) {
      request.header("Content-Type", "application/json");
    }
    call.headers().forEach(request::header);
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          answer.statusCode(),
          answer.body(),
          answer.headers().firstValue("Retry-After").map(Long::valueOf));
    } catch (IOException e) {
      return new Reply(0, "", Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A program that acts for a user. */
  Call byProgram(String user, String method, String path, @Nullable String body) {
    String key = world
        .billing()
        .apiKeys()
        .create("program of " + user, Set.of(Scope.ACCOUNT, Scope.USAGE_WRITE), Optional.empty())
        .secret();
    return new Call(
        method, path, body, Map.of("Authorization", "Bearer " + key, "X-Account-Id", user));
  }

  String checkout(String wanted) {
    return "{" + wanted + ",\"successUrl\":\"" + RunningServer.OUR_PAGE
        + "/paid?session={CHECKOUT_SESSION_ID}\",\"cancelUrl\":\"" + RunningServer.OUR_PAGE
        + "/plans\"}";
  }

  /** Opens a checkout and pays; returns the session. */
  String pays(String user, String wanted, String card) {
    Reply opened = done(Call.of(user, "POST", "/api/v1/checkout", checkout(wanted)));
    if (!world.provider().pay(opened.at("/sessionId"), card)) {
      throw new AssertionError("not paid: " + opened);
    }
    world.settle();
    return opened.at("/sessionId");
  }

  /** Gives a user a plan; returns the subscription's id. */
  String subscribes(String user, String card) {
    pays(user, "\"tier\":\"basic\",\"interval\":\"monthly\"", card);
    return subscription(user).id();
  }

  Subscription subscription(String user) {
    return world.store().subscriptions().all(new AccountId(user)).get(0);
  }

  String customer(String user) {
    return world.store().customers().find(new AccountId(user)).orElseThrow().customerId();
  }

  EngineControl payer() {
    return new EngineControl(world.engine());
  }

  /** Everything that has happened at the provider by now. */
  int happened() {
    return world.engine().events().size();
  }

  int sessions() {
    JsonNode page = provider(SESSIONS + "?limit=100");
    if (page.path("has_more").asBoolean()) {
      throw new AssertionError("too many sessions to be counted");
    }
    return page.path("data").size();
  }

  /** How often either server has done this at its store. */
  int done(String call) {
    return death.done(call) + life.done(call);
  }

  private JsonNode provider(String pathAndQuery) {
    String path = pathAndQuery.substring(0, pathAndQuery.indexOf('?'));
    try {
      return MAPPER.readTree(
          world.engine().call(Request.of("GET", path, Map.of("limit", "100"))).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What happened at the provider since, in words that are the same for every user. */
  List<String> since(int events, int sessions) {
    List<JsonNode> all = world.engine().events();
    List<String> happened = new ArrayList<>();
    all.subList(events, all.size())
        .forEach(event -> happened.add(event.required("type").asText()));
    for (int i = sessions; i < sessions(); i++) {
      happened.add("checkout session");
    }
    happened.sort(String::compareTo);
    return happened;
  }

  @Override
  public void close() {
    mortal.close();
    next.close();
    world.close();
  }
}
