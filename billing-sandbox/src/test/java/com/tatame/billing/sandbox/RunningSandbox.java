package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.StripeSimulator;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sandbox as a script meets it: all but its simulator is reached by HTTP. */
final class RunningSandbox implements World {
  private static @Nullable RunningSandbox shared;

  private final Sandbox sandbox;
  private final Path directory;

  private RunningSandbox(Sandbox sandbox, Path directory) {
    this.sandbox = sandbox;
    this.directory = directory;
  }

  /** The one that the tests of this process share. */
  static synchronized RunningSandbox shared() {
    if (shared == null) {
      Path directory = Worlds.temporaryDirectory();
      RunningSandbox started = start(directory.resolve("kept"), SandboxConfig.Store.POSTGRES);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        started.close();
        Worlds.delete(directory);
      }));
      shared = started;
    }
    return shared;
  }

  static RunningSandbox start(Path directory, SandboxConfig.Store store) {
    return start(environment(directory, store), directory);
  }

  /** One with settings of its own. */
  static RunningSandbox start(Map<String, String> environment, Path directory) {
    return new RunningSandbox(Sandbox.start(SandboxConfig.fromEnv(environment)), directory);
  }

  /** The settings of a sandbox of the tests. */
  static Map<String, String> environment(Path directory, SandboxConfig.Store store) {
    return Map.of(
        "PORT",
        "0",
        "STRIPE_SIMULATOR_PORT",
        "0",
        "SANDBOX_DATABASE_PORT",
        "0",
        "BILLING_DATA_DIR",
        directory.toString(),
        "BILLING_STORE",
        store.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public String url() {
    return sandbox.url();
  }

  /** What survives its end. */
  Path directory() {
    return directory;
  }

  String databaseUrl() {
    return sandbox.databaseUrl();
  }

  @Override
  public StripeSimulator stripe() {
    return sandbox.simulator();
  }

  @Override
  public String token(String user) {
    return post(url(), "/sandbox/token", Map.of("user", user)).path("token").asText();
  }

  @Override
  public void advance(String amount) {
    post(url(), "/sandbox/clock", Map.of("advance", amount));
  }

  @Override
  public void settle() {
    post(url(), "/sandbox/idle", Map.of());
  }

  /** Calls a route that only the sandbox has. */
  static JsonNode post(String url, String path, Map<String, String> body) {
    HttpResponse<String> answer = ApiClient.send(HttpRequest.newBuilder(URI.create(url + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Json.write(body))));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body());
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
