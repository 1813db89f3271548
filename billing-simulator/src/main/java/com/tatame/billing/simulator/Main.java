package com.tatame.billing.simulator;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The simulator as a program of its own. */
@Command(
    name = "stripe-simulator",
    mixinStandardHelpOptions = true,
    description = "A Stripe account on this machine. Any sk_test_ key is accepted; "
        + "its clock moves by POST /_simulator/clock.")
public final class Main implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "12111",
      description = "The TCP port, 0 for a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--start-at",
      paramLabel = "INSTANT",
      description =
          "Where the simulated clock begins, for example 2026-01-31T00:00:00Z. Default: now.")
  private @Nullable Instant startAt;

  @Option(
      names = "--api-version",
      paramLabel = "VERSION",
      description = "The account's default API version.")
  private @Nullable String apiVersion;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps everything in this file. Default: nothing is kept at the end.")
  private @Nullable Path state;

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description = "An endpoint for all events; may be repeated.")
  private List<String> webhooks = List.of();

  @Option(
      names = "--webhook-secret",
      paramLabel = "SECRET",
      description = "Signs what is sent to the endpoints, for example whsec_test.")
  private @Nullable String secret;

  Main() {}

  /** Runs until it is interrupted. */
  public static void main(String[] arguments) {
    // Not a logback.xml: that would configure every program that has this jar in its tests.
    System.setProperty(
        "logback.configurationFile", "com/tatame/billing/simulator/program-logback.xml");
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (StripeSimulator simulator = start()) {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      out.println("Stripe's API is simulated at " + simulator.url());
      out.println("Its clock stands at " + simulator.now() + "; POST {\"advance\":\"P31D\"} to "
          + simulator.url() + "/_simulator/clock moves it.");
      out.flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }

  /** Starts it as the options say. */
  StripeSimulator start() {
    StripeSimulator.Builder builder = StripeSimulator.builder()
        .port(port)
        .host(host)
        .startAt(startAt == null ? InstantSource.system().instant() : startAt);
    if (apiVersion != null) {
      builder.apiVersion(apiVersion);
    }
    if (state != null) {
      builder.stateFile(state);
    }
    StripeSimulator simulator = builder.start();
    webhooks.forEach(
        url -> simulator.createWebhookEndpoint(url, Optional.ofNullable(secret), Optional.empty()));
    return simulator;
  }
}
