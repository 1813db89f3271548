package com.tatame.billing.server;

import com.tatame.billing.Billing;
import com.tatame.billing.BillingBuilder;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.command.Pause;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.http.BillingRoutes;
import com.tatame.billing.http.JsonEventFormat;
import com.tatame.billing.identity.ClerkVerifier;
import com.tatame.billing.identity.KeySetSource;
import com.tatame.billing.inbox.Webhooks;
import com.tatame.billing.outbox.EndpointDelivery;
import com.tatame.billing.outbox.EndpointDelivery.EndpointTransport;
import com.tatame.billing.outbox.EventEndpoints;
import com.tatame.billing.outbox.EventSender;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.schema.MoveAwareFunctions;
import com.tatame.billing.schema.SchemaStatus;
import com.tatame.billing.schema.SqlFunctions;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.stripe.StripeGateway;
import com.tatame.billing.webhook.HttpEventSender;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server, put together from top to bottom. {@link #start(BillingConfig)} is all that a program
 * needs; the builder lets a sandbox and tests bring parts of their own.
 */
public final class BillingServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BillingServer.class);

  /** For one attempt to open a Supabase project. */
  private static final Duration MAX_OPENING = Duration.ofSeconds(10);

  /** How long the catalog in force is waited for before the port is opened. */
  private static final Duration MAX_FOLLOWING = Duration.ofSeconds(2);

  /** As logged; a store that is awaited tells it later. */
  private final AtomicReference<String> schemaVersion = new AtomicReference<>("unknown");

  private final AtomicBoolean accepting = new AtomicBoolean(true);
  private final Optional<OpenTelemetrySdk> ownTraces;
  private final Optional<ErrorTracker> tracker;
  private final Duration drain;
  private final Pause drainPause;
  private final BillingStore store;
  private final boolean ownsStore;
  private final EventSender sender;
  private final Optional<MailPlugin> mail;
  private final Billing billing;
  private final Javalin javalin;

  private BillingServer(Builder with) {
    BillingConfig config = with.config;
    config.warnings().forEach(LOG::warn);
    ownTraces = with.openTelemetry == null
        ? config.reporting().traces().map(Traces::sendTo)
        : Optional.empty();
    OpenTelemetry openTelemetry = with.openTelemetry == null
        ? ownTraces.<OpenTelemetry>map(sdk -> sdk).orElseGet(OpenTelemetry::noop)
        : with.openTelemetry;
    Telemetry telemetry = new Telemetry(openTelemetry, with.nodeClock);
    drain = config.web().drain();
    drainPause = with.drainPause;
    tracker = config.reporting().errors().map(dsn -> new ErrorTracker(dsn, config.deployment()));

    mail = with.mail.or(() -> MailPlugin.of(config.mail(), with.nodeClock));
    sender = HttpEventSender.create(config.eventsOut().privateAddresses());
    ownsStore = with.store == null;
    store = with.store == null ? awaitedStore(with, telemetry) : with.store;
    try {
      PaymentGateway gateway =
          with.gateway == null ? stripe(config, telemetry, with.nodeClock) : with.gateway;
      billing = billing(with, gateway, telemetry);
      watch(telemetry);
      TrustedProxies proxies = config.web().trustedProxies();
      BodyBudget bodies = BodyBudget.ofHeap(Runtime.getRuntime().maxMemory());
      telemetry.watchBodies(bodies);
      BillingRoutes routes = routes(with, gateway, telemetry, openTelemetry);
      javalin = Javalin.create(javalinConfig -> {
        HttpServer.configure(
            javalinConfig, routes, proxies, bodies, with.bodyPace, with.host, config.port());
        with.pages.accept(javalinConfig, billing);
        routes.mountAlone(javalinConfig);
      });
    } catch (RuntimeException e) {
      closeStore();
      throw e;
    }
    try {
      followCatalog();
      // First the port: a provider that hangs must not keep stored data from being served.
      javalin.start();
      billing.start();
    } catch (RuntimeException e) {
      closeNow();
      throw e;
    }
    logServing(with);
  }

  private Billing billing(Builder with, PaymentGateway gateway, Telemetry telemetry) {
    BillingConfig config = with.config;
    BillingBuilder parts = Billing.builder()
        .gateway(gateway)
        .store(store)
        .catalog(config.catalog().content())
        .clock(with.clock)
        .nodeClock(with.nodeClock)
        .pause(with.pause)
        .random(with.random)
        .checkoutUrls(config.web().checkoutUrls())
        .workers(with.workers)
        .projectOnArrival(with.projectOnArrival)
        .keepEvents(config.keepEvents())
        .staleEntitlements(config.staleEntitlements())
        .drift(config.drift())
        .trialKeys(config.trialKeys())
        .keepFeed(config.eventsOut().keepFeed())
        .eventEndpoints(sender, new JsonEventFormat(), config.eventsOut().keys())
        .billingRoles(config.identity().billingRoles())
        .listener(
            telemetry.inbox(failure -> tracker.ifPresent(reports -> reports.worker(failure))));
    config.retention().conversations().ifPresent(parts::keepConversations);
    config.retention().checkIns().ifPresent(parts::keepCheckIns);
    mail.ifPresent(by ->
        parts.mail(by.renderer(), by.transport(), config.mail().settings(), telemetry.mails()));
    if (with.wallClock != null) {
      parts.wallClock(with.wallClock);
    }
    return parts.build();
  }

  private void watch(Telemetry telemetry) {
    telemetry.watchInbox(billing.webhooks(), billing.wallClock());
    telemetry.watchMode(store, billing.wallClock());
    telemetry.watchClock(billing.wallClock());
    telemetry.watchCatalog(billing.catalogs());
    telemetry.watchCommands(billing.commands());
    telemetry.watchDrift(billing.drift());
    telemetry.watchDuplicates(billing.duplicates());
    telemetry.watchPurchases(billing.purchases());
    telemetry.watchMetering(billing.metering());
    telemetry.watchStaleAnswers(billing.entitlements());
    telemetry.watchTrials(billing.trials());
    telemetry.watchSubscribers(billing.subscribers(), billing.wallClock());
    if (mail.isPresent()) {
      telemetry.watchMails(billing.mails(), billing.wallClock());
    }
  }

  private BillingRoutes routes(
      Builder with, PaymentGateway gateway, Telemetry telemetry, OpenTelemetry openTelemetry) {
    BillingConfig config = with.config;
    TrustedProxies proxies = config.web().trustedProxies();
    return BillingRoutes.builder()
        .billing(billing)
        .store(store)
        .gateway(gateway)
        .identity(with.identity == null ? clerk(config, with.nodeClock) : with.identity)
        .pause(with.pause)
        .random(with.random)
        .corsOrigins(config.web().corsOrigins())
        .ignoredParameters(config.web().ignoredParameters())
        .metrics(telemetry.registry())
        .metricsPage(telemetry::scrape)
        .openTelemetry(openTelemetry)
        .metricsToken(config.web().metricsToken().map(Secret::value))
        .openMetrics(config.deployment() == Deployment.SANDBOX)
        .publishableKey(config.stripe().publishableKey())
        .liveMode(config.stripe().live())
        .failures((failure, route, requestId) ->
            tracker.ifPresent(reports -> reports.request(failure, route, requestId)))
        .secure(proxies::encrypted)
        .webhookSource(request -> config.web().webhookSources().admit(proxies.client(request)))
        .clientAddress(proxies::client)
        .wrongCodesPerMinute(with.wrongCodesPerMinute)
        .accepting(accepting::get)
        .deliveryReports(mail.map(MailPlugin::readers).orElse(List.of()))
        .version(Version.current())
        .build();
  }

  private void logServing(Builder with) {
    BillingConfig config = with.config;
    LOG.atInfo()
        .addKeyValue("address", "http://" + with.host.orElse("0.0.0.0") + ":" + port())
        .addKeyValue("port", port())
        .addKeyValue(
            "mode",
            config.deployment().name().toLowerCase(Locale.ROOT)
                + (config.stripe().live() ? ", live" : ", test") + " keys")
        .addKeyValue("store", with.store == null ? config.store().kind() : "given by the program")
        .addKeyValue("schema", schemaVersion.get())
        .log("serving");
  }

  /**
   * Starts a server with everything that the configuration names. While its store can't be reached it
   * waits for it: it is alive and not ready, and what needs the store is answered by 503.
   *
   * @throws IllegalStateException if the store refuses its user, or has a schema that doesn't fit
   */
  public static BillingServer start(BillingConfig config) {
    return builder(config).start();
  }

  /** Starts with the configuration, and parts that replace what it names. */
  public static Builder builder(BillingConfig config) {
    return new Builder(config);
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** As {@link #close()}, without a drain. */
  void closeNow() {
    accepting.set(false);
    close();
  }

  // Before the first request, so that none is answered by a file that is not in force any more. A
  // store
  // that doesn't answer is asked again by the workers.
  private void followCatalog() {
    WorkContext.within(MAX_FOLLOWING, Workload.HEALTH, System::nanoTime, () -> {
      billing.catalogs().followIfDue();
      return true;
    });
  }

  /** What it serves. */
  public Billing billing() {
    return billing;
  }

  /**
   * Reports not ready and goes on serving for the configured time, so that load balancers send their
   * requests elsewhere. Then closes the port, finishes what is in flight and gives everything back.
   */
  @Override
  public void close() {
    if (accepting.getAndSet(false) && !drain.isZero()) {
      LOG.atInfo().addKeyValue("seconds", drain.toSeconds()).log("draining");
      drainPause.pause(drain);
    }
    try {
      javalin.stop();
    } finally {
      billing.close();
      sender.close();
      closeStore();
      ownTraces.ifPresent(OpenTelemetrySdk::close);
      tracker.ifPresent(ErrorTracker::close);
    }
    LOG.info("stopped");
  }

  private void closeStore() {
    if (ownsStore) {
      store.close();
    }
  }

  /** The endpoints alone, for programs that serve nothing. */
  static EventEndpoints eventEndpoints(
      BillingConfig config, BillingStore store, EventSender sender) {
    Optional<EndpointTransport> transport = Optional.of(
        new EndpointTransport(sender, new JsonEventFormat(), config.eventsOut().keys()));
    return new EventEndpoints(
        store.eventEndpoints(),
        store.subscribers(),
        new EndpointDelivery(store.eventEndpoints(), transport, InstantSource.system()),
        transport,
        InstantSource.system(),
        new SecureRandom());
  }

  /** The use cases of the inbox alone, for programs that serve nothing. */
  static Webhooks webhooks(BillingConfig config, BillingStore store) {
    return Billing.builder()
        .gateway(stripe(config, new Telemetry(), InstantSource.system()))
        .store(store)
        .catalog(config.catalog().content())
        .checkoutOrigins()
        .workers(0)
        .build()
        .webhooks();
  }

  private BillingStore awaitedStore(Builder with, Telemetry telemetry) {
    BillingConfig.Store configured = with.config.store();
    return followed(
        with.config,
        telemetry,
        new RetryingFunctions(
            address(configured),
            () -> opened(configured, telemetry),
            Pause.blocking(),
            with.storeMistake),
        StoreOpener.MIGRATING);
  }

  private static String address(BillingConfig.Store store) {
    return store instanceof BillingConfig.Store.Postgres postgres
        ? postgres.config().address()
        : ((BillingConfig.Store.Supabase) store).config().url();
  }

  private SqlFunctions opened(BillingConfig.Store store, Telemetry telemetry) {
    if (store instanceof BillingConfig.Store.Postgres postgres) {
      SqlFunctions functions =
          StoreOpener.MIGRATING.open(store, telemetry, "configured").transport();
      PostgresBillingStore.schemaStatus(postgres.config())
          .version()
          .ifPresent(version -> schemaVersion.set(Integer.toString(version)));
      LOG.atInfo().addKeyValue("schema", schemaVersion.get()).log("store opened");
      return functions;
    }
    // A project that doesn't answer would be asked again for half a minute before the port is open.
    SqlFunctions functions = WorkContext.within(
        MAX_OPENING,
        Workload.ADMINISTRATION,
        System::nanoTime,
        () -> StoreOpener.MIGRATING.open(store, telemetry, "configured").transport());
    // The history of migrations isn't shown over the API; that nothing is missing was checked.
    schemaVersion.set(SchemaStatus.latest() + " or newer");
    return functions;
  }

  /**
   * The configured store or, if it is being moved, whichever side of the move takes the writes.
   * Changes no schema.
   *
   * @throws com.tatame.billing.schema.SchemaNotReady if the schema is missing or too old
   */
  static BillingStore openStore(BillingConfig config) {
    Telemetry telemetry = new Telemetry();
    return followed(
        config,
        telemetry,
        StoreOpener.AS_IT_IS.open(config.store(), telemetry, "configured").transport(),
        StoreOpener.AS_IT_IS);
  }

  private static BillingStore followed(
      BillingConfig config, Telemetry telemetry, SqlFunctions configured, StoreOpener opener) {
    if (config.moveTo().isEmpty()) {
      return new FunctionBackedStore(configured);
    }
    BillingConfig.Store target = config.moveTo().get();
    return new FunctionBackedStore(new MoveAwareFunctions(
        configured,
        () -> opener.open(target, telemetry, "target").transport(),
        System::nanoTime,
        Pause.blocking()));
  }

  static StripeGateway stripe(BillingConfig config, Telemetry telemetry, InstantSource wallClock) {
    return stripe(config.stripe(), telemetry, wallClock);
  }

  static StripeGateway stripe(
      BillingConfig.StripeAccount account, Telemetry telemetry, InstantSource wallClock) {
    return gateway(account, telemetry, wallClock).build();
  }

  /** A gateway that leaves room for others which use the same account. */
  static StripeGateway stripe(BillingConfig.StripeAccount account, int requestsPerSecond) {
    return gateway(account, new Telemetry(), InstantSource.system())
        .requestsPerSecond(requestsPerSecond)
        .build();
  }

  private static StripeGateway.Builder gateway(
      BillingConfig.StripeAccount account, Telemetry telemetry, InstantSource wallClock) {
    StripeGateway.Builder gateway = StripeGateway.builder(account.secretKey().value())
        .live(account.live())
        .automaticTax(account.automaticTax())
        .webhookSecrets(account.webhookSecrets().stream().map(Secret::value).toList())
        .wallClock(wallClock)
        .listener(telemetry::providerCall);
    account.apiBase().ifPresent(gateway::apiBase);
    return gateway;
  }

  static IdentityVerifier clerk(BillingConfig config, InstantSource wallClock) {
    BillingConfig.Identity identity = config.identity();
    if (identity.key().isPresent()) {
      return ClerkVerifier.byKey(identity.clerk(), identity.key().get(), wallClock);
    }
    String address = identity.secretKey().isPresent()
        ? "https://api.clerk.com/v1/jwks"
        : identity.clerk().issuer() + "/.well-known/jwks.json";
    KeySetSource keys =
        KeySetSource.http(URI.create(address), identity.secretKey().map(Secret::value));
    return ClerkVerifier.byKeySet(identity.clerk(), keys, wallClock);
  }

  /** Parts that replace what the configuration names. */
  public static final class Builder {
    private static final int DEFAULT_WORKERS = 2;

    private final BillingConfig config;
    private @Nullable BillingStore store;
    private @Nullable PaymentGateway gateway;
    private @Nullable IdentityVerifier identity;
    private @Nullable OpenTelemetry openTelemetry;
    private InstantSource clock = InstantSource.system();
    private InstantSource nodeClock = InstantSource.system();
    private @Nullable InstantSource wallClock;
    private Pause pause = Pause.blocking();
    private Pause drainPause = Pause.blocking();
    private RandomGenerator random = new SecureRandom();
    private int workers = DEFAULT_WORKERS;
    private boolean projectOnArrival;
    private BodyPace bodyPace = BodyPace.DEFAULT;
    private Optional<String> host = Optional.empty();
    private Optional<MailPlugin> mail = Optional.empty();
    private int wrongCodesPerMinute;
    private BiConsumer<JavalinConfig, Billing> pages = (config, billing) -> {};
    private Consumer<RuntimeException> storeMistake =
        failure -> LOG.error("the store can't be used: {}", failure.getMessage());

    private Builder(BillingConfig config) {
      this.config = config;
      this.projectOnArrival = config.projectOnArrival();
      this.wrongCodesPerMinute = config.deployment() == Deployment.SANDBOX ? 0 : 10;
    }

    /** Another store; it stays the caller's to close. */
    public Builder store(BillingStore value) {
      store = value;
      return this;
    }

    public Builder gateway(PaymentGateway value) {
      gateway = value;
      return this;
    }

    public Builder identity(IdentityVerifier value) {
      identity = value;
      return this;
    }

    /** Where to trace; it stays the caller's to close. */
    public Builder openTelemetry(OpenTelemetry value) {
      openTelemetry = value;
      return this;
    }

    /** The billing clock. Default: the system's. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    /** The address to listen on, such as {@code 127.0.0.1}. Default: all of the machine's. */
    public Builder host(String value) {
      host = Optional.of(value);
      return this;
    }

    /** How requests wait for what others do. Default: by blocking. */
    public Builder pause(Pause value) {
      pause = value;
      return this;
    }

    /** How a stop waits while load balancers notice it. Default: by blocking. */
    public Builder drainPause(Pause value) {
      drainPause = value;
      return this;
    }

    /** Wall time, for tests that set it. Default: the store's, or this machine's until it is known. */
    public Builder wallClock(InstantSource value) {
      nodeClock = value;
      wallClock = value;
      return this;
    }

    /** The clock of this machine. Default: the system's. */
    public Builder nodeClock(InstantSource value) {
      nodeClock = value;
      return this;
    }

    /** Source of ids. Default: a secure one. */
    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    /** Threads that process events. Default: 2. */
    public Builder workers(int value) {
      workers = value;
      return this;
    }

    /** Whether events are applied in the commit that stores them. Default: as the configuration says. */
    public Builder projectOnArrival(boolean value) {
      projectOnArrival = value;
      return this;
    }

    /**
     * How many promotion codes that don't exist a caller may try in a minute; 0 for any number.
     * Default: 10, and any number in the sandbox.
     */
    public Builder wrongCodesPerMinute(int value) {
      wrongCodesPerMinute = value;
      return this;
    }

    /**
     * How slowly the body of a request may arrive. Default: ten seconds, and 16 KiB a second.
     *
     * @param longestSilence the time that a client has in hand
     * @param bytesPerSecond the rate at which a client that sends keeps it
     */
    public Builder slowestBody(Duration longestSilence, long bytesPerSecond) {
      bodyPace = new BodyPace(longestSilence, bytesPerSecond);
      return this;
    }

    /** How mails are sent, in place of what the configuration names. */
    public Builder mail(MailPlugin value) {
      mail = Optional.of(value);
      return this;
    }

    /** More routes on the same server, which may call the use cases. */
    public Builder pages(BiConsumer<JavalinConfig, Billing> value) {
      pages = value;
      return this;
    }

    /**
     * Called with the reason why the store can't be used, if its database comes up after the start
     * and refuses the user or has a schema that doesn't fit. Default: it is logged.
     */
    public Builder storeMistake(Consumer<RuntimeException> value) {
      storeMistake = value;
      return this;
    }

    /** As {@link BillingServer#start(BillingConfig)}. */
    public BillingServer start() {
      return new BillingServer(this);
    }
  }
}
