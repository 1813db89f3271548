package com.tatame.billing.sandbox;

import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The server in a process of its own, on a database that outlives it. */
final class ServerProcess implements RunningProduct {
  private static final Pattern SERVING =
      Pattern.compile("\"message\":\"serving\".*\"port\":(\\d+)");

  private static final InstantSource WALL = InstantSource.system();
  private static final Duration TOKENS_LAST = Duration.ofHours(2);

  private final StripeSimulator stripe;
  private final Map<String, String> more;
  private final ChildProcess process;
  private final int port;

  private ServerProcess(
      StripeSimulator stripe, Map<String, String> environment, Map<String, String> more) {
    this(ClassArchive.optionsFor(Main.class), stripe, environment, more);
  }

  private ServerProcess(
      List<String> options,
      StripeSimulator stripe,
      Map<String, String> environment,
      Map<String, String> more) {
    this.stripe = stripe;
    this.more = more;
    Map<String, String> env = new HashMap<>(environment);
    env.putAll(more);
    this.process = ChildProcess.java(options, Main.class, env, "serve");
    this.port = Integer.parseInt(process.awaitLine(SERVING).group(1));
  }

  /** Starts on any port, in a machine with these options. */
  static ServerProcess withOptions(List<String> options, StripeSimulator stripe, Backing backing) {
    return new ServerProcess(
        options, stripe, environment(stripe.url(), backing, Optional.empty()), Map.of());
  }

  /** Starts on any port, without a webhook endpoint. */
  static ServerProcess unannounced(StripeSimulator stripe, String apiBase, Backing backing) {
    return unannounced(stripe, apiBase, backing, Map.of());
  }

  /** The same, with more settings. */
  static ServerProcess unannounced(
      StripeSimulator stripe, String apiBase, Backing backing, Map<String, String> more) {
    return new ServerProcess(stripe, environment(apiBase, backing, Optional.empty()), more);
  }

  /** Starts on any port, and has the provider's events sent there. */
  static ServerProcess start(StripeSimulator stripe, String apiBase, Backing backing) {
    ServerProcess server = unannounced(stripe, apiBase, backing);
    server.announce();
    return server;
  }

  /** As {@link #start}, and its workers get every event. */
  static ServerProcess ofWorkers(StripeSimulator stripe, String apiBase, Backing backing) {
    ServerProcess server =
        unannounced(stripe, apiBase, backing, Map.of("BILLING_PROJECT_ON_ARRIVAL", "false"));
    server.announce();
    return server;
  }

  private void announce() {
    stripe.createWebhookEndpoint(
        url() + "/webhooks/stripe", Optional.of(LocalServer.WEBHOOK_SECRET), Optional.empty());
  }

  /** As {@link #start}, with little memory. */
  static ServerProcess small(StripeSimulator stripe, String apiBase, Backing backing) {
    ServerProcess server =
        unannounced(stripe, apiBase, backing, Map.of("JAVA_TOOL_OPTIONS", "-Xmx192m"));
    server.announce();
    return server;
  }

  /** Starts where a server was that is dead. */
  static ServerProcess again(ServerProcess dead, String apiBase, Backing backing) {
    return new ServerProcess(
        dead.stripe, environment(apiBase, backing, Optional.of(dead.port)), dead.more);
  }

  /** The settings of such a server. */
  static Map<String, String> environment(String apiBase, Backing backing, Optional<Integer> port) {
    Map<String, String> env =
        new HashMap<>(LocalServer.environment(apiBase, backing.environment()));
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
  public String program() {
    return "server in a process of its own";
  }

  @Override
  public StripeSimulator stripe() {
    return stripe;
  }

  @Override
  public String token(String user) {
    return LocalServer.ISSUER
        .sessionToken(user)
        .expiresAt(WALL.instant().plus(TOKENS_LAST))
        .sign();
  }

  @Override
  public void close() {
    process.close();
  }
}
