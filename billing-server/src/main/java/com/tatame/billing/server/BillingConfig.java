package com.tatame.billing.server;

import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CheckoutPages;
import com.tatame.billing.checkout.CheckoutUrls;
import com.tatame.billing.checkout.ReturnUrls;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.configuration.PriceName;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.identity.ClerkConfig;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.supabase.SupabaseConfig;
import com.tatame.billing.trial.TrialKeys;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The server's settings, checked. Its text form shows no secret.
 *
 * @param port 0 for any that is free
 * @param publicUrl where the server is reached from outside
 * @param trialKeys under which the evidence of trials is hashed
 * @param moveTo the store that everything is being moved to
 * @param projectOnArrival whether events are applied in the commit that stores them
 * @param keepEvents how long the payloads of processed events are kept
 * @param staleEntitlements how old what was last read may be that answers while the database is down
 * @param drift what is done about rows that differ from what Stripe holds
 * @param eventsOut who receives what happened
 * @param retention how long what users write is kept
 * @param mail what accounts are sent
 * @param warnings what is allowed, but probably not meant; each names its variable and what to do
 */
public record BillingConfig(
    Deployment deployment,
    int port,
    Optional<URI> publicUrl,
    StripeAccount stripe,
    CatalogSource catalog,
    TrialKeys trialKeys,
    Identity identity,
    Store store,
    Optional<Store> moveTo,
    boolean projectOnArrival,
    Duration keepEvents,
    Duration staleEntitlements,
    DriftPolicy drift,
    EventsOut eventsOut,
    Retention retention,
    MailConfig mail,
    Web web,
    Reporting reporting,
    List<String> warnings) {
  /**
   * The account at Stripe.
   *
   * @param webhookSecrets more than one while they are rotated
   * @param apiBase another server that speaks Stripe's API; never in production
   * @param automaticTax whether Stripe Tax reckons the tax of checkouts
   */
  public record StripeAccount(
      Secret secretKey,
      Optional<String> publishableKey,
      List<Secret> webhookSecrets,
      Optional<URI> apiBase,
      boolean automaticTax) {
    /** Whether money is real. */
    public boolean live() {
      return BillingConfig.live(secretKey);
    }
  }

  /**
   * What is sold.
   *
   * @param content of the file, with the ids of prices that win over its own
   */
  public record CatalogSource(Path file, Catalog content) {}

  /**
   * The instance at Clerk.
   *
   * @param key its public key, which spares fetching the published ones
   * @param secretKey with which the keys are fetched from the Backend API and not the frontend's
   * @param billingRoles the roles that decide about an organisation's money
   */
  public record Identity(
      ClerkConfig clerk,
      Optional<String> key,
      Optional<Secret> secretKey,
      BillingRoles billingRoles) {}

  /** Where everything is kept. */
  public sealed interface Store {
    /** The kind of store, as {@code BILLING_STORE} names it. */
    String kind();

    /** In a PostgreSQL. */
    record Postgres(PostgresConfig config) implements Store {
      @Override
      public String kind() {
        return "postgres";
      }
    }

    /** In a Supabase project, over its REST API. */
    record Supabase(SupabaseConfig config) implements Store {
      @Override
      public String kind() {
        return "supabase";
      }
    }
  }

  /**
   * Who receives events.
   *
   * @param keys under which the secrets of endpoints are sealed
   * @param privateAddresses whether endpoints may be on private networks
   * @param keepFeed how long the feed has an entry
   */
  public record EventsOut(SecretsKeys keys, boolean privateAddresses, Duration keepFeed) {}

  /**
   * How long what users write is kept; empty until they delete it.
   *
   * @param conversations since their last message
   * @param checkIns since the time that they are about
   */
  public record Retention(Optional<Duration> conversations, Optional<Duration> checkIns) {}

  /**
   * How the server meets browsers, proxies and collectors.
   *
   * @param ignoredParameters query parameters that are ignored on every route; {@code *} ends a prefix
   * @param drain how long a server that is told to stop says that it isn't ready and goes on serving
   */
  public record Web(
      Set<String> corsOrigins,
      List<String> ignoredParameters,
      CheckoutUrls checkoutUrls,
      TrustedProxies trustedProxies,
      WebhookSources webhookSources,
      Optional<Secret> metricsToken,
      Duration drain) {}

  /**
   * Whom the server tells about its work.
   *
   * @param traces a collector's address for OTLP over HTTP
   * @param errors the DSN of an error tracker
   */
  public record Reporting(Optional<URI> traces, Optional<Secret> errors) {}

  /** All that a server reads but for its stores, which depend on their kind. */
  private static final List<Setting<?>> CHECKED = Settings.all().stream()
      .filter(setting -> setting.section() != Setting.Section.DATABASE)
      .filter(setting -> setting.family().isEmpty())
      .filter(
          setting -> setting != ServerSettings.BILLING_ENV && setting != ServerSettings.NODE_ENV)
      .toList();

  /**
   * Reads the environment.
   *
   * @throws InvalidConfiguration with all problems at once, those of the catalog's file included, each
   *     naming its variable or line and what to do
   */
  public static BillingConfig fromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    CHECKED.forEach(env::check);
    env.find(StoreSettings.DATABASE_POOL_MAX);
    StoreVariables stores = new StoreVariables(env);
    Optional<Store> store = stores.configured();
    Optional<Store> moveTo = stores.moveTo();
    checkStripe(env);
    Optional<CatalogSource> catalog = catalog(env);
    Optional<MailConfig> mail = MailConfig.read(env);
    if (env.production() && !env.has(SignInSettings.CLERK_AUTHORIZED_PARTIES)) {
      env.warn(
          SignInSettings.CLERK_AUTHORIZED_PARTIES,
          "is missing, so that a token is believed whatever site of the same Clerk instance obtained it");
    }
    env.throwIfAny();
    return new BillingConfig(
        env.deployment(),
        env.find(ServerSettings.PORT).orElseThrow(),
        env.find(ServerSettings.BILLING_PUBLIC_URL),
        stripe(env, env.all(StripeSettings.STRIPE_WEBHOOK_SECRET)),
        catalog.orElseThrow(),
        TrialKeys.of(env.all(CatalogSettings.BILLING_TRIAL_LEDGER_KEY)),
        identity(env),
        store.orElseThrow(),
        moveTo,
        env.find(WebhookSettings.BILLING_PROJECT_ON_ARRIVAL).orElseThrow(),
        Duration.ofDays(env.find(WebhookSettings.BILLING_KEEP_EVENTS_DAYS).orElseThrow()),
        Duration.ofSeconds(env.find(WebhookSettings.BILLING_STALE_ENTITLEMENTS).orElseThrow()),
        env.find(WebhookSettings.BILLING_DRIFT).orElseThrow(),
        eventsOut(env),
        new Retention(
            env.find(ConversationSettings.BILLING_KEEP_CONVERSATIONS_DAYS).map(Duration::ofDays),
            env.find(ConversationSettings.BILLING_KEEP_CHECK_INS_DAYS).map(Duration::ofDays)),
        mail.orElseThrow(),
        web(env),
        new Reporting(
            env.find(ReportingSettings.OTEL_EXPORTER_OTLP_ENDPOINT),
            env.find(ReportingSettings.SENTRY_DSN)),
        env.warnings());
  }

  private static EventsOut eventsOut(EnvironmentReader env) {
    return new EventsOut(
        SecretsKeys.of(env.all(EventSettings.BILLING_SECRETS_KEY)),
        env.find(EventSettings.BILLING_EVENT_PRIVATE_ADDRESSES).orElseThrow(),
        Duration.ofDays(env.find(EventSettings.BILLING_KEEP_FEED_DAYS).orElseThrow()));
  }

  /** Where everything is kept, and where it is being moved to. */
  record Stores(Store configured, Optional<Store> moveTo) {}

  /** As {@link #fromEnv}, the stores alone. */
  static Stores storesFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    StoreVariables variables = new StoreVariables(env);
    Optional<Store> configured = variables.configured();
    Optional<Store> moveTo = variables.moveTo();
    env.throwIfAny();
    return new Stores(configured.orElseThrow(), moveTo);
  }

  /**
   * What it takes to set the account up, before there is a webhook secret or a database.
   *
   * @param publicUrl where the server is reached from outside
   */
  record Seller(StripeAccount stripe, CatalogSource catalog, Optional<URI> publicUrl) {}

  /** As {@link #fromEnv}, the account and the catalog alone. */
  static Seller sellerFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    Optional<URI> publicUrl = env.find(ServerSettings.BILLING_PUBLIC_URL);
    List<Secret> webhookSecrets = env.allIfGiven(StripeSettings.STRIPE_WEBHOOK_SECRET);
    checkStripe(env);
    Optional<CatalogSource> catalog = catalog(env);
    env.throwIfAny();
    return new Seller(stripe(env, webhookSecrets), catalog.orElseThrow(), publicUrl);
  }

  /**
   * As {@link #fromEnv}, the catalog alone, as its file says it now.
   *
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  static CatalogSource catalogFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    Optional<CatalogSource> catalog = catalog(env);
    env.throwIfAny();
    return catalog.orElseThrow();
  }

  /**
   * Where tables are imported from.
   *
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  static Store importedFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    Optional<Store> from = new StoreVariables(env).importFrom();
    env.throwIfAny();
    return from.orElseThrow();
  }

  /** As {@link #fromEnv}, the port alone, for a program that calls the server: never 0. */
  static int portFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(Map.of(
        ServerSettings.PORT.name(), environment.getOrDefault(ServerSettings.PORT.name(), "")));
    Optional<Integer> port = env.find(ServerSettings.PORT);
    if (port.equals(Optional.of(0))) {
      env.problem(ServerSettings.PORT, "must be a number from 1 to 65535");
    }
    env.throwIfAny();
    return port.orElseThrow();
  }

  /** Reports what doesn't go together. */
  private static void checkStripe(EnvironmentReader env) {
    env.find(StripeSettings.STRIPE_AUTOMATIC_TAX);
    Optional<Secret> secretKey = env.find(StripeSettings.STRIPE_SECRET_KEY);
    boolean live = secretKey.filter(BillingConfig::live).isPresent();
    env.find(StripeSettings.STRIPE_PUBLISHABLE_KEY)
        .filter(key -> secretKey.isPresent() && key.startsWith("pk_live_") != live)
        .ifPresent(key -> env.problem(
            StripeSettings.STRIPE_PUBLISHABLE_KEY,
            "must be of the same mode, test or live, as STRIPE_SECRET_KEY"));
    Optional<URI> apiBase = env.find(StripeSettings.STRIPE_API_BASE);
    if (apiBase.isPresent() && env.production()) {
      env.problem(
          StripeSettings.STRIPE_API_BASE,
          "is not allowed in production, which is what BILLING_ENV says");
    }
    if (live && (apiBase.isPresent() || env.deployment() == Deployment.SANDBOX)) {
      env.problem(
          StripeSettings.STRIPE_SECRET_KEY,
          "is a live key, which only Stripe may see: use a test key");
    }
  }

  private static boolean live(Secret secretKey) {
    return secretKey.value().contains("_live_");
  }

  private static StripeAccount stripe(EnvironmentReader env, List<Secret> webhookSecrets) {
    return new StripeAccount(
        env.find(StripeSettings.STRIPE_SECRET_KEY).orElseThrow(),
        env.find(StripeSettings.STRIPE_PUBLISHABLE_KEY),
        webhookSecrets,
        env.find(StripeSettings.STRIPE_API_BASE),
        env.find(StripeSettings.STRIPE_AUTOMATIC_TAX).orElseThrow());
  }

  /** Empty with problems: of the setting, of the file, or of prices that it doesn't have. */
  private static Optional<CatalogSource> catalog(EnvironmentReader env) {
    Map<PriceName, String> priceIds = new HashMap<>();
    env.family(CatalogSettings.STRIPE_PRICE, CatalogSettings.PRICE_PREFIX)
        .forEach((name, id) -> priceIds.put(PriceName.ofVariable(name), id));
    return env.find(CatalogSettings.BILLING_CATALOG).flatMap(file -> {
      try {
        Catalog content = CatalogFile.read(file, priceIds);
        content.checkout().ifPresent(pages -> requireAllowed(env, pages));
        return Optional.of(new CatalogSource(file, content));
      } catch (InvalidConfiguration e) {
        env.problems(e.problems());
        return Optional.empty();
      }
    });
  }

  private static void requireAllowed(EnvironmentReader env, CheckoutPages pages) {
    if (env.production() && !env.has(WebSettings.BILLING_CHECKOUT_URLS)) {
      return;
    }
    ReturnUrls allowed = new ReturnUrls(
        new CheckoutUrls(env.allIfGiven(WebSettings.BILLING_CHECKOUT_URLS), env.production()));
    Map.of("checkout.successUrl", pages.successUrl(), "checkout.cancelUrl", pages.cancelUrl())
        .forEach((field, url) -> {
          try {
            allowed.require(field, url);
          } catch (ValidationFailed e) {
            env.problem(
                WebSettings.BILLING_CHECKOUT_URLS, "doesn't allow " + field + " of the catalog");
          }
        });
  }

  private static Identity identity(EnvironmentReader env) {
    return new Identity(
        new ClerkConfig(
            env.find(SignInSettings.CLERK_PUBLISHABLE_KEY).orElseThrow(),
            Set.copyOf(env.all(SignInSettings.CLERK_AUTHORIZED_PARTIES)),
            new AdministratorRule(
                Set.copyOf(env.all(SignInSettings.BILLING_ADMIN_SUBJECTS)),
                env.find(SignInSettings.BILLING_ADMIN_CLAIM))),
        env.find(SignInSettings.CLERK_JWT_KEY),
        env.find(SignInSettings.CLERK_SECRET_KEY),
        new BillingRoles(Set.copyOf(env.all(SignInSettings.BILLING_ORG_BILLING_ROLES))));
  }

  private static Web web(EnvironmentReader env) {
    return new Web(
        Set.copyOf(env.all(WebSettings.BILLING_CORS_ORIGINS)),
        env.all(WebSettings.BILLING_IGNORED_QUERY_PARAMETERS),
        new CheckoutUrls(env.all(WebSettings.BILLING_CHECKOUT_URLS), env.production()),
        new TrustedProxies(new AddressRanges(env.all(WebSettings.TRUSTED_PROXIES))),
        WebhookSources.of(env.all(StripeSettings.STRIPE_WEBHOOK_SOURCES)),
        env.find(ReportingSettings.METRICS_TOKEN),
        Duration.ofSeconds(env.find(ServerSettings.BILLING_DRAIN_SECONDS).orElseThrow()));
  }
}
