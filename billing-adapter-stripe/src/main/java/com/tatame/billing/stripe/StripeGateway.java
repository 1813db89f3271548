package com.tatame.billing.stripe;

import com.google.gson.JsonArray;
import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.net.HttpClient;
import com.stripe.param.EventListParams;
import com.stripe.param.ProductListParams;
import com.tatame.billing.catalog.Products;
import com.tatame.billing.checkout.CheckoutSessions;
import com.tatame.billing.command.CommandTraces;
import com.tatame.billing.command.Pause;
import com.tatame.billing.customer.CustomerAccounts;
import com.tatame.billing.customer.CustomerDetails;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.EventHistory;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.metering.UsageMeters;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.payment.PaymentIntentControl;
import com.tatame.billing.payment.PaymentMethods;
import com.tatame.billing.portal.PortalSessions;
import com.tatame.billing.promotion.Promotions;
import com.tatame.billing.refund.RefundControl;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.subscription.SubscriptionControl;
import com.tatame.billing.tax.Taxes;
import com.tatame.billing.workload.CircuitBreaker;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * The payment gateway on Stripe. Safe for use by any number of threads; nothing to close. Calls
 * block the calling thread until Stripe has answered or the attempts are used
 * up.
 */
public final class StripeGateway implements PaymentGateway {
  private final StripeCalls calls;
  private final Products products;
  private final StripeCustomers customers;
  private final CheckoutSessions checkouts;
  private final StripePayments payments;
  private final SubscriptionControl subscriptions;
  private final StripeReads reads;
  private final EventSource events;
  private final PortalConfigurations portals;
  private final UsageMeters meters;

  private StripeGateway(Builder settings) {
    Backoff backoff = new Backoff(
        settings.retries,
        settings.firstPause,
        settings.longestPause,
        settings.pause,
        settings.random);
    JdkHttp unpaced = new JdkHttp(settings.connectTimeout, settings.readTimeout);
    HttpClient once = settings.requestsPerSecond == 0
        ? unpaced
        : new PacedHttp(unpaced, settings.requestsPerSecond, settings.wallClock, settings.pause);
    URI address =
        URI.create(settings.apiBase.map(StripeGateway::withoutSlash).orElse(Stripe.LIVE_API_BASE));
    CircuitBreaker breaker =
        new CircuitBreaker("Stripe", () -> unpaced.answers(address), Pause.blocking()::pause);
    StripeClient.StripeClientBuilder client = StripeClient.builder()
        .setApiKey(settings.secretKey)
        .setMaxNetworkRetries(0)
        .setHttpClient(new RetryingHttp(new BulkheadHttp(once, breaker), backoff, breaker));
    settings
        .apiBase
        .map(StripeGateway::withoutSlash)
        .ifPresent(base -> client.setApiBase(base).setMeterEventsBase(base));
    this.calls = new StripeCalls(client.build(), settings.wallClock, settings.listener);
    StripeReads stripeReads = new StripeReads(calls);
    this.products = new StripeProducts(stripeReads);
    this.customers = new StripeCustomers(calls, stripeReads);
    this.payments = new StripePayments(calls, stripeReads);
    this.checkouts = new StripeCheckouts(calls, stripeReads, settings.automaticTax);
    this.subscriptions = new StripeSubscriptions(calls, stripeReads);
    this.reads = stripeReads;
    this.portals = new PortalConfigurations(calls);
    this.meters = new StripeMeters(calls);
    this.events = new StripeEvents(
        new WebhookSignature(
            settings.webhookSecrets, settings.signatureTolerance, settings.wallClock),
        settings.live);
  }

  /**
   * Starts a gateway to the test mode of an account.
   *
   * @param secretKey Stripe's secret or restricted key; it never appears in a message
   * @throws IllegalArgumentException if it can't be a key
   */
  public static Builder builder(String secretKey) {
    return new Builder(secretKey);
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public CustomerAccounts customers() {
    return customers;
  }

  @Override
  public CustomerDetails customerDetails() {
    return customers;
  }

  @Override
  public CustomerList customerList() {
    return customers;
  }

  @Override
  public PaymentIntentControl paymentIntents() {
    return payments;
  }

  @Override
  public RefundControl refunds() {
    return payments;
  }

  @Override
  public CheckoutSessions checkouts() {
    return checkouts;
  }

  @Override
  public SubscriptionControl subscriptions() {
    return subscriptions;
  }

  @Override
  public InvoiceControl invoices() {
    return new StripeInvoices(calls, reads);
  }

  @Override
  public PaymentMethods paymentMethods() {
    return new StripePaymentMethods(calls, reads);
  }

  @Override
  public PortalSessions portal() {
    return new StripePortal(calls, portals);
  }

  @Override
  public Taxes taxes() {
    return new StripeTaxes(calls, reads);
  }

  @Override
  public UsageMeters meters() {
    return meters;
  }

  @Override
  public Promotions promotions() {
    return new StripePromotions(calls, reads);
  }

  @Override
  public ObjectReads reads() {
    return reads;
  }

  @Override
  public CommandTraces traces() {
    return new StripeTraces(calls);
  }

  @Override
  public EventSource events() {
    return events;
  }

  @Override
  public EventHistory history() {
    return new StripeEventHistory(calls);
  }

  @Override
  public ProviderSetup setup() {
    return new StripeSetup(calls, portals);
  }

  /** Lists one product, which every key that this gateway can work with may do. */
  @Override
  public void ping() {
    ProductListParams one = ProductListParams.builder().setLimit(1L).build();
    calls.send("ping", client -> client.v1().products().list(one));
  }

  @Override
  public boolean reachable() {
    return calls.reachable();
  }

  /**
   * Asks for the API version in which the account tells events to endpoints that pin none, as its latest
   * event shows.
   *
   * @return empty before the first event
   */
  public Optional<String> accountApiVersion() {
    EventListParams latest = EventListParams.builder().setLimit(1L).build();
    StripeResult events =
        calls.send("events.list", client -> client.v1().events().list(latest));
    JsonArray newest = events.live().map(body -> body.getAsJsonArray("data")).orElseThrow();
    return newest.isEmpty()
        ? Optional.empty()
        : Fields.of(newest.get(0).getAsJsonObject()).optionalText("api_version");
  }

  private static String withoutSlash(URI base) {
    return base.toString().replaceFirst("/+$", "");
  }

  /** Settings with their defaults. What can't work is refused at once. */
  public static final class Builder {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private final String secretKey;
    private List<String> webhookSecrets = List.of();
    private Optional<URI> apiBase = Optional.empty();
    private boolean live;
    private boolean automaticTax;
    private Duration signatureTolerance = Duration.ofMinutes(5);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration readTimeout = Duration.ofSeconds(30);
    private int requestsPerSecond;
    private int retries = 3;
    private Duration firstPause = Duration.ofMillis(500);
    private Duration longestPause = Duration.ofSeconds(5);
    private InstantSource wallClock = InstantSource.system();
    private Pause pause = Pause.blocking();
    private RandomGenerator random = new Random();
    private ProviderCallListener listener = (operation, outcome, nanos) -> {};

    private Builder(String secretKey) {
      require(
          !secretKey.isEmpty() && secretKey.chars().allMatch(c -> c > ' ' && c < 0x7f),
          "STRIPE_SECRET_KEY is empty or holds characters that no key has");
      this.secretKey = secretKey;
    }

    /**
     * The signing secrets of the webhook endpoint, more than one while they are being rotated.
     * Default: none, so that every webhook is refused.
     */
    public Builder webhookSecrets(List<String> secrets) {
      require(
          secrets.stream().noneMatch(String::isBlank), "STRIPE_WEBHOOK_SECRET has an empty secret");
      this.webhookSecrets = List.copyOf(secrets);
      return this;
    }

    /** Another server that speaks Stripe's API, such as a simulator. Never with a live key. */
    public Builder apiBase(URI base) {
      require(
          "http".equals(base.getScheme()) || "https".equals(base.getScheme()),
          "the API base must be an http or https address");
      this.apiBase = Optional.of(base);
      return this;
    }

    /** Whether the key is of live mode. Default: false. */
    public Builder live(boolean isLive) {
      this.live = isLive;
      return this;
    }

    /**
     * Whether Stripe Tax computes the tax of checkouts, for which it must be set up in the account.
     * Default: false.
     */
    public Builder automaticTax(boolean enabled) {
      this.automaticTax = enabled;
      return this;
    }

    /** How far a webhook's timestamp may be from wall time, either way. Default: 300 s. */
    public Builder signatureTolerance(Duration tolerance) {
      this.signatureTolerance = inRange("signature tolerance", tolerance);
      return this;
    }

    /**
     * How long a connection, and after it a whole answer, may take. Defaults: 10 s and 30 s.
     */
    public Builder timeouts(Duration connect, Duration read) {
      this.connectTimeout = inRange("connect timeout", connect);
      this.readTimeout = inRange("read timeout", read);
      return this;
    }

    /**
     * How often a call is repeated when that is safe, and the pauses between. Defaults: 3 times,
     * 0.5 s doubled each time up to 5 s, less up to half of it by chance.
     */
    public Builder retries(int most, Duration first, Duration longest) {
      require(most >= 0 && most <= 10, "retries must be 0 to 10");
      this.retries = most;
      this.firstPause = inRange("first pause", first);
      this.longestPause = inRange("longest pause", longest);
      return this;
    }

    /**
     * How many requests a second this gateway sends at most, repetitions included: for programs that
     * read much and must leave room for others that use the same account. 0, the default, sends each
     * at once.
     */
    public Builder requestsPerSecond(int most) {
      require(most >= 0 && most <= 1000, "requests a second must be 0 to 1000");
      this.requestsPerSecond = most;
      return this;
    }

    /** Wall time, for the age of signatures and the pace of requests. Default: the system's. */
    public Builder wallClock(InstantSource clock) {
      this.wallClock = clock;
      return this;
    }

    /** How pauses are spent, between attempts and for the pace. Default: blocking the thread. */
    public Builder pause(Pause newPause) {
      this.pause = newPause;
      return this;
    }

    /** Where the jitter of the pauses comes from. */
    public Builder random(RandomGenerator generator) {
      this.random = generator;
      return this;
    }

    /** Receives every finished call. Default: none. */
    public Builder listener(ProviderCallListener newListener) {
      this.listener = newListener;
      return this;
    }

    /**
     * Builds the gateway; nothing is sent yet.
     *
     * @throws IllegalArgumentException if key, mode and address don't go together
     */
    public StripeGateway build() {
      require(
          !(live && secretKey.contains("_test_")),
          "live mode is on, but STRIPE_SECRET_KEY is a test key");
      require(
          live || !secretKey.contains("_live_"),
          "live mode is off, but STRIPE_SECRET_KEY is a live key");
      require(!live || apiBase.isEmpty(), "a live key is sent to Stripe alone");
      return new StripeGateway(this);
    }

    private static Duration inRange(String name, Duration time) {
      require(
          time.compareTo(SHORTEST) >= 0 && time.compareTo(MAX_RETRY_AFTER) <= 0,
          name + " must be 1 ms to 1 h");
      return time;
    }

    private static void require(boolean condition, String message) {
      if (!condition) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
