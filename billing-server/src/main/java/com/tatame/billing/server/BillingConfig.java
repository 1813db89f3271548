package com.tatame.billing.server;

import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.identity.ClerkConfig;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.supabase.SupabaseConfig;
import com.tatame.billing.trial.TrialKeys;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's settings, checked. Its text form shows no secret.
 *
 * @param port 0 for any that is free
 * @param trialKeys under which the evidence of trials is hashed
 * @param moveTo the store that everything is being moved to
 * @param projectOnArrival whether events are applied in the commit that stores them
 * @param keepEvents how long the payloads of processed events are kept
 * @param staleEntitlements how old what was last read may be that answers while the database is down
 * @param drift what is done about rows that differ from what Stripe holds
 */
public record BillingConfig(
    Deployment deployment,
    int port,
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
    Web web,
    Reporting reporting) {
  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_DRAIN_SECONDS = 300;
  private static final int DEFAULT_DRAIN_SECONDS = 5;
  private static final int LEAST_DAYS = 1;
  private static final int MAX_DAYS = 36_500;
  private static final int DEFAULT_DAYS = 90;
  private static final int MAX_STALE_SECONDS = 86_400;
  private static final int DEFAULT_STALE_SECONDS = 600;
  private static final Pattern SECRET_KEY = Pattern.compile("(sk|rk)_(test|live)_\\S+");
  private static final Pattern PUBLISHABLE_KEY = Pattern.compile("pk_(test|live)_\\S+");
  private static final String PRICE_PREFIX = "STRIPE_PRICE_";
  private static final Pattern PRICE_NAME = Pattern.compile(PRICE_PREFIX + "(.+)_(MONTHLY|YEARLY)");
  private static final Pattern DSN =
      Pattern.compile("https?://\\w+(:\\w+)?@[^/@\\s]+/([^@\\s]+/)?\\d+");
  private static final Pattern ORIGIN = Pattern.compile("https?://[^/@\\s]+");

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
      return secretKey.value().contains("_live_");
    }
  }

  /**
   * What is sold.
   *
   * @param priceIds the provider's, which win over the file's
   */
  public record CatalogSource(Path file, Map<PriceName, String> priceIds) {}

  /**
   * A price of the catalog as the environment names it.
   *
   * @param tier upper case, with {@code _} for whatever is neither letter nor digit
   */
  public record PriceName(String tier, BillingInterval interval) {
    static PriceName of(String tier, BillingInterval interval) {
      return new PriceName(tier.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), interval);
    }

    String variable() {
      return PRICE_PREFIX + tier + "_" + interval.name();
    }
  }

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

  /**
   * Reads the environment.
   *
   * @throws InvalidConfiguration with all problems at once, each naming its variable
   */
  public static BillingConfig fromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    StoreVariables stores = new StoreVariables(env);
    Deployment deployment = deployment(env);
    StripeAccount stripe = stripe(env, deployment);
    if (stripe.webhookSecrets().isEmpty()) {
      env.problem(
          Variable.STRIPE_WEBHOOK_SECRET,
          "is missing; copy the endpoint's signing secret, or what 'stripe listen' prints");
    }
    BillingConfig config = new BillingConfig(
        deployment,
        env.number(Variable.PORT, 0, 65_535, DEFAULT_PORT),
        stripe,
        new CatalogSource(catalogFile(env), priceIds(env, environment)),
        trialKeys(env, deployment),
        identity(env),
        stores.configured(),
        stores.moveTo(),
        env.parsed(Variable.BILLING_PROJECT_ON_ARRIVAL, BillingConfig::flag).orElse(true),
        Duration.ofDays(
            env.number(Variable.BILLING_KEEP_EVENTS_DAYS, LEAST_DAYS, MAX_DAYS, DEFAULT_DAYS)),
        Duration.ofSeconds(env.number(
            Variable.BILLING_STALE_ENTITLEMENTS, 0, MAX_STALE_SECONDS, DEFAULT_STALE_SECONDS)),
        env.parsed(Variable.BILLING_DRIFT, BillingConfig::drift).orElse(DriftPolicy.REPAIR),
        web(env, deployment),
        new Reporting(
            env.parsed(Variable.OTEL_EXPORTER_OTLP_ENDPOINT, BillingConfig::httpAddress),
            env.parsed(Variable.SENTRY_DSN, BillingConfig::dsn)));
    env.throwIfAny();
    return config;
  }

  /** Where everything is kept, and where it is being moved to. */
  record Stores(Store configured, Optional<Store> moveTo) {}

  /** As {@link #fromEnv}, the stores alone. */
  static Stores storesFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    StoreVariables variables = new StoreVariables(env);
    Stores stores = new Stores(variables.configured(), variables.moveTo());
    env.throwIfAny();
    return stores;
  }

  /** What it takes to set the account up, before there is a webhook secret or a database. */
  record Seller(StripeAccount stripe, CatalogSource catalog) {}

  /** As {@link #fromEnv}, the account and the catalog alone. */
  static Seller sellerFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    Seller seller = new Seller(
        stripe(env, deployment(env)),
        new CatalogSource(catalogFile(env), priceIds(env, environment)));
    env.throwIfAny();
    return seller;
  }

  /**
   * Where tables are imported from.
   *
   * @throws InvalidConfiguration with everything that is wrong with it
   */
  static Store importedFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    Store from = new StoreVariables(env).importFrom();
    env.throwIfAny();
    return from;
  }

  /** As {@link #fromEnv}, the port alone, for a program that calls the server: never 0. */
  static int portFromEnv(Map<String, String> environment) {
    EnvironmentReader env = new EnvironmentReader(environment);
    int port = env.number(Variable.PORT, 1, 65_535, DEFAULT_PORT);
    env.throwIfAny();
    return port;
  }

  /** The names of all variables that are read, {@code STRIPE_PRICE_…} apart. */
  static Set<String> variables() {
    return new HashSet<>(Arrays.stream(Variable.values()).map(Enum::name).toList());
  }

  private static Deployment deployment(EnvironmentReader env) {
    Variable variable =
        env.text(Variable.BILLING_ENV).isPresent() ? Variable.BILLING_ENV : Variable.NODE_ENV;
    Optional<String> name = env.text(variable);
    Optional<Deployment> known = name.flatMap(Deployment::of);
    if (name.isPresent() && known.isEmpty()) {
      env.problem(variable, "must be production, development, test or sandbox");
    }
    return known.orElse(Deployment.PRODUCTION);
  }

  private static StripeAccount stripe(EnvironmentReader env, Deployment deployment) {
    String secretKey = env.required(
        Variable.STRIPE_SECRET_KEY,
        "sk_test_missing",
        "copy it from the Stripe dashboard, Developers, API keys");
    if (!SECRET_KEY.matcher(secretKey).matches()) {
      env.problem(
          Variable.STRIPE_SECRET_KEY, "must start with sk_test_, sk_live_, rk_test_ or rk_live_");
    }
    boolean live = secretKey.contains("_live_");
    Optional<String> publishableKey = env.text(Variable.STRIPE_PUBLISHABLE_KEY);
    if (publishableKey.isPresent()) {
      String key = publishableKey.get();
      if (!PUBLISHABLE_KEY.matcher(key).matches()) {
        env.problem(Variable.STRIPE_PUBLISHABLE_KEY, "must start with pk_test_ or pk_live_");
      } else if (key.startsWith("pk_live_") != live) {
        env.problem(
            Variable.STRIPE_PUBLISHABLE_KEY,
            "must be of the same mode, test or live, as STRIPE_SECRET_KEY");
      }
    }
    List<Secret> webhookSecrets =
        env.list(Variable.STRIPE_WEBHOOK_SECRET).stream().map(Secret::new).toList();
    if (webhookSecrets.stream().anyMatch(s -> s.value().matches("(sk|rk|pk)_.*"))) {
      env.problem(
          Variable.STRIPE_WEBHOOK_SECRET, "holds an API key; it wants a signing secret, whsec_…");
    }
    Optional<URI> apiBase = env.parsed(Variable.STRIPE_API_BASE, BillingConfig::httpAddress);
    if (apiBase.isPresent() && deployment == Deployment.PRODUCTION) {
      env.problem(
          Variable.STRIPE_API_BASE, "is not allowed in production; remove it or set BILLING_ENV");
    }
    if (live && (apiBase.isPresent() || deployment == Deployment.SANDBOX)) {
      env.problem(
          Variable.STRIPE_SECRET_KEY,
          "is a live key, which nobody but Stripe may see; use a test key");
    }
    boolean automaticTax =
        env.parsed(Variable.STRIPE_AUTOMATIC_TAX, BillingConfig::flag).orElse(false);
    return new StripeAccount(
        new Secret(secretKey), publishableKey, webhookSecrets, apiBase, automaticTax);
  }

  private static boolean flag(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("must be true or false");
    }
    return text.equals("true");
  }

  private static URI httpAddress(String text) {
    URI uri = URI.create(text);
    if (!Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
        || uri.getHost() == null) {
      throw new IllegalArgumentException("must be an http or https address");
    }
    return uri;
  }

  private static Secret dsn(String text) {
    if (!DSN.matcher(text).matches()) {
      throw new IllegalArgumentException("must have the form https://key@host/project");
    }
    return new Secret(text);
  }

  private static Path catalogFile(EnvironmentReader env) {
    Path file = Path.of(env.required(
        Variable.BILLING_CATALOG,
        "catalog.yaml",
        "set it to the path of a catalog file, such as examples/tatame/catalog.yaml"));
    if (env.text(Variable.BILLING_CATALOG).isPresent() && !Files.isReadable(file)) {
      env.problem(Variable.BILLING_CATALOG, "names a file that can't be read: " + file);
    }
    return file;
  }

  private static TrialKeys trialKeys(EnvironmentReader env, Deployment deployment) {
    List<String> keys = env.list(Variable.BILLING_TRIAL_LEDGER_KEY);
    if (keys.isEmpty() && deployment == Deployment.PRODUCTION) {
      env.problem(
          Variable.BILLING_TRIAL_LEDGER_KEY,
          "is missing; set it to 'openssl rand -base64 32' and keep it: without it nobody is known"
              + " again who has had a trial");
    }
    try {
      return TrialKeys.of(keys);
    } catch (IllegalArgumentException e) {
      env.problem(Variable.BILLING_TRIAL_LEDGER_KEY, String.valueOf(e.getMessage()));
      return TrialKeys.NONE;
    }
  }

  private static Map<PriceName, String> priceIds(
      EnvironmentReader env, Map<String, String> environment) {
    Map<PriceName, String> ids = new HashMap<>();
    new TreeMap<>(environment).forEach((name, value) -> {
      if (name.startsWith(PRICE_PREFIX) && !value.isBlank()) {
        Matcher matcher = PRICE_NAME.matcher(name);
        if (!matcher.matches()) {
          env.problem(name, "must be named STRIPE_PRICE_{TIER}_MONTHLY or _YEARLY");
        } else if (!value.strip().matches("price_\\w+|plan_\\w+")) {
          env.problem(name, "must be the id of a price, price_…");
        } else {
          ids.put(
              new PriceName(matcher.group(1), BillingInterval.valueOf(matcher.group(2))),
              value.strip());
        }
      }
    });
    return Map.copyOf(ids);
  }

  private static Identity identity(EnvironmentReader env) {
    env.required(Variable.CLERK_PUBLISHABLE_KEY, "", "copy it from the Clerk dashboard, API keys");
    String issuer = env.parsed(Variable.CLERK_PUBLISHABLE_KEY, ClerkConfig::issuerOf)
        .orElse("https://missing.invalid");
    List<String> parties = env.parsedList(Variable.CLERK_AUTHORIZED_PARTIES, BillingConfig::origin);
    return new Identity(
        new ClerkConfig(
            issuer,
            Set.copyOf(parties),
            new AdministratorRule(
                Set.copyOf(env.list(Variable.BILLING_ADMIN_SUBJECTS)),
                env.parsed(Variable.BILLING_ADMIN_CLAIM, BillingConfig::claim))),
        env.text(Variable.CLERK_JWT_KEY),
        env.text(Variable.CLERK_SECRET_KEY).map(Secret::new),
        billingRoles(env));
  }

  private static BillingRoles billingRoles(EnvironmentReader env) {
    List<String> roles =
        env.parsedList(Variable.BILLING_ORG_BILLING_ROLES, BillingConfig::organizationRole);
    return roles.isEmpty() ? BillingRoles.DEFAULT : new BillingRoles(Set.copyOf(roles));
  }

  private static String organizationRole(String text) {
    if (!text.matches("(org:)?[a-z0-9_]+")) {
      throw new IllegalArgumentException("must list roles such as admin or org:billing: " + text);
    }
    return text;
  }

  private static DriftPolicy drift(String text) {
    return switch (text) {
      case "off" -> DriftPolicy.OFF;
      case "report" -> DriftPolicy.REPORT;
      case "repair" -> DriftPolicy.REPAIR;
      default -> throw new IllegalArgumentException("must be off, report or repair");
    };
  }

  private static AdministratorRule.Claim claim(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException("must have the form name=value, such as role=admin");
    }
    return new AdministratorRule.Claim(
        text.substring(0, equals).strip(), text.substring(equals + 1).strip());
  }

  private static String origin(String text) {
    if (!ORIGIN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must list origins such as https://app.example.com, without a path: " + text);
    }
    return text;
  }

  private static Web web(EnvironmentReader env, Deployment deployment) {
    boolean production = deployment == Deployment.PRODUCTION;
    List<CheckoutUrls.Target> targets = env.parsedList(
        Variable.BILLING_CHECKOUT_URLS, text -> CheckoutUrls.Target.parse(text, production));
    if (production && env.text(Variable.BILLING_CHECKOUT_URLS).isEmpty()) {
      env.problem(
          Variable.BILLING_CHECKOUT_URLS,
          "is missing; list the origins and app schemes that checkouts return to, such as"
              + " https://app.example.com,myapp://");
    }
    return new Web(
        Set.copyOf(env.parsedList(Variable.BILLING_CORS_ORIGINS, BillingConfig::origin)),
        env.text(Variable.BILLING_IGNORED_QUERY_PARAMETERS).isPresent()
            ? env.list(Variable.BILLING_IGNORED_QUERY_PARAMETERS)
            : List.of("utm_*", "_"),
        new CheckoutUrls(targets, production),
        new TrustedProxies(new AddressRanges(
            env.parsedList(Variable.TRUSTED_PROXIES, AddressRanges.Range::parse))),
        WebhookSources.of(env.parsedList(Variable.STRIPE_WEBHOOK_SOURCES, WebhookSources::parse)),
        env.text(Variable.METRICS_TOKEN).map(Secret::new),
        Duration.ofSeconds(env.number(
            Variable.BILLING_DRAIN_SECONDS,
            0,
            MAX_DRAIN_SECONDS,
            production ? DEFAULT_DRAIN_SECONDS : 0)));
  }
}
