package com.tatame.billing.sandbox;

import com.tatame.billing.server.Main;
import com.tatame.billing.testkit.simulator.StripeSimulator;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The server in a process of its own, on a database that outlives it. */
final class ServerProcess implements RunningProduct {
  private static final Pattern SERVING =
      Pattern.compile("\"message\":\"serving\".*\"port\":(\\d+)");

  private static final InstantSource WALL = InstantSource.system();

  private final StripeSimulator stripe;
  private final ChildProcess process;
  private final int port;

  private ServerProcess(StripeSimulator stripe, Map<String, String> env) {
    this.stripe = stripe;
    this.process = ChildProcess.java(Main.class, env, "serve");
    this.port = Integer.parseInt(process.awaitLine(SERVING).group(1));
  }

  /** Starts on any port, and has the provider's events sent there. */
  static ServerProcess start(StripeSimulator stripe, String apiBase, Database database) {
    ServerProcess server =
        new ServerProcess(stripe, environment(apiBase, database, Optional.empty()));
    stripe.createWebhookEndpoint(
        server.url() + "/webhooks/stripe",
        Optional.of(ServerInMemory.WEBHOOK_SECRET),
        Optional.empty());
    return server;
  }

  /** Starts where a server was that is dead. */
  static ServerProcess again(ServerProcess dead, String apiBase, Database database) {
    return new ServerProcess(dead.stripe, environment(apiBase, database, Optional.of(dead.port)));
  }

  /** What such a server is told. */
  static Map<String, String> environment(
      String apiBase, Database database, Optional<Integer> port) {
    Map<String, String> env = new HashMap<>(ServerInMemory.environment(apiBase));
    env.put("DATABASE_URL", database.url());
    env.put("DATABASE_POOL_MAX", "10");
    port.ifPresent(number -> env.put("PORT", Integer.toString(number)));
    return env;
  }

  ChildProcess process() {
    return process;
  }

  @Override
  public String url() {
    return "http://localhost:" + port;
  }

  @Override
  public StripeSimulator stripe() {
    return stripe;
  }

  @Override
  public String token(String user) {
    return ServerInMemory.ISSUER
        .sessionToken(user)
        .expiresAt(WALL.instant().plusSeconds(600))
        .sign();
  }

  @Override
  public void close() {
    process.close();
  }
}
