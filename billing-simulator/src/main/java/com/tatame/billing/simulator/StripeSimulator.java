package com.tatame.billing.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Delivery;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Form;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.simulator.engine.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Stripe account that runs in this process. Unmodified Stripe clients talk to {@link #url()} with any {@code sk_test_} key.
 * Nothing happens by itself: renewals, trial ends and retries wait until the clock is moved. Webhooks are sent in wall time.
 *
 * <p>Safe for use by many threads.
 */
public final class StripeSimulator implements AutoCloseable {
  private final Engine engine;
  private final WebhookSender sender;
  private final RequestLimit limit;
  private final HttpFace http;
  private final int wantedPort;
  private final String host;

  private StripeSimulator(Builder builder) {
    Settings settings =
        new Settings(builder.apiVersion, builder.retryDays, builder.afterLastRetry, this::url);
    engine = new Engine(
        settings,
        builder.start,
        builder.seed,
        Optional.ofNullable(builder.stateFile),
        this::deliver);
    sender = new WebhookSender(
        engine,
        builder.webhookRetries,
        builder.webhookTimeout,
        builder.wallClock,
        builder.webhookConcurrency,
        builder.seed);
    limit = new RequestLimit(builder.requestsPerSecond, builder.wallClock);
    http = new HttpFace(engine, sender, limit);
    wantedPort = builder.port;
    host = builder.host;
  }

  private void deliver(List<Delivery> deliveries) {
    sender.send(deliveries);
  }

  /** A simulator on a free port of the loopback address, beginning at 2026-01-01T00:00:00Z. */
  public static Builder builder() {
    return new Builder();
  }

  /** Opens the port and sends on what was not acknowledged before the last stop. */
  public StripeSimulator start() {
    http.start(host, wantedPort);
    sender.send(engine.undelivered());
    return this;
  }

  /** How many requests were answered with 429, since there were too many within a second. */
  public long refusedForTheirRate() {
    return limit.refused();
  }

  /** Where Stripe's API and the checkout pages stand, for example {@code http://localhost:12111}; no final slash. */
  public String url() {
    return "http://localhost:" + http.port();
  }

  /** The simulated time. */
  public Instant now() {
    return engine.now();
  }

  /** The next simulated instant at which something happens by itself; empty when nothing is planned. */
  public Optional<Instant> nextDue() {
    return engine.nextDue();
  }

  /**
   * Moves the clock and does all that is due on the way, in time order. To have webhooks consumed in between, advance to
   * {@link #nextDue()} and wait until {@link #idle} in turn.
   *
   * @throws IllegalArgumentException when the target lies in the simulated past
   */
  public void advanceTo(Instant target) {
    engine.advanceTo(target);
  }

  /**
   * Has a listener told the time now, and whenever it was moved, before the call that moved it returns.
   *
   * @param listener replaces the one before; must not call this simulator
   */
  public void onClock(Consumer<Instant> listener) {
    engine.onClock(listener);
  }

  /**
   * Waits, in wall time, until no webhook is waiting to be sent or sent again.
   *
   * @return false when some still are after that time
   */
  public boolean idle(Duration atMost) throws InterruptedException {
    return sender.idle(atMost);
  }

  /** Every attempt to deliver a webhook, in the order of their answers. */
  public List<DeliveryAttempt> deliveries() {
    return sender.log();
  }

  /** Every event, oldest first, in the account's API version; with a state file, those of the last thirty days. */
  public List<JsonNode> events() {
    return engine.events();
  }

  /** Calls the API without HTTP; refusals are answers, too. */
  public ApiResponse call(Request request) {
    return engine.call(request);
  }

  /**
   * Registers an endpoint for all events, in the account's API version, with a secret made up here.
   *
   * @return the endpoint's id
   */
  public String createWebhookEndpoint(String url) {
    return createWebhookEndpoint(url, Optional.empty(), Optional.empty());
  }

  /**
   * Registers an endpoint for all events.
   *
   * @param secret signs what is sent; made up when empty
   * @param apiVersion the shape of what is sent, for example {@code 2024-06-20}; the account's version when empty
   * @return the endpoint's id
   */
  public String createWebhookEndpoint(
      String url, Optional<String> secret, Optional<String> apiVersion) {
    return engine.createEndpoint(url, List.of("*"), secret, apiVersion);
  }

  /** The secrets that sign what the endpoint is sent: one, or two while they are being rolled. */
  public List<String> secretsOf(String endpoint) {
    return engine.secretsOf(endpoint);
  }

  /** Adds a secret; from now on both sign, until a further roll drops the older. */
  public void rollSecret(String endpoint, String secret) {
    engine.rollSecret(endpoint, secret, Optional.empty());
  }

  /**
   * Adds a secret; both sign, and after that simulated time the new one alone.
   *
   * @param bothFor zero makes the older one useless at once
   */
  public void rollSecret(String endpoint, String secret, Duration bothFor) {
    engine.rollSecret(endpoint, secret, Optional.of(bothFor));
  }

  /**
   * Gives an endpoint retries of its own.
   *
   * @param delays wall times to wait before each further attempt; after the last the event stays undelivered
   */
  public void retryAfter(String endpoint, List<Duration> delays) {
    engine.retryAfter(endpoint, delays);
  }

  /**
   * Answers the issuer's question of a payment that asks to authenticate and that no page shows.
   *
   * @throws IllegalArgumentException if there is no such payment, or it doesn't ask
   */
  public void authenticatePayment(String paymentIntent, boolean approved) {
    engine.authenticatePayment(paymentIntent, approved);
  }

  /**
   * Lets a refund that had succeeded fail, as a payer's bank can.
   *
   * @throws IllegalArgumentException if there is no such refund
   */
  public void failRefund(String refund) {
    engine.failRefund(refund);
  }

  /**
   * Lets a card's owner answer what the bank asks, as if by its app.
   *
   * @param intent a setup intent, or the payment intent of an invoice, that requires action
   * @throws IllegalArgumentException if no authentication is pending for it
   */
  public void authenticate(String intent, boolean approved) {
    engine.answerBank(intent, approved);
  }

  /** Makes the next calls of a route fail. */
  public void fail(Fault fault, int times) {
    engine.fail(fault, times);
  }

  /** Makes webhooks go wrong from now on; {@link DeliveryFaults#NONE} ends it and sends what was held back. */
  public void failDeliveries(DeliveryFaults faults) {
    sender.fail(faults);
  }

  /** Sends what was held back; what comes up from now on is held back again. */
  public void releaseDeliveries() {
    sender.release();
  }

  /** Sends once more what no endpoint has acknowledged: the dropped, the given up, the still waiting. */
  public void resendDeliveries() {
    sender.resend();
  }

  /** Ends all outages of routes and deliveries. Calls that hang are answered, held webhooks are sent. */
  public void clearFaults() {
    engine.clearFaults();
    sender.fail(DeliveryFaults.NONE);
    http.answerHanging();
  }

  /** Deletes everything, endpoints included, and sets the clock back to the start. */
  public void reset() {
    engine.clearFaults();
    engine.reset();
    sender.reset();
    http.answerHanging();
  }

  /** Closes the port and stops sending; what was not acknowledged is sent after the next start from the same state file. */
  @Override
  public void close() {
    http.close();
    sender.close();
    engine.save();
  }

  /** How a simulator is set up; every value has a default. */
  public static final class Builder {
    private int port;
    private String host = "127.0.0.1";
    private Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private long seed = 1;
    private String apiVersion = "2026-07-29.dahlia";
    private List<Integer> retryDays = List.of(1, 3, 5, 7, 9, 11, 13, 14);
    private Settings.AfterLastRetry afterLastRetry = Settings.AfterLastRetry.CANCEL;
    private List<Duration> webhookRetries = quickRetries();
    private Duration webhookTimeout = Duration.ofSeconds(10);
    private int webhookConcurrency = 1;
    private int requestsPerSecond;
    private InstantSource wallClock = InstantSource.system();
    private @Nullable Path stateFile;

    private Builder() {}

    private static List<Duration> quickRetries() {
      return List.of(200, 500, 1000, 2000, 3000, 5000, 5000, 10_000, 10_000, 20_000, 30_000)
          .stream()
          .map(Duration::ofMillis)
          .toList();
    }

    /** The TCP port; 0, the default, takes a free one. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** The address to listen on; the loopback address by default. */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /** Where the simulated clock begins; whole seconds. */
    public Builder startAt(Instant value) {
      start = Instant.ofEpochSecond(value.getEpochSecond());
      return this;
    }

    /** Decides all ids: the same calls with the same seed give the same ids. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The account's default API version: the shape of answers, listed events, and webhooks of endpoints without their own. */
    public Builder apiVersion(String value) {
      apiVersion = value;
      return this;
    }

    /** The days after the first failure on which a failed renewal is tried again. */
    public Builder paymentRetryDays(List<Integer> value) {
      retryDays = List.copyOf(value);
      return this;
    }

    /** What becomes of a subscription when the last retry has failed; it is cancelled by default. */
    public Builder afterLastRetry(Settings.AfterLastRetry value) {
      afterLastRetry = value;
      return this;
    }

    /** The wall times to wait before each further attempt to deliver a webhook; there are as many retries as delays. */
    public Builder webhookRetries(List<Duration> value) {
      webhookRetries = List.copyOf(value);
      return this;
    }

    /** How long, in wall time, an endpoint may take to answer. */
    public Builder webhookTimeout(Duration value) {
      webhookTimeout = value;
      return this;
    }

    /** How many webhooks an endpoint is sent at the same time; more than one gives up the order. */
    public Builder webhookConcurrency(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("at least one webhook at a time, not " + value);
      }
      webhookConcurrency = value;
      return this;
    }

    /** How many requests over HTTP are answered within any second of wall time; others get 429. 0, the default, for all. */
    public Builder requestsPerSecond(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("at least no request a second, not " + value);
      }
      requestsPerSecond = value;
      return this;
    }

    /** The wall time that webhooks are signed with, and requests are counted by. */
    public Builder wallClock(InstantSource value) {
      wallClock = value;
      return this;
    }

    /** Keeps everything in this file, over restarts and crashes; without it nothing is kept at the end. */
    public Builder stateFile(Path value) {
      stateFile = value;
      return this;
    }

    /** Builds a simulator that is not started. */
    public StripeSimulator build() {
      return new StripeSimulator(this);
    }

    /** Builds and starts. */
    public StripeSimulator start() {
      return build().start();
    }
  }

  /** Parameters of a call, by name; nested values are maps and lists of strings. */
  public static Map<String, Object> form(String encoded) {
    return Form.decode(encoded);
  }
}
