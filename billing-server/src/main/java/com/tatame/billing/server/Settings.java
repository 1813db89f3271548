package com.tatame.billing.server;

import static com.tatame.billing.server.Setting.Need.ALWAYS;
import static com.tatame.billing.server.Setting.Need.IN_PRODUCTION;
import static com.tatame.billing.server.Setting.Need.WITH_POSTGRES;
import static com.tatame.billing.server.Setting.Need.WITH_SUPABASE;
import static com.tatame.billing.server.Setting.Section.DATABASE;
import static com.tatame.billing.server.Setting.Section.IMPORT;
import static com.tatame.billing.server.Setting.Section.MOVE;
import static com.tatame.billing.server.Setting.Section.REPORTING;
import static com.tatame.billing.server.Setting.Section.SERVER;
import static com.tatame.billing.server.Setting.Section.SIGN_IN;
import static com.tatame.billing.server.Setting.Section.SOLD;
import static com.tatame.billing.server.Setting.Section.STRIPE;
import static com.tatame.billing.server.Setting.Section.WEB;
import static com.tatame.billing.server.Setting.Section.WEBHOOKS;

import com.tatame.billing.checkout.CheckoutUrls;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.postgres.PostgresConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All settings of the server, each declared once. The configuration is read by them, and
 * {@code .env.example} and {@code docs/configuration.md} are made from them.
 */
final class Settings {
  /** Begins the names of all settings of a family. */
  static final String PRICE_PREFIX = "STRIPE_PRICE_";

  private static final List<Setting<?>> ALL = new ArrayList<>();

  static final Setting<Deployment> BILLING_ENV = add(
          "BILLING_ENV",
          SERVER,
          "`production`, `development`, `test` or `sandbox`",
          SettingReaders::deployment)
      .byDefault("production")
      .initially("development")
      .means("What kind of installation it is. Production asks for more settings and allows less.")
      .remedy("set it to production on a server that takes real money")
      .example("production")
      .wrong("staging");

  static final Setting<Deployment> NODE_ENV = add(
          "NODE_ENV", SERVER, "as `BILLING_ENV`", SettingReaders::deployment)
      .means("Is read where `BILLING_ENV` is missing.")
      .remedy("set BILLING_ENV, which is read first")
      .example("production")
      .wrong("staging");

  static final Setting<Integer> PORT = add(
          "PORT", SERVER, "number from 0 to 65535", SettingReaders.number(0, 65_535))
      .byDefault("8080")
      .initially("8080")
      .means(
          "Where the server listens, on all addresses of the machine; 0 for any port that is free.")
      .remedy("set it to a free port, or leave it out for 8080")
      .example("8080")
      .wrong("70000");

  static final Setting<URI> BILLING_PUBLIC_URL = add(
          "BILLING_PUBLIC_URL", SERVER, "http or https address", SettingReaders::publicUrl)
      .means(
          "Where the server is reached from outside. `billing doctor` compares the webhook endpoint"
              + " at Stripe with it, and `billing setup` makes one there.")
      .remedy("set it to what Stripe and browsers call, such as https://billing.example.com")
      .example("https://billing.example.com")
      .wrong("billing.example.com");

  static final Setting<LogLevel> BILLING_LOG_LEVEL = add(
          "BILLING_LOG_LEVEL",
          SERVER,
          "`error`, `warn`, `info` or `debug`",
          SettingReaders.choice(
              Map.of(
                  "error",
                  LogLevel.ERROR,
                  "warn",
                  LogLevel.WARN,
                  "info",
                  LogLevel.INFO,
                  "debug",
                  LogLevel.DEBUG),
              "must be error, warn, info or debug"))
      .byDefault("info")
      .initially("info")
      .means("How much the server logs, to standard error. Libraries log warnings and errors only.")
      .remedy("leave it out for info")
      .example("warn")
      .wrong("verbose");

  static final Setting<Integer> BILLING_DRAIN_SECONDS = add(
          "BILLING_DRAIN_SECONDS", SERVER, "number from 0 to 300", SettingReaders.number(0, 300))
      .byDefault("5", "0")
      .means(
          "For how many seconds a server that is told to stop (SIGTERM) answers `/health/ready` with"
              + " 503 and goes on serving everything, so that a load balancer sends requests elsewhere"
              + " before the port closes. What is in flight then has ten seconds to end.")
      .remedy("set it to the time in which your load balancer notices, such as 5")
      .example("5")
      .wrong("-1");

  static final Setting<Secret> STRIPE_SECRET_KEY = add(
          "STRIPE_SECRET_KEY", STRIPE, "secret, `sk_…` or `rk_…`", SettingReaders::stripeSecretKey)
      .required(ALWAYS)
      .means("The key of the account. A restricted key (`rk_…`) works too.")
      .remedy("copy it from the Stripe dashboard, Developers, API keys")
      .wrong("pk_test_51N");

  static final Setting<String> STRIPE_PUBLISHABLE_KEY = add(
          "STRIPE_PUBLISHABLE_KEY", STRIPE, "`pk_…`", SettingReaders::stripePublishableKey)
      .means(
          "For pages that use Stripe's own script; answered by `GET /api/v1/config`. Of the same mode,"
              + " test or live, as the secret key.")
      .remedy("copy it from the Stripe dashboard, Developers, API keys, or leave it out")
      .example("pk_test_51N")
      .wrong("sk_test_51N");

  static final Setting<Secret> STRIPE_WEBHOOK_SECRET = add(
          "STRIPE_WEBHOOK_SECRET", STRIPE, "secrets, `whsec_…`", SettingReaders::webhookSecret)
      .list()
      .required(ALWAYS)
      .means(
          "The signing secret of the webhook endpoint, as `billing setup` prints it. During a rotation"
              + " both, the new one and the old one.")
      .remedy(
          "copy the endpoint's signing secret from the Stripe dashboard, Developers, Webhooks, or"
              + " what 'stripe listen' prints")
      .wrong("we_1N5");

  static final Setting<List<AddressRanges.Range>> STRIPE_WEBHOOK_SOURCES = add(
          "STRIPE_WEBHOOK_SOURCES",
          STRIPE,
          "`stripe`, addresses or ranges",
          (text, deployment) -> WebhookSources.parse(text))
      .list()
      .means(
          "Where webhooks may come from, besides being signed: `stripe` for the addresses that Stripe"
              + " publishes. Behind a proxy, set `TRUSTED_PROXIES`, too. Without it, from anywhere.")
      .remedy("set it to stripe, or leave it out")
      .example("stripe,192.0.2.0/24")
      .wrong("stripe.com");

  static final Setting<URI> STRIPE_API_BASE = add(
          "STRIPE_API_BASE", STRIPE, "http or https address", SettingReaders::httpAddress)
      .means(
          "Another server that speaks Stripe's API, such as a simulator. Refused in production and with"
              + " live keys.")
      .remedy("set it to the simulator's address, or leave it out")
      .example("http://localhost:12111")
      .wrong("localhost:12111");

  static final Setting<Boolean> STRIPE_AUTOMATIC_TAX = add(
          "STRIPE_AUTOMATIC_TAX", STRIPE, "`true` or `false`", SettingReaders::flag)
      .byDefault("false")
      .initially("false")
      .means("Whether Stripe Tax computes the tax of checkouts. It must be set up in the account.")
      .remedy("leave it out for false")
      .example("true")
      .wrong("yes");

  static final Setting<Path> BILLING_CATALOG = add(
          "BILLING_CATALOG", SOLD, "path of a YAML file", SettingReaders::readableFile)
      .required(ALWAYS)
      .initially("examples/tatame/catalog.yaml")
      .means("What is sold; [catalog.md](catalog.md) has the format.")
      .remedy("set it to the path of a catalog file, such as examples/tatame/catalog.yaml")
      .example("examples/tatame/catalog.yaml")
      .wrong("/nowhere/catalog.yaml");

  static final Setting<String> BILLING_TRIAL_LEDGER_KEY = add(
          "BILLING_TRIAL_LEDGER_KEY",
          SOLD,
          "secrets of at least 32 characters",
          SettingReaders::trialKey)
      .list()
      .required(IN_PRODUCTION)
      .means(
          "The secret under which it is remembered who has had a trial. To replace it put the new one"
              + " first, and keep the old one behind it.")
      .remedy(
          "set it to what 'openssl rand -base64 32' prints, and keep it: without it no caller can be authenticated"
              + " again who has had a trial")
      .wrong("short");

  static final Setting<String> STRIPE_PRICE = add(
          "STRIPE_PRICE_{TIER}_{MONTHLY|YEARLY}", SOLD, "id of a price", SettingReaders::priceId)
      .family(Pattern.compile(PRICE_PREFIX + "(.+)_(MONTHLY|YEARLY)"))
      .means("The price of a tier, where it isn't found by its lookup key, such as"
          + " `STRIPE_PRICE_PRO_MONTHLY`.")
      .remedy(
          "copy the price's id from the Stripe dashboard, or leave it out: 'billing setup' makes"
              + " prices")
      .example("price_1N5")
      .wrong("prod_N5");

  static final Setting<String> CLERK_PUBLISHABLE_KEY = add(
          "CLERK_PUBLISHABLE_KEY", SIGN_IN, "`pk_…`", SettingReaders::clerkPublishableKey)
      .required(ALWAYS)
      .means("Names the issuer whose tokens are believed.")
      .remedy("copy it from the Clerk dashboard, API keys")
      .example("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
      .wrong("pk_test_%%%");

  static final Setting<Secret> CLERK_SECRET_KEY = add(
          "CLERK_SECRET_KEY", SIGN_IN, "secret, `sk_…`", SettingReaders::clerkSecretKey)
      .means("Fetches the signing keys from Clerk's Backend API and not from the public address.")
      .remedy("copy it from the Clerk dashboard, API keys, or leave it out")
      .wrong("pk_test_Y2xlcms");

  static final Setting<String> CLERK_JWT_KEY = add(
          "CLERK_JWT_KEY", SIGN_IN, "RSA public key in PEM form", SettingReaders::jwtKey)
      .means(
          "The instance's public key; its line breaks may be written as `\\n`. Then no keys are fetched"
              + " at all.")
      .remedy(
          "copy all of it from the Clerk dashboard, API keys, JWKS public key, with its first and last"
              + " line, or leave it out")
      .wrong("nonsense");

  static final Setting<String> CLERK_AUTHORIZED_PARTIES = add(
          "CLERK_AUTHORIZED_PARTIES", SIGN_IN, "origins", SettingReaders::origin)
      .list()
      .means(
          "The origins that tokens may have been made for. Without it tokens that any site of the same"
              + " Clerk instance obtained are believed: in production a warning says so.")
      .remedy("list the origins of your application, such as https://app.example.com")
      .example("https://app.example.com")
      .wrong("app.example.com");

  static final Setting<String> BILLING_ADMIN_SUBJECTS = add(
          "BILLING_ADMIN_SUBJECTS", SIGN_IN, "subjects of tokens", SettingReaders::subject)
      .list()
      .means("Who is an administrator. A role inside an organisation never makes one.")
      .remedy("list ids such as user_2abc, with commas between")
      .example("user_2abc,user_2def")
      .wrong("user 1");

  static final Setting<AdministratorRule.Claim> BILLING_ADMIN_CLAIM = add(
          "BILLING_ADMIN_CLAIM", SIGN_IN, "name=value", SettingReaders::claim)
      .means(
          "A claim that makes an administrator. Dots lead into objects: `metadata.role=admin`. A claim"
              + " that users write themselves (`unsafe_metadata`, `user_metadata`, a name, an e-mail address)"
              + " is refused.")
      .remedy("name a claim that your backend alone sets, such as metadata.role=admin")
      .example("metadata.role=admin")
      .wrong("unsafe_metadata.role=admin");

  static final Setting<String> BILLING_ORG_BILLING_ROLES = add(
          "BILLING_ORG_BILLING_ROLES", SIGN_IN, "roles", SettingReaders::organizationRole)
      .list()
      .byDefault("admin,owner,billing")
      .initially("admin,owner,billing")
      .means(
          "The roles inside an organisation that may buy, change and cancel for it and see its invoices'"
              + " links and tax ids, with or without `org:`.")
      .remedy("list roles as Clerk names them, such as admin,org:treasurer")
      .example("admin,org:treasurer")
      .wrong("Org Admin");

  static final Setting<String> BILLING_STORE = add(
          "BILLING_STORE", DATABASE, "`postgres` or `supabase`", SettingReaders::storeKind)
      .byDefault("postgres")
      .initially("postgres")
      .means("Where everything is kept; [stores.md](stores.md) compares both.")
      .remedy("set it to supabase to use a project's REST API, or leave it out for postgres")
      .example("postgres")
      .wrong("redis");

  static final Setting<PostgresConfig> DATABASE_URL = add(
          "DATABASE_URL",
          DATABASE,
          "address as libpq or JDBC write it",
          SettingReaders::databaseUrl)
      .required(WITH_POSTGRES)
      .initially("postgres://billing:billing@localhost:5432/billing")
      .means(
          "The database. Percent-encode what is special in the password; `?sslmode=require` and the like"
              + " are understood.")
      .remedy("set it to postgres://user:password@host:5432/database")
      .example("postgres://user:password@host:5432/database?sslmode=require")
      .wrong("mysql://host/database");

  static final Setting<Integer> DATABASE_POOL_MAX = add(
          "DATABASE_POOL_MAX", DATABASE, "number from 1 to 1000", SettingReaders.number(1, 1000))
      .byDefault(Integer.toString(PostgresConfig.DEFAULT_MAX_POOL_SIZE))
      .initially(Integer.toString(PostgresConfig.DEFAULT_MAX_POOL_SIZE))
      .means("Connections to the database at most.")
      .remedy("set it to fewer than the database's max_connections, or leave it out for "
          + PostgresConfig.DEFAULT_MAX_POOL_SIZE)
      .example("20")
      .wrong("many");

  static final Setting<String> SUPABASE_URL = add(
          "SUPABASE_URL", DATABASE, "address of a project", SettingReaders::supabaseUrl)
      .required(WITH_SUPABASE)
      .means("The project.")
      .remedy("copy the project's URL from Supabase, Project Settings, Data API")
      .example("https://ref.supabase.co")
      .wrong("ref.supabase.co");

  static final Setting<Secret> SUPABASE_SERVICE_ROLE_KEY = add(
          "SUPABASE_SERVICE_ROLE_KEY", DATABASE, "secret", SettingReaders::supabaseKey)
      .required(WITH_SUPABASE)
      .means("A secret key of the project, `sb_secret_…` or the `service_role` token.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  static final Setting<String> BILLING_MOVE_TO = add(
          "BILLING_MOVE_TO", MOVE, "`postgres` or `supabase`", SettingReaders::storeKind)
      .means("While everything is moved to another store, its kind; see"
          + " [migrating-from-supabase.md](migrating-from-supabase.md). The server then follows the move by"
          + " itself, and `billing migrate` makes it.")
      .remedy("set it to what everything is moved to, or leave it out for no move")
      .example("postgres")
      .wrong("mysql");

  static final Setting<PostgresConfig> BILLING_MOVE_DATABASE_URL = add(
          "BILLING_MOVE_DATABASE_URL", MOVE, "as `DATABASE_URL`", SettingReaders::databaseUrl)
      .means("Where to. Without it `DATABASE_URL`, unless that is what is moved from.")
      .remedy("set it to postgres://user:password@host:5432/database")
      .example("postgres://user:password@host:5432/database")
      .wrong("mysql://host/database");

  static final Setting<String> BILLING_MOVE_SUPABASE_URL = add(
          "BILLING_MOVE_SUPABASE_URL", MOVE, "as `SUPABASE_URL`", SettingReaders::supabaseUrl)
      .means("Where to. Without it `SUPABASE_URL`, unless that is what is moved from.")
      .remedy("copy the project's URL from Supabase, Project Settings, Data API")
      .example("https://ref.supabase.co")
      .wrong("ref.supabase.co");

  static final Setting<Secret> BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY = add(
          "BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY", MOVE, "secret", SettingReaders::supabaseKey)
      .means(
          "Its key. Without it `SUPABASE_SERVICE_ROLE_KEY`, unless that is of what is moved from.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  static final Setting<Boolean> BILLING_PROJECT_ON_ARRIVAL = add(
          "BILLING_PROJECT_ON_ARRIVAL", WEBHOOKS, "`true` or `false`", SettingReaders::flag)
      .byDefault("true")
      .initially("true")
      .means(
          "Webhooks are applied in the commit that stores them. With `false` they are only stored then,"
              + " and workers apply them.")
      .remedy("leave it out for true")
      .example("false")
      .wrong("yes");

  static final Setting<DriftPolicy> BILLING_DRIFT = add(
          "BILLING_DRIFT",
          WEBHOOKS,
          "`off`, `report` or `repair`",
          SettingReaders.choice(
              Map.of(
                  "off",
                  DriftPolicy.OFF,
                  "report",
                  DriftPolicy.REPORT,
                  "repair",
                  DriftPolicy.REPAIR),
              "must be off, report or repair"))
      .byDefault("repair")
      .initially("repair")
      .means(
          "All that is stored is compared with Stripe, customer by customer. What differs is listed, and:"
              + " `repair` puts it right, `report` leaves that to"
              + " `POST /api/v1/webhooks/drift/{id}/repair`; `off` compares nothing.")
      .remedy("leave it out for repair")
      .example("report")
      .wrong("on");

  static final Setting<Integer> BILLING_KEEP_EVENTS_DAYS = add(
          "BILLING_KEEP_EVENTS_DAYS",
          WEBHOOKS,
          "number from 1 to 36500",
          SettingReaders.number(1, 36_500))
      .byDefault("90")
      .initially("90")
      .means(
          "For how many days the payloads of processed webhooks are kept. Their ids are kept for ever.")
      .remedy("leave it out for 90")
      .example("90")
      .wrong("0");

  static final Setting<Integer> BILLING_STALE_ENTITLEMENTS = add(
          "BILLING_STALE_ENTITLEMENTS",
          WEBHOOKS,
          "number from 0 to 86400",
          SettingReaders.number(0, 86_400))
      .byDefault("600")
      .initially("600")
      .means(
          "While the database refuses connections, what users may do is answered by what was last read, if"
              + " that is at most so many seconds old; answers say `\"stale\": true` and how old they are. 0"
              + " answers 503 instead.")
      .remedy("leave it out for 600")
      .example("600")
      .wrong("forever");

  static final Setting<String> BILLING_IMPORT_FROM = add(
          "BILLING_IMPORT_FROM",
          IMPORT,
          "address of a database or of a Supabase project",
          SettingReaders::importFrom)
      .means(
          "Where `billing import tatame` and `import mapped` find the tables to take over. Without it, where"
              + " this product keeps its own.")
      .remedy("set it to postgres://user:password@host:5432/database or https://ref.supabase.co")
      .example("https://ref.supabase.co")
      .wrong("ftp://host/tables");

  static final Setting<Secret> BILLING_IMPORT_KEY = add(
          "BILLING_IMPORT_KEY", IMPORT, "secret", SettingReaders::supabaseKey)
      .means("The secret key of that project, `sb_secret_…` or the legacy `service_role` key.")
      .remedy("copy a secret key from Supabase, Project Settings, API Keys")
      .wrong("sb_publishable_abc");

  static final Setting<String> BILLING_CORS_ORIGINS = add(
          "BILLING_CORS_ORIGINS", WEB, "origins", SettingReaders::origin)
      .list()
      .initially("http://localhost:3000")
      .means("Origins whose pages may call the API. Without it, none.")
      .remedy("list the origins of your pages, such as https://app.example.com")
      .example("https://app.example.com")
      .wrong("https://app.example.com/path");

  static final Setting<String> BILLING_IGNORED_QUERY_PARAMETERS = add(
          "BILLING_IGNORED_QUERY_PARAMETERS",
          WEB,
          "names of parameters",
          SettingReaders::queryParameter)
      .list()
      .byDefault("utm_*,_")
      .initially("utm_*,_")
      .means(
          "Query parameters that proxies or analytics scripts add, and that are ignored; `*` ends a prefix."
              + " Others that a route doesn't have are refused.")
      .remedy("list names such as utm_*, or leave it out for utm_* and _")
      .example("utm_*,_,gclid")
      .wrong("utm_*&x");

  static final Setting<CheckoutUrls.Target> BILLING_CHECKOUT_URLS = add(
          "BILLING_CHECKOUT_URLS", WEB, "origins and app schemes", SettingReaders::checkoutUrl)
      .list()
      .required(IN_PRODUCTION)
      .initially("http://localhost:3000")
      .means(
          "Where checkouts may return to: origins and app schemes (`myapp://`). In production origins must"
              + " be https; elsewhere this machine is always allowed.")
      .remedy("list the origins and app schemes that checkouts return to, such as"
          + " https://app.example.com,myapp://")
      .example("https://app.example.com,myapp://")
      .wrong("javascript://");

  static final Setting<AddressRanges.Range> TRUSTED_PROXIES = add(
          "TRUSTED_PROXIES",
          WEB,
          "addresses or ranges",
          (text, deployment) -> AddressRanges.Range.parse(text))
      .list()
      .means(
          "Proxies whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed. Without it, none.")
      .remedy("list addresses or ranges such as 10.0.0.0/8")
      .example("10.0.0.0/8")
      .wrong("example.com");

  static final Setting<Secret> METRICS_TOKEN = add(
          "METRICS_TOKEN", REPORTING, "secret without spaces", SettingReaders::token)
      .means(
          "What a collector of `GET /metrics` sends as bearer token. Without it, metrics are off.")
      .remedy("set it to what 'openssl rand -hex 24' prints")
      .wrong("two words");

  static final Setting<URI> OTEL_EXPORTER_OTLP_ENDPOINT = add(
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          REPORTING,
          "http or https address",
          SettingReaders::httpAddress)
      .means("A collector of traces that speaks OTLP over HTTP. What else `OTEL_…` variables say"
          + " (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`) is honoured. Without"
          + " it, no traces.")
      .remedy("set it to the collector's address, such as http://localhost:4318")
      .example("http://localhost:4318")
      .wrong("localhost:4318");

  static final Setting<Secret> SENTRY_DSN = add(
          "SENTRY_DSN", REPORTING, "secret, `https://key@host/project`", SettingReaders::dsn)
      .means(
          "An error tracker that speaks Sentry's protocol. It receives unexpected failures alone: their"
              + " kind, stack, route, request id and release; no message, body or header. Without it, none.")
      .remedy("copy the DSN from the project's settings")
      .wrong("https://errors.example.com");

  private Settings() {}

  private static <T> Setting<T> add(
      String name, Setting.Section section, String type, Setting.Reader<T> reader) {
    Setting<T> setting = new Setting<>(name, section, type, reader);
    ALL.add(setting);
    return setting;
  }

  /** All of them, in the order of {@code .env.example}. */
  static List<Setting<?>> all() {
    return List.copyOf(ALL);
  }

  /** The names of all that are no family. */
  static Set<String> names() {
    return ALL.stream()
        .filter(setting -> setting.family().isEmpty())
        .map(Setting::name)
        .collect(Collectors.toUnmodifiableSet());
  }
}
