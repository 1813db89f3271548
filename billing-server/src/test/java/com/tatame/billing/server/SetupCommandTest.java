package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetupCommandTest {
  private static final String HOOK = "https://billing.example.com/webhooks/stripe";
  private static final Pattern SECRET = Pattern.compile("whsec_\\w+");

  private final StripeSimulator stripe = StripeSimulator.builder().start();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir
  private Path folder;

  private String out = "";
  private String err = "";

  @BeforeEach
  void configure() throws IOException {
    environment.put("BILLING_ENV", "test");
    environment.put("STRIPE_SECRET_KEY", "sk_test_topsecret");
    environment.put("STRIPE_API_BASE", stripe.url());
    environment.put("BILLING_CATALOG", folder.resolve("catalog.yaml").toString());
    sell("usd", 999, "Basic");
  }

  @AfterEach
  void stop() {
    stripe.close();
  }

  @Test
  void makesAllOfItAndTheSecondTimeHasNothingToDo() {
    assertThat(run("--webhook-url", HOOK)).as(err).isZero();
    assertThat(out)
        .contains("test mode")
        .contains("+ product billing_basic \"Basic\"")
        .contains("+ price basic_monthly 9.99 usd / month (price_")
        .contains("+ portal configuration, changes to basic_monthly, basic_yearly (bpc_")
        .contains("+ webhook endpoint " + HOOK + ", ")
        .contains("= 0 unchanged");
    Matcher secret = SECRET.matcher(out);
    assertThat(secret.find()).isTrue();
    assertThat(stripe.secretsOf(stripe
            .call(Request.of("GET", "/v1/webhook_endpoints", Map.of()))
            .body()
            .replaceFirst("(?s).*?\"(we_\\w+)\".*", "$1")))
        .contains(secret.group());

    assertThat(run("--webhook-url", HOOK)).isZero();
    assertThat(out).contains("= 5 unchanged").contains("Nothing to do.").doesNotContain("whsec_");
  }

  @Test
  void theGuideShowsWhatIsPrinted() throws IOException {
    Files.writeString(folder.resolve("catalog.yaml"), """
        defaultTier: free
        tiers:
          free:
            name: Free
          pro:
            name: Pro
            prices:
              monthly: { amount: 2499 }
              yearly: { amount: 23990 }
        """);
    Matcher shown = Pattern.compile("```\n(Stripe, test mode; .*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("../docs/setup.md")));
    assertThat(shown.find()).isTrue();

    assertThat(run("--webhook-url", HOOK)).as(err).isZero();

    assertThat(withoutIds(shown.group(1))).isEqualTo(withoutIds(out));
  }

  private String withoutIds(String text) {
    return text.replace(folder + "/", "")
        .replaceAll("(?:price|bpc|we)_[^)\\s]+", "…")
        .replaceAll("whsec_\\S+", "…")
        .strip();
  }

  @Test
  void aDryRunShowsADifferenceAndMakesNone() throws IOException {
    assertThat(run()).isZero();
    sell("usd", 1_299, "Basic plus");
    String before = everything();

    assertThat(run("--dry-run")).isZero();

    assertThat(out)
        .contains("~ product billing_basic: name \"Basic\" -> \"Basic plus\"")
        .contains("+ price basic_monthly 12.99 usd / month instead of price_")
        .contains("- price price_")
        .contains("= 1 unchanged")
        .contains("Nothing was changed.");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void anotherCurrencyIsRefusedAsAWhole() throws IOException {
    assertThat(run()).isZero();
    String before = everything();
    sell("eur", 999, "Basic");

    assertThat(run()).isNotZero();

    assertThat(err)
        .contains("Nothing was changed.")
        .contains("tiers.basic.prices.monthly:")
        .contains("is in usd, the catalog says eur")
        .contains("another lookupKey");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aKeyThatMayNotDoItIsNamedAndTheNextRunGoesOn() {
    stripe.fail(new Fault("POST /v1/prices", 403, Fault.When.BEFORE), 1);

    assertThat(run()).isNotZero();
    assertThat(err)
        .contains("STRIPE_SECRET_KEY may not do prices.create")
        .contains("1 of 4 changes were made. Run it again")
        .doesNotContain("topsecret");

    assertThat(run()).as(err).isZero();
    assertThat(run()).isZero();
    assertThat(out).contains("Nothing to do.");
  }

  @Test
  void aLiveAccountChangesOnlyWhenThatIsConfirmed() {
    environment.remove("STRIPE_API_BASE");
    environment.put("STRIPE_SECRET_KEY", "sk_live_topsecret");

    assertThat(run()).isNotZero();
    assertThat(err).contains("live key").contains("--dry-run").contains("--live");

    environment.put("STRIPE_SECRET_KEY", "sk_test_topsecret");
    assertThat(run("--live")).isNotZero();
    assertThat(err).contains("is a test key");
  }

  @Test
  void anAddressThatCanNotBeReachedIsRefused() {
    for (String address : List.of("billing.example.com", "https://billing.example.com", "a b")) {
      assertThat(run("--webhook-url", address)).isNotZero();
      assertThat(err).contains("--webhook-url");
    }
    assertThat(everything()).doesNotContain("billing_basic");
  }

  @Test
  void aDefaultPriceCanBeReplacedToo() throws IOException {
    assertThat(run()).isZero();
    String price = stripe
        .call(Request.of("GET", "/v1/prices", Map.of("lookup_keys", List.of("basic_monthly"))))
        .body()
        .replaceFirst("(?s).*?\"id\"\\s*:\\s*\"(\\w+)\".*", "$1");
    stripe.call(Request.of("POST", "/v1/products/billing_basic", Map.of("default_price", price)));
    sell("usd", 1_299, "Basic");

    assertThat(run()).as(err).isZero();

    assertThat(stripe.call(Request.of("GET", "/v1/prices/" + price, Map.of())).body())
        .containsPattern("\"active\"\\s*:\\s*false");
    assertThat(run()).isZero();
    assertThat(out).contains("Nothing to do.");
  }

  @Test
  void anEndpointOfAnOlderVersionGoesOnUntilItsSuccessorIsKnown() {
    stripe.call(Request.of(
        "POST",
        "/v1/webhook_endpoints",
        Map.of(
            "url",
            HOOK,
            "enabled_events",
            List.of("*"),
            "api_version",
            "2024-06-20",
            "metadata",
            Map.of("billing_setup", "webhook"))));

    assertThat(run("--webhook-url", HOOK)).as(err).isZero();
    assertThat(out).contains("! The endpoint we_").contains("tells another API version");
    assertThat(run("--webhook-url", HOOK)).isZero();
    assertThat(out).contains("! The endpoint we_").contains("Nothing to do.");
  }

  private void sell(String currency, long monthly, String name) throws IOException {
    Files.writeString(
        folder.resolve("catalog.yaml"),
        String.join(
            "\n",
            "currency: " + currency,
            "defaultTier: free",
            "tiers:",
            "  free:",
            "    name: Free",
            "  basic:",
            "    name: " + name,
            "    prices:",
            "      monthly:",
            "        amount: " + monthly,
            "      yearly:",
            "        amount: 9590"));
  }

  private String everything() {
    StringBuilder all = new StringBuilder();
    for (String path : List.of(
        "/v1/products",
        "/v1/prices",
        "/v1/webhook_endpoints",
        "/v1/billing_portal/configurations")) {
      all.append(stripe.call(Request.of("GET", path, Map.of("limit", "100"))).body());
    }
    return all.toString();
  }

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int status = Main.commandLine(
            () -> {
              throw new AssertionError("it needs no store");
            },
            opened -> {
              throw new AssertionError("it needs no webhooks");
            },
            () -> environment)
        .setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(complained, true))
        .execute(line(arguments));
    out = printed.toString();
    err = complained.toString();
    return status;
  }

  private static String[] line(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "setup";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return line;
  }
}
