package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tatame.billing.testkit.TestIssuer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every setting wrong in turn, by the commands that read them; what they say and how they end. */
final class SettingsTest {
  private static final int MISCONFIGURED = 2;

  /** Complete for production. */
  private static final Map<String, String> COMPLETE = Map.ofEntries(
      Map.entry("STRIPE_SECRET_KEY", "sk_test_1"),
      Map.entry("STRIPE_WEBHOOK_SECRET", "whsec_1"),
      Map.entry("BILLING_CATALOG", "../examples/tatame/catalog.yaml"),
      Map.entry("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
      Map.entry("CLERK_AUTHORIZED_PARTIES", "https://app.example.com"),
      Map.entry("DATABASE_URL", "postgres://user:password@localhost:1/billing"),
      Map.entry("BILLING_CHECKOUT_URLS", "https://app.example.com"),
      Map.entry("BILLING_TRIAL_LEDGER_KEY", "0123456789abcdef0123456789abcdef"));

  @TempDir
  private Path folder = Path.of("");

  private final Map<String, String> environment = new HashMap<>(COMPLETE);

  private record Run(int status, String out, String err) {
    /** What is wrong, a line each. */
    List<String> problems() {
      return err.lines()
          .filter(line -> line.startsWith("  "))
          .map(String::strip)
          .toList();
    }
  }

  private Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.commandLine(() -> environment)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
    return new Run(status, out.toString(), err.toString());
  }

  private Run refused(String... arguments) {
    Run run = run(arguments);
    assertThat(run.status()).as(run.err()).isEqualTo(MISCONFIGURED);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("The configuration can't be used:")
        .doesNotContain("\tat ", "Exception");
    return run;
  }

  static List<Setting<?>> settings() {
    return Settings.all();
  }

  static Stream<Setting<?>> requiredSettings() {
    return Settings.all().stream().filter(setting -> setting.need() != Setting.Need.NONE);
  }

  /** What must be set for this one to be read. */
  private void makeRead(Setting<?> setting) {
    if (setting.need() == Setting.Need.WITH_SUPABASE) {
      environment.put("BILLING_STORE", "supabase");
      environment.put("SUPABASE_URL", "https://ref.supabase.co");
      environment.put("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_1");
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aWrongValueIsToldInOneLineWithItsNameAndWhatToDo(Setting<?> setting) {
    String name = ConfigurationFiles.exampleName(setting);
    assertThat(setting.wrong())
        .as("%s needs a wrong value in Settings, for this test", setting)
        .isNotEmpty();
    makeRead(setting);
    environment.put(name, setting.wrong());

    Run run = refused("serve");

    assertThat(run.problems())
        .singleElement()
        .satisfies(problem ->
            assertThat(problem).startsWith(name + " ").endsWith("; " + setting.remedy()));
  }

  @ParameterizedTest
  @MethodSource("requiredSettings")
  void aMissingValueIsToldInOneLineWithItsNameAndWhatToDo(Setting<?> setting) {
    makeRead(setting);
    environment.put(setting.name(), " ");

    assertThat(refused("serve").problems())
        .containsExactly(setting.name() + " is missing; " + setting.remedy());
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everySettingIsDescribed(Setting<?> setting) {
    assertThat(setting.meaning()).as("meaning").endsWith(".");
    assertThat(setting.remedy()).as("remedy").isNotEmpty().doesNotEndWith(".");
    assertThat(setting.type()).as("type").isNotEmpty();
    boolean secret = setting.type().contains("secret") || setting == SignInSettings.CLERK_JWT_KEY;
    assertThat(setting.example().isEmpty()).as("an example, but of secrets").isEqualTo(secret);
    if (setting != CatalogSettings.BILLING_CATALOG) {
      Stream.of(setting.example(), setting.defaultValue(Deployment.PRODUCTION), setting.initial())
          .flatMap(value -> setting.isList() ? Stream.of(value.split(",")) : Stream.of(value))
          .filter(value -> !value.isEmpty())
          .forEach(value -> assertThatCode(() -> setting.read(value, Deployment.TEST))
              .as(value)
              .doesNotThrowAnyException());
    }
  }

  @Test
  void allIsToldAtOnceTheCatalogsMistakesIncluded() throws IOException {
    Path catalog = Files.writeString(folder.resolve("catalog.yaml"), """
        defaultTier: free
        tiers:
          free:
            name: Free
            features:
              quiz: { limit: 2, windw: day }
          pro:
            nme: Pro
        """);
    environment.put("BILLING_CATALOG", catalog.toString());
    environment.put("PORT", "70000");
    environment.put("CLERK_JWT_KEY", "nonsense");
    environment.put("STRIPE_WEBHOOK_SECRET", "we_1,sk_test_1");
    environment.put("BILLING_STROE", "supabase");

    assertThat(refused("serve").problems())
        .hasSize(8)
        .anyMatch(line -> line.startsWith("PORT must be"))
        .anyMatch(line -> line.startsWith("CLERK_JWT_KEY is not an RSA public key in PEM form; "))
        .anyMatch(line -> line.startsWith("STRIPE_WEBHOOK_SECRET must start with whsec_; "))
        .anyMatch(line -> line.startsWith("STRIPE_WEBHOOK_SECRET holds an API key"))
        .anyMatch(
            line -> line.startsWith("BILLING_STROE is not a setting; did you mean BILLING_STORE?"))
        .anyMatch(line -> line.startsWith(catalog
            + ":6: tiers.free.features.quiz.windw is not a field of the catalog; did you mean"
            + " window?"))
        .anyMatch(line -> line.startsWith(catalog + ":8: tiers.pro.nme is not a field"))
        .anyMatch(line -> line.startsWith(catalog + ":") && line.contains("tiers.pro.name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "catalog reload"})
  void pagesOfTheCatalogToWhichCheckoutsMayNotReturnAreTold(String command) throws IOException {
    Path catalog = Files.writeString(folder.resolve("catalog.yaml"), """
        defaultTier: free
        checkout: { successUrl: "https://app.example.com/thanks", cancelUrl: "https://evil.example/" }
        tiers:
          free:
            name: Free
        """);
    environment.put("BILLING_CATALOG", catalog.toString());

    assertThat(refused(command.split(" ")).problems())
        .containsExactly("BILLING_CHECKOUT_URLS doesn't allow checkout.cancelUrl of the catalog; "
            + WebSettings.BILLING_CHECKOUT_URLS.remedy());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "doctor",
        "setup",
        "schema status",
        "schema migrate",
        "keys list",
        "replay --dead",
        "import stripe",
        "migrate status"
      })
  void everyCommandThatReadsSettingsRefusesAMisspeltOne(String command) {
    environment.put("BILLING_MOVE_TOO", "postgres");

    assertThat(refused(command.split(" ")).problems())
        .containsExactly(
            "BILLING_MOVE_TOO is not a setting; did you mean BILLING_MOVE_TO? Rename or"
                + " remove it: docs/configuration.md lists all");
  }

  @Test
  void aNameThatIsLikeNoneMayBeOfAnotherVersionAndIsOnlyWarnedOf() {
    environment.put("BILLING_FLUX_CAPACITOR", "on");

    assertThat(BillingConfig.fromEnv(environment).warnings())
        .contains("BILLING_FLUX_CAPACITOR is not a setting of this version and not read:"
            + " docs/configuration.md lists all");
  }

  @ParameterizedTest
  @CsvSource({
    "STRIPE_PUBLISHABLE_KY, STRIPE_PUBLISHABLE_KEY",
    "CLERK_AUTORIZED_PARTIES, CLERK_AUTHORIZED_PARTIES",
    "SUPABASE_ULR, SUPABASE_URL",
    "DATABASE_POOL_MAXX, DATABASE_POOL_MAX"
  })
  void aNameThatOtherProgramsMayHaveIsOnlyWarnedOf(String name, String meant) {
    environment.remove("CLERK_AUTHORIZED_PARTIES");
    environment.put(
        "CLERK_AUTHORIZED_PARTIES", meant.startsWith("CLERK") ? "" : "https://a.example");
    environment.put(name, "x");

    assertThat(BillingConfig.fromEnv(environment).warnings())
        .contains(name + " is not read; did you mean " + meant + "?");
  }

  @Test
  void whatOtherProgramsNeedIsLeftAlone() {
    environment.putAll(Map.of(
        "STRIPE_CLI_PATH", "/usr/bin/stripe",
        "SUPABASE_ANON_KEY", "x",
        "STRIPE_SECRET_KEYS", "the right one is set",
        "BILLING_DATA_DIR", ".billing",
        "BILLING_FLUX", " ",
        "BILLING_SERVICE_HOST", "10.0.0.7",
        "BILLING_SERVICE_PORT_HTTP", "8080",
        "BILLING_PORT", "tcp://10.0.0.7:8080",
        "BILLING_DB_PORT_5432_TCP_ADDR", "10.0.0.8"));

    assertThat(BillingConfig.fromEnv(environment).warnings()).isEmpty();
  }

  @Test
  void productionWithoutAuthorizedPartiesIsWarnedOf() {
    environment.remove("CLERK_AUTHORIZED_PARTIES");

    assertThat(BillingConfig.fromEnv(environment).warnings())
        .singleElement()
        .asString()
        .startsWith("CLERK_AUTHORIZED_PARTIES is missing, so that")
        .endsWith("; " + SignInSettings.CLERK_AUTHORIZED_PARTIES.remedy());
    environment.put("BILLING_ENV", "development");
    assertThat(BillingConfig.fromEnv(environment).warnings()).isEmpty();
  }

  @Test
  void anySecretSignsInASandbox() {
    environment.putAll(Map.of("BILLING_ENV", "sandbox", "STRIPE_WEBHOOK_SECRET", "my own"));

    assertThat(BillingConfig.fromEnv(environment).stripe().webhookSecrets())
        .containsExactly(new Secret("my own"));
  }

  @Test
  void aKeyInPemFormIsReadWithBothKindsOfLineBreaks() {
    String pem =
        TestIssuer.create("https://clerk.example.com", InstantSource.system()).publicKeyPem();
    for (String written : List.of(pem, pem.replace("\n", "\\n"))) {
      environment.put("CLERK_JWT_KEY", written);
      assertThat(BillingConfig.fromEnv(environment).identity().key()).contains(written.strip());
    }
  }
}
