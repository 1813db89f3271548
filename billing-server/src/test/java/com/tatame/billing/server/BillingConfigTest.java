package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.postgres.PostgresConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BillingConfigTest {
  private static final String CATALOG = "../examples/tatame/catalog.yaml";
  /** clerk.example.com$ */
  private static final String CLERK_KEY = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";

  @Test
  void readsACompleteEnvironment() {
    BillingConfig config = BillingConfig.fromEnv(with(Map.of(
        "STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old",
        "STRIPE_PRICE_PRO_MONTHLY", "price_123",
        "BILLING_ADMIN_CLAIM", "metadata.role=admin",
        "BILLING_ADMIN_SUBJECTS", "user_1, user_2",
        "DATABASE_POOL_MAX", "7",
        "PORT", "9000")));

    assertThat(config.deployment()).isEqualTo(Deployment.PRODUCTION);
    assertThat(config.port()).isEqualTo(9000);
    assertThat(config.stripe().live()).isFalse();
    assertThat(config.stripe().webhookSecrets())
        .containsExactly(new Secret("whsec_new"), new Secret("whsec_old"));
    assertThat(config.catalog().file()).isEqualTo(Path.of(CATALOG));
    assertThat(config.catalog().content().plan("pro").orElseThrow().prices())
        .hasEntrySatisfying(
            BillingInterval.MONTHLY, price -> assertThat(price.priceId()).contains("price_123"));
    assertThat(config.identity().clerk().issuer()).isEqualTo("https://clerk.example.com");
    assertThat(config.identity().clerk().administrators().subjects())
        .containsExactlyInAnyOrder("user_1", "user_2");
    assertThat(postgres(config).maxPoolSize()).isEqualTo(7);
  }

  @Test
  void tellsAllProblemsAtOnceEachWithItsVariable() {
    InvalidConfiguration invalid = refused(Map.of(
        "STRIPE_SECRET_KEY", "whsec_wrong",
        "STRIPE_PUBLISHABLE_KEY", "sk_test_wrong",
        "STRIPE_PRICE_PRO_WEEKLY", "price_1",
        "PORT", "70000",
        "DATABASE_POOL_MAX", "many",
        "CLERK_PUBLISHABLE_KEY", "pk_test_%%%",
        "BILLING_ADMIN_CLAIM", "org_role=admin",
        "BILLING_STORE", "redis",
        "TRUSTED_PROXIES", "example.com"));

    assertThat(invalid.problems().stream().map(problem -> problem.split(" ", 2)[0]))
        .containsExactlyInAnyOrder(
            "STRIPE_SECRET_KEY",
            "STRIPE_PUBLISHABLE_KEY",
            "STRIPE_WEBHOOK_SECRET",
            "STRIPE_PRICE_PRO_WEEKLY",
            "PORT",
            "BILLING_CATALOG",
            "BILLING_TRIAL_LEDGER_KEY",
            "CLERK_PUBLISHABLE_KEY",
            "BILLING_ADMIN_CLAIM",
            "BILLING_STORE",
            "DATABASE_POOL_MAX",
            "BILLING_CHECKOUT_URLS",
            "TRUSTED_PROXIES");
    assertThat(invalid.problems())
        .contains(
            "BILLING_STORE must be postgres or supabase; " + StoreSettings.BILLING_STORE.remedy());
    assertThat(invalid).hasMessageContaining("13 problems");
  }

  @Test
  void administratorsAreNotDefinedByWhatUsersWrite() {
    assertThat(refused(with(Map.of("BILLING_ADMIN_CLAIM", "unsafe_metadata.role=admin")))
            .problems())
        .singleElement()
        .asString()
        .startsWith("BILLING_ADMIN_CLAIM must not name unsafe_metadata");
  }

  @Test
  void billingRolesOfOrganisationsAreConfigured() {
    assertThat(BillingConfig.fromEnv(with(Map.of())).identity().billingRoles().names())
        .containsExactlyInAnyOrder("admin", "owner", "billing");
    assertThat(
            BillingConfig.fromEnv(with(Map.of("BILLING_ORG_BILLING_ROLES", "org:treasurer, admin")))
                .identity()
                .billingRoles()
                .names())
        .containsExactlyInAnyOrder("admin", "treasurer");
    assertThat(refused(with(Map.of("BILLING_ORG_BILLING_ROLES", "Org Admin"))).problems())
        .singleElement()
        .asString()
        .startsWith("BILLING_ORG_BILLING_ROLES must list roles");
  }

  @Test
  void webhooksComeFromAnywhereUnlessAddressesAreListed() {
    assertThat(BillingConfig.fromEnv(with(Map.of())).web().webhookSources().admit("203.0.113.7"))
        .isTrue();
    WebhookSources listed = BillingConfig.fromEnv(
            with(Map.of("STRIPE_WEBHOOK_SOURCES", "stripe, 192.0.2.0/24")))
        .web()
        .webhookSources();
    assertThat(listed.admit("54.187.216.72")).isTrue();
    assertThat(listed.admit("192.0.2.99")).isTrue();
    assertThat(listed.admit("203.0.113.7")).isFalse();

    assertThat(refused(with(Map.of("STRIPE_WEBHOOK_SOURCES", "stripe.com"))).problems())
        .containsExactly(
            "STRIPE_WEBHOOK_SOURCES must list stripe, addresses or ranges such as 10.0.0.0/8:"
                + " stripe.com; set it to stripe, or leave it out");
  }

  @Test
  void supabaseNeedsItsOwnTwoVariablesAndNoDatabase() {
    Map<String, String> environment = with(Map.of(
        "BILLING_STORE", "supabase",
        "SUPABASE_URL", "https://ref.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_topsecret"));
    environment.remove("DATABASE_URL");

    BillingConfig config = BillingConfig.fromEnv(environment);

    assertThat(config.store()).isInstanceOf(BillingConfig.Store.Supabase.class);
    assertThat(config.toString()).doesNotContain("topsecret");
  }

  @Test
  void aPublishableKeyOfSupabaseIsRefusedWithoutShowingIt() {
    assertThat(problemsOf(with(Map.of(
            "BILLING_STORE", "supabase",
            "SUPABASE_SERVICE_ROLE_KEY", "sb_publishable_topsecret"))))
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith("SUPABASE_URL "))
        .anyMatch(problem -> problem.startsWith("SUPABASE_SERVICE_ROLE_KEY "))
        .noneMatch(problem -> problem.contains("topsecret"));
  }

  @Test
  void withoutAMoveThereIsNothingToFollow() {
    assertThat(BillingConfig.fromEnv(with(Map.of("BILLING_MOVE_TO", " "))).moveTo())
        .isEmpty();
  }

  @Test
  void aMoveFromSupabaseGoesToTheDatabaseThatIsNamedAnyway() {
    BillingConfig config = BillingConfig.fromEnv(with(Map.of(
        "BILLING_STORE", "supabase",
        "SUPABASE_URL", "https://ref.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_topsecret",
        "BILLING_MOVE_TO", "postgres",
        "DATABASE_POOL_MAX", "7")));

    assertThat(config.store().kind()).isEqualTo("supabase");
    PostgresConfig target = ((BillingConfig.Store.Postgres) config.moveTo().get()).config();
    assertThat(target.url()).isEqualTo("postgres://localhost/billing");
    assertThat(target.maxPoolSize()).isEqualTo(7);
  }

  @Test
  void aMoveBackToSupabaseGoesToTheProjectThatIsNamedAnyway() {
    BillingConfig config = BillingConfig.fromEnv(with(Map.of(
        "SUPABASE_URL", "https://ref.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_topsecret",
        "BILLING_MOVE_TO", "supabase")));

    assertThat(config.store().kind()).isEqualTo("postgres");
    assertThat(config.moveTo().get().kind()).isEqualTo("supabase");
    assertThat(config.toString()).doesNotContain("topsecret");
  }

  @Test
  void whereAMoveGoesCanBeNamedByItself() {
    BillingConfig toDatabase = BillingConfig.fromEnv(with(Map.of(
        "BILLING_MOVE_TO", "postgres",
        "BILLING_MOVE_DATABASE_URL", "postgres://elsewhere/billing")));
    assertThat(
            ((BillingConfig.Store.Postgres) toDatabase.moveTo().get()).config().url())
        .isEqualTo("postgres://elsewhere/billing");

    BillingConfig toProject = BillingConfig.fromEnv(with(Map.of(
        "SUPABASE_URL", "https://unused.supabase.co",
        "BILLING_MOVE_TO", "supabase",
        "BILLING_MOVE_SUPABASE_URL", "https://elsewhere.supabase.co",
        "BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY", "sb_secret_topsecret")));
    assertThat(
            ((BillingConfig.Store.Supabase) toProject.moveTo().get()).config().url())
        .isEqualTo("https://elsewhere.supabase.co");
  }

  @Test
  void aMoveToWhereEverythingIsAlreadyIsRefused() {
    assertThat(problemsOf(with(Map.of(
            "BILLING_MOVE_TO", "postgres",
            "BILLING_MOVE_DATABASE_URL", "postgres://localhost/billing"))))
        .containsExactly(
            "BILLING_MOVE_DATABASE_URL is DATABASE_URL again; name the database to move"
                + " to, another one; set it to postgres://user:password@host:5432/database");
    Map<String, String> supabase = Map.of(
        "BILLING_STORE", "supabase",
        "SUPABASE_URL", "https://ref.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_1",
        "BILLING_MOVE_TO", "supabase",
        "BILLING_MOVE_SUPABASE_URL", "https://ref.supabase.co",
        "BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY", "sb_secret_1");
    assertThat(problemsOf(with(supabase)))
        .containsExactly("BILLING_MOVE_SUPABASE_URL is SUPABASE_URL again; name the project to move"
            + " to, another one; " + MoveSettings.BILLING_MOVE_SUPABASE_URL.remedy());
  }

  @Test
  void whatAMoveLacksIsToldWithEverythingElse() {
    assertThat(problemsOf(with(Map.of("BILLING_MOVE_TO", "postgres", "DATABASE_POOL_MAX", "many"))))
        .containsExactly(
            "DATABASE_POOL_MAX must be a number from 1 to 1000; "
                + StoreSettings.DATABASE_POOL_MAX.remedy(),
            "BILLING_MOVE_DATABASE_URL is missing; set it to"
                + " postgres://user:password@host:5432/database");
    assertThat(problemsOf(with(Map.of("BILLING_MOVE_TO", "supabase"))))
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith("SUPABASE_URL is missing"))
        .anyMatch(problem -> problem.startsWith("SUPABASE_SERVICE_ROLE_KEY is missing"));
    assertThat(problemsOf(with(Map.of("BILLING_MOVE_TO", "mysql"))))
        .containsExactly("BILLING_MOVE_TO must be postgres or supabase; "
            + MoveSettings.BILLING_MOVE_TO.remedy());
  }

  @Test
  void problemsDoNotShowSecrets() {
    InvalidConfiguration invalid = refused(Map.of(
        "STRIPE_SECRET_KEY", "topsecret1",
        "STRIPE_WEBHOOK_SECRET", "sk_test_topsecret2",
        "DATABASE_URL", "mysql://user:topsecret3@host/database",
        "CLERK_SECRET_KEY", "topsecret4",
        "SENTRY_DSN", "https://topsecret5@errors.example.com"));

    assertThat(invalid.getMessage())
        .contains("SENTRY_DSN must have the form https://key@host/project")
        .doesNotContain("topsecret");
  }

  @Test
  void itsTextShowsNoSecret() {
    BillingConfig config = BillingConfig.fromEnv(with(Map.of(
        "STRIPE_SECRET_KEY", "sk_test_topsecret1",
        "STRIPE_WEBHOOK_SECRET", "whsec_topsecret2",
        "DATABASE_URL", "postgres://user:topsecret3@host/database",
        "CLERK_SECRET_KEY", "sk_test_topsecret4",
        "METRICS_TOKEN", "topsecret5",
        "SENTRY_DSN", "https://topsecret6@errors.example.com/1")));

    assertThat(config.toString()).doesNotContain("topsecret").contains("***");
  }

  @Test
  void keysOfDifferentModesDoNotMix() {
    assertThat(problemsOf(with(Map.of("STRIPE_PUBLISHABLE_KEY", "pk_live_1"))))
        .singleElement()
        .asString()
        .startsWith("STRIPE_PUBLISHABLE_KEY must be of the same mode");
  }

  @Test
  void anotherProviderIsOnlyAllowedOutsideOfProductionAndNeverSeesALiveKey() {
    String simulator = "http://localhost:12111";

    assertThat(problemsOf(with(Map.of("STRIPE_API_BASE", simulator))))
        .singleElement()
        .asString()
        .contains("not allowed in production");
    assertThat(problemsOf(with(Map.of(
            "STRIPE_API_BASE", simulator,
            "NODE_ENV", "development",
            "STRIPE_SECRET_KEY", "sk_live_1"))))
        .singleElement()
        .asString()
        .contains("live key");
    assertThat(BillingConfig.fromEnv(
                with(Map.of("STRIPE_API_BASE", simulator, "BILLING_ENV", "development")))
            .stripe()
            .apiBase())
        .contains(URI.create(simulator));
  }

  @Test
  void billingEnvWinsOverNodeEnv() {
    assertThat(BillingConfig.fromEnv(with(Map.of("NODE_ENV", "test"))).deployment())
        .isEqualTo(Deployment.TEST);
    assertThat(BillingConfig.fromEnv(with(Map.of("NODE_ENV", "test", "BILLING_ENV", "development")))
            .deployment())
        .isEqualTo(Deployment.DEVELOPMENT);
  }

  @Test
  void stoppingServerIsDrainedForAWhileInProduction() {
    assertThat(BillingConfig.fromEnv(with(Map.of())).web().drain())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(
            BillingConfig.fromEnv(with(Map.of("BILLING_ENV", "sandbox"))).web().drain())
        .isZero();
    assertThat(BillingConfig.fromEnv(with(Map.of("BILLING_DRAIN_SECONDS", "20")))
            .web()
            .drain())
        .isEqualTo(Duration.ofSeconds(20));
    assertThat(refused(Map.of("BILLING_DRAIN_SECONDS", "-1")).problems())
        .contains("BILLING_DRAIN_SECONDS must be a number from 0 to 300; "
            + ServerSettings.BILLING_DRAIN_SECONDS.remedy());
  }

  @Test
  void theDatabaseAddressIsReadAsLibpqWritesIt() {
    Map<String, String> environment =
        with(Map.of("DATABASE_URL", "postgresql://user:p%40ss@host:5433/billing?ssl=true"));

    assertThat(postgres(BillingConfig.fromEnv(environment)).url()).contains("p%40ss");
    assertThat(problemsOf(with(Map.of("DATABASE_URL", "postgres://"))))
        .singleElement()
        .asString()
        .startsWith("DATABASE_URL must");
  }

  @Test
  void whoHadATrialIsRememberedUnderAKeyOfItsOwn() {
    assertThat(problemsOf(with(Map.of("BILLING_TRIAL_LEDGER_KEY", ""))))
        .singleElement()
        .asString()
        .startsWith(
            "BILLING_TRIAL_LEDGER_KEY is missing; set it to what 'openssl rand -base64 32'");
    assertThat(BillingConfig.fromEnv(
                with(Map.of("BILLING_TRIAL_LEDGER_KEY", "", "BILLING_ENV", "development")))
            .trialKeys())
        .hasToString("0 keys");
    assertThat(problemsOf(with(Map.of("BILLING_TRIAL_LEDGER_KEY", "0".repeat(32) + ", short"))))
        .containsExactly("BILLING_TRIAL_LEDGER_KEY must have at least 32 characters each; "
            + CatalogSettings.BILLING_TRIAL_LEDGER_KEY.remedy());
    BillingConfig rotated = BillingConfig.fromEnv(
        with(Map.of("BILLING_TRIAL_LEDGER_KEY", "1".repeat(32) + "," + "2".repeat(32))));
    assertThat(rotated.trialKeys()).hasToString("2 keys");
    assertThat(rotated.toString()).doesNotContain("1111");
  }

  @Test
  void aMissingCatalogFileIsNamed() {
    assertThat(problemsOf(with(Map.of("BILLING_CATALOG", "/nowhere/catalog.yaml"))))
        .containsExactly("BILLING_CATALOG names a file that can't be read: /nowhere/catalog.yaml; "
            + CatalogSettings.BILLING_CATALOG.remedy());
  }

  private static InvalidConfiguration refused(Map<String, String> environment) {
    return catchThrowableOfType(
        InvalidConfiguration.class, () -> BillingConfig.fromEnv(environment));
  }

  private static List<String> problemsOf(Map<String, String> environment) {
    return refused(environment).problems();
  }

  private static PostgresConfig postgres(BillingConfig config) {
    return ((BillingConfig.Store.Postgres) config.store()).config();
  }

  private static Map<String, String> with(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(Map.of(
        "STRIPE_SECRET_KEY", "sk_test_1",
        "STRIPE_WEBHOOK_SECRET", "whsec_1",
        "BILLING_CATALOG", CATALOG,
        "CLERK_PUBLISHABLE_KEY", CLERK_KEY,
        "DATABASE_URL", "postgres://localhost/billing",
        "BILLING_CHECKOUT_URLS", "https://app.example.com",
        "BILLING_TRIAL_LEDGER_KEY", "0123456789abcdef0123456789abcdef"));
    environment.putAll(more);
    return environment;
  }
}
