package com.tatame.billing.http;

import com.github.benmanes.caffeine.cache.Ticker;
import com.tatame.billing.Billing;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.command.Pause;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.mail.DeliveryReportReader;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.time.StoreClock;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.Workload;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.router.EndpointNotFound;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP contract, to be mounted on a Javalin of one's own.
 *
 * <pre>{@code
 * BillingRoutes routes =
 *     BillingRoutes.builder().billing(billing).store(store).gateway(gateway).identity(verifier).build();
 * Javalin.create(config -> {
 *   routes.mount(config);
 *   config.routes.before("/reports/*", routes.requires("reports"));
 * });
 * }</pre>
 */
public final class BillingRoutes {
  /** The largest body that any route takes, in bytes. */
  public static final int MAX_BODY_BYTES = Route.BodyRule.RAW.limit();

  /** How long a request with an Idempotency-Key is waited for. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  /**
   * How many requests of a kind may keep a thread each. Together they are fewer than the threads that
   * Javalin has by default; those of webhooks mostly keep none.
   */
  private static final Map<Workload, Integer> MAX_REQUESTS = Map.of(
      Workload.WEBHOOKS, 256,
      Workload.ENTITLEMENTS, 64,
      Workload.CONSUMPTION, 64,
      Workload.READS, 64,
      Workload.MUTATIONS, 64,
      Workload.ADMINISTRATION, 16,
      Workload.HEALTH, 16);

  private static final Duration STORE_GOOD_FOR = Duration.ofSeconds(1);
  private static final Duration PROVIDER_GOOD_FOR = Duration.ofSeconds(30);

  private final Billing billing;
  private final HttpShell shell;
  private final FeatureGuard guard;
  private final KnownInputs inputs;
  private final List<Route> table = RouteTable.all();
  private final Handlers handlers;

  private BillingRoutes(Builder with) {
    billing = required(with.billing, "billing");
    BillingStore store = required(with.store, "store");
    PaymentGateway gateway = required(with.gateway, "gateway");
    IdentityVerifier identity = required(with.identity, "identity");
    ApiKeyCache keys =
        new ApiKeyCache(billing.apiKeys(), store::down, billing.wallClock(), Ticker.systemTicker());
    Authentication authentication = new Authentication(
        identity,
        keys,
        billing.anonymousSessions(),
        new MetricsAccess(with.openMetrics, with.metricsToken),
        billing.billingRoles(),
        with.webhookSource);
    shell = shell(with, store, authentication);
    inputs = new KnownInputs(with.ignoredParameters);
    guard = new FeatureGuard(authentication, billing.entitlements());
    InboxHandlers inbox = new InboxHandlers(
        billing.webhooks(), billing.drift(), billing.customers(), billing.wallClock());
    handlers = new Handlers(Stream.of(
            List.of(health(with, store, gateway, identity, inbox), inbox),
            sales(with),
            accounts(),
            mail(with),
            administration(with, keys))
        .flatMap(List::stream)
        .toList());
  }

  private HttpShell shell(Builder with, BillingStore store, Authentication authentication) {
    return new HttpShell(
        authentication,
        new IdempotentAnswers(
            store.idempotency(),
            billing.wallClock(),
            with.random,
            billing.heartbeats(),
            new LongRequests(MAX_WAIT, with.traces),
            with.clientAddress),
        new ResponseHeaders(new Cors(with.corsOrigins), new PageHeaders(with.secure)),
        new RequestLog(with.timer, System::nanoTime, with.failures),
        with.traces,
        with.random,
        new Bulkhead(MAX_REQUESTS, 0));
  }

  private HealthHandlers health(
      Builder with,
      BillingStore store,
      PaymentGateway gateway,
      IdentityVerifier identity,
      InboxHandlers inbox) {
    StoreClock wallClock = billing.wallClock();
    return new HealthHandlers(
        new StoreCheck(store, STORE_GOOD_FOR, wallClock),
        new DependencyCheck(gateway::ping, PROVIDER_GOOD_FOR, wallClock),
        new SingleFlightCache<>(
            () -> HealthHandlers.Backlogs.of(billing), STORE_GOOD_FOR, wallClock),
        new HealthHandlers.Readiness(identity::ready, with.accepting),
        inbox,
        billing,
        with.version);
  }

  /** Of what is sold: products, checkouts, payments and promotion codes. */
  private List<Object> sales(Builder with) {
    CodeGuessLimit guesses =
        new CodeGuessLimit(with.wrongCodesPerMinute, billing.wallClock(), with.clientAddress);
    return List.of(
        new ProductHandlers(billing.products()),
        new CheckoutHandlers(billing.checkouts(), billing::catalog, with.pause, guesses),
        new PurchaseHandlers(billing.purchases()),
        new PaymentIntentHandlers(billing.itemPayments()),
        new RefundHandlers(billing.refunds()),
        new CouponHandlers(billing::catalog, billing.coupons(), guesses),
        new DiscountHandlers(billing.discounts()),
        new AnonymousSessionHandlers(billing.anonymousSessions(), with.random));
  }

  /** Of what an account has, and may do. */
  private List<Object> accounts() {
    StoreClock wallClock = billing.wallClock();
    return List.of(
        new CustomerHandlers(billing.customers(), billing.checkouts()),
        new SubscriptionHandlers(billing.subscriptions()),
        new ChangeHandlers(billing.subscriptions()),
        new InvoiceHandlers(billing.invoices()),
        new PaymentMethodHandlers(billing.paymentMethods()),
        new PortalHandlers(billing.portal()),
        new TaxHandlers(billing.taxation()),
        new EntitlementHandlers(billing.entitlements(), wallClock),
        new UsageHandlers(billing.entitlements(), wallClock),
        new ConversationHandlers(billing.conversations()),
        new CheckInHandlers(billing.checkIns()),
        new GrantHandlers(billing.grants()),
        new MeteringHandlers(billing.metering()),
        new TrialHandlers(billing.trials()));
  }

  /** Of what accounts are sent. */
  private List<Object> mail(Builder with) {
    return List.of(
        new EmailHandlers(billing.mails()),
        new MailPreferenceHandlers(billing.unsubscription()),
        new DeliveryReportHandlers(billing.mails(), with.deliveryReports));
  }

  /** Of received events, what operators do, and the documents. */
  private List<Object> administration(Builder with, ApiKeyCache keys) {
    return List.of(
        new DocumentHandlers(
            () -> describe(with.version), with.metricsPage, with.publishableKey, with.liveMode),
        new WebhookHandlers(billing.webhooks(), new RejectedWebhooks(System::nanoTime)),
        new DriftHandlers(billing.drift()),
        new DuplicateHandlers(billing.duplicates()),
        new BillingEventHandlers(billing.events()),
        new AuditHandlers(billing.audit()),
        new EventHandlers(billing.events()),
        new EventEndpointHandlers(billing.eventEndpoints()),
        new SubscriberHandlers(billing.subscribers()),
        new CommandHandlers(billing.commands()),
        new ApiKeyHandlers(billing.apiKeys(), keys));
  }

  private static <T> T required(@Nullable T part, String name) {
    return Objects.requireNonNull(part, () -> "BillingRoutes.builder() needs a " + name);
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * The OpenAPI 3.1 document of these routes as JSON.
   *
   * @param version of the program
   */
  public static String describe(String version) {
    return Json.text(OpenApi.describe(RouteTable.all(), version));
  }

  /** Adds the routes, and nothing that touches the host's own. */
  public void mount(JavalinConfig config) {
    Map<String, List<String>> methods = new TreeMap<>();
    // Javalin tries one after the other, and what is asked for most has no parameters.
    List<Route> inOrder = table.stream()
        .sorted(Comparator.comparing(route -> route.pathParameters().size()))
        .toList();
    for (Route route : inOrder) {
      Handler handler = shell.handler(
          route, inputs.checked(route, route.handler().apply(handlers).withOneCatalog(billing)));
      config.routes.addHttpHandler(type(route.method()), route.path(), handler);
      List<String> allowed = methods.computeIfAbsent(route.path(), path -> new ArrayList<>());
      allowed.add(route.method());
      if (route.method().equals("GET")) {
        config.routes.addHttpHandler(HandlerType.HEAD, route.path(), handler);
        allowed.add("HEAD");
      }
    }
    methods.forEach((path, allowed) -> {
      allowed.add("OPTIONS");
      config.routes.addHttpHandler(HandlerType.OPTIONS, path, shell.preflight(allowed));
    });
  }

  /** As {@link #mount}, on a server without other routes: answers all that is left over. */
  public void mountAlone(JavalinConfig config) {
    mount(config);
    config.routes.exception(EndpointNotFound.class, (failure, context) -> unrouted(context));
    config.routes.exception(HttpResponseException.class, this::refused);
    config.routes.exception(
        Exception.class, (failure, context) -> shell.answerUnexpected(context, failure));
  }

  /**
   * A non-blocking handler for Jetty to put in front of all others. It serves the hot routes (received
   * events, cached entitlements, consumption) for less than the routes cost, and passes everything else
   * to them. Everything behind it is answered on threads of the
   * server's pool.
   */
  public org.eclipse.jetty.server.Handler.Singleton nonBlockingHandler() {
    return new NonBlockingHandler(
        shell,
        routesOf("/webhooks/stripe"),
        cached(),
        routesOf("/api/v1/entitlements/{feature}/consume").get(0),
        inputs,
        handlers);
  }

  /**
   * A handler for Jetty that answers what never reaches a route, such as a header that is too long, as
   * the routes answer: a problem document with a request id and their headers. It is for {@code
   * Server.setErrorHandler}.
   */
  public org.eclipse.jetty.server.Request.Handler serverErrors() {
    return new ServerErrors(shell);
  }

  private List<NonBlockingHandler.Cached> cached() {
    List<NonBlockingHandler.Cached> all = new ArrayList<>();
    routesOf("/health/live")
        .forEach(route -> all.add(new NonBlockingHandler.Cached(
            route, unused -> Optional.of(handlers.get(HealthHandlers.class).alive()))));
    routesOf("/api/v1/entitlements")
        .forEach(route -> all.add(new NonBlockingHandler.Cached(
            route, account -> account.flatMap(handlers.get(EntitlementHandlers.class)::cached))));
    for (String list : List.of("plans", "products", "prices")) {
      routesOf("/api/v1/" + list).stream()
          .filter(route -> route.method().equals("GET"))
          .forEach(route -> all.add(new NonBlockingHandler.Cached(
              route, account -> handlers.get(ProductHandlers.class).rendered(list))));
    }
    return all;
  }

  /** A canonical route and its other names. */
  private List<Route> routesOf(String path) {
    return table.stream()
        .filter(route -> route.path().equals(path)
            || route.description().deprecatedFor().equals(Optional.of(path)))
        .toList();
  }

  /**
   * A handler for the host's own routes that lets through only callers who are signed in and whose
   * plan includes the feature, and who have some left of what is counted; others get a problem
   * document and no further handler runs. Nothing is used by passing.
   *
   * @param feature as the catalog names it
   */
  public Handler requires(String feature) {
    return context -> shell.guard(context, exchange -> guard.require(feature, exchange));
  }

  private void unrouted(Context context) {
    List<String> allowed = table.stream()
        .filter(route -> route.matches(context.path()))
        .map(Route::method)
        .distinct()
        .toList();
    if (allowed.isEmpty()) {
      shell.answerUnrouted(
          context, ProblemCode.NOT_FOUND, "There is nothing at this path.", allowed);
    } else {
      shell.answerUnrouted(
          context,
          ProblemCode.METHOD_NOT_ALLOWED,
          "The path knows " + String.join(", ", allowed) + ".",
          allowed);
    }
  }

  private void refused(HttpResponseException refusal, Context context) {
    ProblemCode.ofStatus(refusal.getStatus())
        .ifPresentOrElse(
            code -> shell.answerUnrouted(
                context, code, "The request can't be understood or answered.", List.of()),
            () -> shell.answerUnexpected(context, refusal));
  }

  private static HandlerType type(String method) {
    return switch (method) {
      case "GET" -> HandlerType.GET;
      case "POST" -> HandlerType.POST;
      case "PUT" -> HandlerType.PUT;
      case "PATCH" -> HandlerType.PATCH;
      case "DELETE" -> HandlerType.DELETE;
      default -> throw new IllegalStateException("no route may have the method " + method);
    };
  }

  /** Collects the parts. Billing, store, gateway and identity are required. */
  public static final class Builder {
    private @Nullable Billing billing;
    private @Nullable BillingStore store;
    private @Nullable PaymentGateway gateway;
    private @Nullable IdentityVerifier identity;
    private RandomGenerator random = new SecureRandom();
    private Pause pause = Pause.blocking();
    private Set<String> corsOrigins = Set.of();
    private List<String> ignoredParameters = KnownInputs.ADDED_BY_PROXIES;
    private RequestTimer timer = RequestTimer.NONE;
    private Optional<Supplier<String>> metricsPage = Optional.empty();
    private RequestTraces traces = RequestTraces.NONE;
    private boolean openMetrics;
    private Optional<String> metricsToken = Optional.empty();
    private Optional<String> publishableKey = Optional.empty();
    private boolean liveMode;
    private FailureListener failures = FailureListener.NONE;
    private Predicate<ClientRequest> secure = request -> request.scheme().equals("https");
    private Predicate<ClientRequest> webhookSource = request -> true;
    private Function<ClientRequest, String> clientAddress = ClientRequest::remoteAddress;
    private int wrongCodesPerMinute = 10;
    private BooleanSupplier accepting = () -> true;
    private List<DeliveryReportReader> deliveryReports = List.of();
    private String version = "0";

    private Builder() {}

    public Builder billing(Billing value) {
      billing = value;
      return this;
    }

    /** For idempotency keys and health; the same that billing uses. */
    public Builder store(BillingStore value) {
      store = value;
      return this;
    }

    /** For health; the same that billing uses. */
    public Builder gateway(PaymentGateway value) {
      gateway = value;
      return this;
    }

    public Builder identity(IdentityVerifier value) {
      identity = value;
      return this;
    }

    /** Source of request ids. Default: a secure one. */
    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    /** How the confirmation of a checkout waits. Default: by blocking. */
    public Builder pause(Pause value) {
      pause = value;
      return this;
    }

    /** Origins whose pages may call, such as {@code https://app.example.com}. Default: none. */
    public Builder corsOrigins(Set<String> value) {
      corsOrigins = value;
      return this;
    }

    /**
     * Query parameters that are ignored on every route, because proxies or analytics scripts add
     * them: names, or beginnings of names that end in {@code *}. Others that a route doesn't have are
     * refused. Default: {@code utm_*} and {@code _}.
     */
    public Builder ignoredParameters(List<String> value) {
      ignoredParameters = value;
      return this;
    }

    /** Where requests are counted. Default: nowhere. */
    public Builder metrics(MeterRegistry value) {
      timer = new MicrometerRequestTimer(value);
      return this;
    }

    /** What {@code /metrics} shows, in Prometheus' text format. Default: nothing is shown. */
    public Builder metricsPage(Supplier<String> value) {
      metricsPage = Optional.of(value);
      return this;
    }

    /** Where requests are traced. Default: nowhere. */
    public Builder openTelemetry(OpenTelemetry value) {
      traces = new OpenTelemetryTraces(value);
      return this;
    }

    /** What a collector of metrics must send as bearer token. Default: collecting is refused. */
    public Builder metricsToken(Optional<String> value) {
      metricsToken = value;
      return this;
    }

    /** Lets everybody read the metrics. */
    public Builder openMetrics(boolean value) {
      openMetrics = value;
      return this;
    }

    /** The provider's publishable key, for pages. Default: none. */
    public Builder publishableKey(Optional<String> value) {
      publishableKey = value;
      return this;
    }

    /** Whether money is real. Default: it is not. */
    public Builder liveMode(boolean value) {
      liveMode = value;
      return this;
    }

    /** Receives unexpected failures. Default: none; they are logged all the same. */
    public Builder failures(FailureListener value) {
      failures = value;
      return this;
    }

    /** Whether a client's connection is encrypted. Default: what the server itself sees. */
    public Builder secure(Predicate<ClientRequest> value) {
      secure = value;
      return this;
    }

    /** Whether a webhook may come from where it comes from. Default: from anywhere. */
    public Builder webhookSource(Predicate<ClientRequest> value) {
      webhookSource = value;
      return this;
    }

    /** The address that a client is limited by. Default: that of the connection. */
    public Builder clientAddress(Function<ClientRequest, String> value) {
      clientAddress = value;
      return this;
    }

    /**
     * How many promotion codes that don't exist a caller may try in a minute, before 429 {@code
     * rate_limited}; 0 for any number. Default: 10.
     */
    public Builder wrongCodesPerMinute(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("wrongCodesPerMinute must not be negative");
      }
      wrongCodesPerMinute = value;
      return this;
    }

    /** How mail services report what became of mails. Default: none does. */
    public Builder deliveryReports(List<DeliveryReportReader> value) {
      deliveryReports = List.copyOf(value);
      return this;
    }

    /** Whether to report ready; false before a stop. Default: always. */
    public Builder accepting(BooleanSupplier value) {
      accepting = value;
      return this;
    }

    /** Of the program, as reported. */
    public Builder version(String value) {
      version = value;
      return this;
    }

    /**
     * Puts it together.
     *
     * @throws NullPointerException naming the part that is missing
     */
    public BillingRoutes build() {
      return new BillingRoutes(this);
    }
  }
}
