package com.tatame.billing.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Overage;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a catalog file says of features, and how mistakes in it are reported. */
final class CatalogMistakesTest {
  private static final Path EXAMPLES = Path.of("../examples");

  @TempDir
  private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          quiz: { limit: 2, windw: day }                     | quiz.windw is not a field of the catalog; did you mean window?
          quiz: { window: day }                              | quiz.limit is missing; say unlimited instead if there is none
          quiz: { limit: -1 }                                | quiz.limit must be a whole number from 0 to 1000000000000
          quiz: { limit: two }                               | quiz.limit must be a whole number from 0 to 1000000000000
          quiz: { limit: 2, window: calender_month }         | quiz.window must be one of day, calendar_month, subscription_month, billing_period, lifetime; did you mean calendar_month?
          quiz: { limit: 2, window: fortnight }              | quiz.window must be one of day, calendar_month, subscription_month, billing_period, lifetime
          quiz: { limit: 2, zone: Europe/Berln }             | quiz.zone must be UTC or a zone such as Europe/Berlin; did you mean Europe/Berlin?
          quiz: { limit: 2, maxItemPrice: 49.99 }            | quiz.maxItemPrice must be a whole number from 0 to 99999999
          quiz: { kind: guage, limit: 2 }                    | quiz.kind must be flag, counter, gauge or unlimited; did you mean gauge?
          quiz: { kind: gauge, limit: 2, window: day }       | quiz.window is not a field of the catalog
          quiz: { limit: 2, overage: { limit: 3 } }          | quiz.overage.discountPercent is missing; 0 means the whole price
          quiz: { limit: 2, overage: { discountPercent: 101 } } | quiz.overage.discountPercent must be a whole number from 0 to 100
          quiz: { limit: 2, overage: { discountPercent: 5, beyond: refuse } } | quiz.overage.beyond must be one of full_price, refused; did you mean refused?
          quiz: { limit: 2, metered: "api calls" }           | quiz.metered must be the name of a meter's events: at most 100 letters, digits, '_', '-' and '.'
          quiz: { kind: unlimited, metred: api_calls }       | quiz.metred is not a field of the catalog; did you mean metered?
          quiz: { kind: gauge, limit: 2, metered: levels }   | quiz.metered is not a field of the catalog
          quiz: unlimitd                                     | quiz must be true, false, unlimited, or hold a limit; did you mean unlimited?
          quiz: [2]                                          | quiz must be a single value
          Quiz: true                                         | Quiz must be named in lower case, digits and _
          """)
  void aMistakeIsToldWithItsLineItsPathAndWhatWasMeant(String feature, String problem)
      throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
            features:
              other: true
              %s
        """.formatted(feature));

    assertThat(problems(file)).containsExactly(file + ":7: tiers.free.features." + problem);
    // No schema knows all zones.
    assertThat(schema().validate(asJson(file), InputFormat.JSON).isEmpty())
        .as("by the schema")
        .isEqualTo(problem.contains("zone"));
  }

  @Test
  void whatCanNotBeMeteredIsToldWhereItIsWritten() throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
          api:
            name: API
            prices:
              monthly: { amount: 3, metered: api_cals }
            features:
              calls: { kind: unlimited, metered: api_calls }
              quiz: { limit: 2, metered: quizzes, overage: { discountPercent: 5 } }
        """);

    assertThat(problems(file))
        .containsExactlyInAnyOrder(
            file + ":8: tiers.api.prices.monthly.metered must be what a feature of the tier is"
                + " metered by; did you mean api_calls?",
            file + ":11: tiers.api.features.quiz.metered can't stand beside overage: units would be"
                + " paid for twice");
  }

  @Test
  void theDefaultTierCanNotBeMetered() throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
            features:
              calls: { kind: unlimited, metered: api_calls }
        """);

    assertThat(problems(file))
        .containsExactly(
            file
                + ":6: tiers.free.features can't be metered in the default tier: its users have no subscription to bill");
  }

  @Test
  void meteredFeaturesAndPricesAreRead() throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
          api:
            name: API
            prices:
              monthly: { amount: 3, metered: api_calls }
            features:
              calls: { kind: unlimited, metered: api_calls }
              quiz: { limit: 2, metered: quizzes }
        """);

    Plan api = CatalogFile.read(file, Map.of()).plan("api").orElseThrow();
    assertThat(api.meters()).containsExactlyInAnyOrder("api_calls", "quizzes");
    assertThat(api.prices().values())
        .singleElement()
        .satisfies(price -> assertThat(price.meter()).contains("api_calls"));
    assertThat(schema().validate(asJson(file), InputFormat.JSON)).isEmpty();
  }

  @Test
  void aTierThatIsNotThereIsToldWhereItIsNamed() throws IOException {
    Path file = write("""
        currency: usd
        defaultTier: fre
        tiers:
          free:
            name: Free
        """);

    assertThat(problems(file))
        .containsExactly(file + ":2: defaultTier 'fre' is not a tier of the catalog");
  }

  @Test
  void everyKindOfFeatureIsRead() throws IOException {
    Path file = write("""
        currency: eur
        defaultTier: free
        zone: Europe/Berlin
        tiers:
          free:
            name: Free
            features:
              export: true
              sharing: { kind: flag, included: false }
              chat: unlimited
              talk: { kind: unlimited, window: day, zone: UTC }
              storage: { kind: gauge, limit: 100 }
              visit: { limit: 4 }
              quiz:
                limit: 2
                window: subscription_month
                maxItemPrice: 5000
                overage: { discountPercent: 20, limit: 3, beyond: refused }
              article: { limit: 3, window: lifetime, overage: { discountPercent: 30 } }
        """);
    ZoneId berlin = ZoneId.of("Europe/Berlin");

    assertThat(CatalogFile.read(file, Map.of()).defaultPlan().features())
        .containsExactlyInAnyOrderEntriesOf(Map.of(
            "export", new Feature.Flag(true),
            "sharing", new Feature.Flag(false),
            "chat", new Feature.Unlimited(new Window(Window.Kind.CALENDAR_MONTH, berlin)),
            "talk", new Feature.Unlimited(new Window(Window.Kind.DAY, ZoneOffset.UTC)),
            "storage", new Feature.Gauge(100),
            "visit", new Feature.Counter(4, new Window(Window.Kind.CALENDAR_MONTH, berlin)),
            "quiz",
                new Feature.Counter(
                    2,
                    new Window(Window.Kind.SUBSCRIPTION_MONTH, berlin),
                    Optional.of(Amounts.of(new Money(5000, "eur"))),
                    Optional.of(new Overage(20, Optional.of(3L), Overage.Beyond.REFUSED))),
            "article",
                new Feature.Counter(
                    3,
                    new Window(Window.Kind.LIFETIME, berlin),
                    Optional.empty(),
                    Optional.of(new Overage(30, Optional.empty(), Overage.Beyond.FULL_PRICE)))));
    assertThat(schema().validate(asJson(file), InputFormat.JSON)).isEmpty();
  }

  @Test
  void whatIsSoldInSeveralCurrenciesIsRead() throws IOException {
    Path file = write("""
        currency: eur
        defaultTier: free
        tiers:
          free:
            name: Free
            features:
              quiz: { limit: 2, maxItemPrice: { usd: 5500, eur: 5000 } }
          pro:
            name: Pro
            prices:
              monthly: { amounts: { usd: 999, eur: 899, jpy: 1500, kwd: 2990 } }
              yearly: { amounts: { usd: 9990, eur: 8990, jpy: 15000, kwd: 29900 } }
          basic:
            name: Basic
            prices:
              monthly: { amount: 499 }
        items:
          quiz-1: { name: One, kind: quiz, amounts: { eur: 100, usd: 120 } }
          quiz-2: { name: Two, kind: quiz, amount: 100 }
        """);

    Catalog catalog = CatalogFile.read(file, Map.of());

    assertThat(amountsOf(catalog, "pro"))
        .containsExactly(
            new Money(899, "eur"),
            new Money(1500, "jpy"),
            new Money(2990, "kwd"),
            new Money(999, "usd"));
    assertThat(amountsOf(catalog, "basic")).containsExactly(new Money(499, "eur"));
    assertThat(catalog.item("quiz-1").orElseThrow().in("usd").orElseThrow().price())
        .isEqualTo(new Money(120, "usd"));
    assertThat(catalog.item("quiz-2").orElseThrow().in("usd")).isEmpty();
    assertThat(((Feature.Counter)
                Objects.requireNonNull(catalog.defaultPlan().features().get("quiz")))
            .maxItemPrice())
        .contains(Amounts.of(new Money(5000, "eur"), List.of(new Money(5500, "usd"))));
    assertThat(schema().validate(asJson(file), InputFormat.JSON)).isEmpty();
  }

  private static List<Money> amountsOf(Catalog catalog, String tier) {
    return Objects.requireNonNull(
            catalog.plan(tier).orElseThrow().prices().get(BillingInterval.MONTHLY))
        .amounts()
        .all();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          amounts: { eur: 899 }                | amounts.usd is missing: everything is sold in the catalog's currency
          amounts: { usd: 999, euro: 899 }     | amounts.euro is not a currency; name it by three lower-case letters, such as eur; did you mean eur?
          amounts: { usd: 999, EUR: 899 }      | amounts.EUR is not a currency; name it by three lower-case letters, such as eur; did you mean eur?
          amounts: { usd: 999, eur: 8.99 }     | amounts.eur must be a whole number from 0 to 99999999
          amounts: { usd: 999, kwd: 2995 }     | amounts.kwd must be a multiple of 10: nothing else can be charged in kwd
          amounts: { usd: 999, isk: 1250 }     | amounts.isk must be a multiple of 100: nothing else can be charged in isk
          amount: 999, amounts: { usd: 999 }   | amounts can't stand beside amount; keep one of them
          amounts: 999                         | amounts must hold named fields
          amounts: { usd: 999, eur: 0 }        | amounts must be 0 in every currency or in none
          lookupKey: x                         | amount is missing; give it in minor units
          """)
  void aMistakeInAmountsIsToldWithItsLineAndPath(String price, String problem) throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
          pro:
            name: Pro
            prices:
              monthly: { %s }
        """.formatted(price));

    assertThat(problems(file)).contains(file + ":8: tiers.pro.prices.monthly." + problem);

    Path item = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
        items:
          quiz-1: { name: One, kind: quiz, %s }
        """.formatted(price.replace("lookupKey: x", "repeatable: true")));

    assertThat(problems(item)).contains(item + ":6: items.quiz-1." + problem);
  }

  @Test
  void thePricesOfAPlanAreInTheSameCurrencies() throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
          pro:
            name: Pro
            prices:
              monthly: { amounts: { usd: 999, eur: 899 } }
              yearly: { amount: 9990 }
        """);

    assertThat(problems(file))
        .containsExactly(
            file + ":9: tiers.pro.prices.yearly.amounts must name the same currencies as"
                + " prices.monthly: usd, eur");
  }

  @Test
  void anItemIsSoldInNoCurrencyThatItsHighestPriceDoesNotName() throws IOException {
    Path file = write("""
        defaultTier: free
        tiers:
          free:
            name: Free
            features:
              quiz: { limit: 2, maxItemPrice: 5000 }
        items:
          quiz-1: { name: One, kind: quiz, amounts: { usd: 999, eur: 899 } }
        """);

    assertThat(problems(file))
        .containsExactly(file + ":8: items.quiz-1.amounts must be in usd, as the maxItemPrice of"
            + " tiers.free.features.quiz");
  }

  @Test
  void aCurrencyThatIsNoneIsTold() throws IOException {
    Path file = write("""
        currency: uds
        defaultTier: free
        tiers:
          free:
            name: Free
        """);

    assertThat(problems(file).get(0)).startsWith(file + ":1: currency is not a currency");
  }

  @Test
  void pagesOfCheckoutsAreBothThereAndAbsolute() throws IOException {
    Path file = write("""
        defaultTier: free
        checkout: { successUrl: /thanks, cancelUrl: https://app.example.com/, cancleUrl: x }
        tiers:
          free:
            name: Free
        """);
    assertThat(problems(file))
        .containsExactlyInAnyOrder(
            file + ":2: checkout.cancleUrl is not a field of the catalog; did you mean cancelUrl?",
            file + ":2: checkout.successUrl must be an address such as"
                + " https://app.example.com/thanks");

    assertThat(problems(write("""
        defaultTier: free
        checkout:
          successUrl: https://app.example.com/
        tiers:
          free:
            name: Free
        """)))
        .singleElement()
        .asString()
        .contains("checkout.cancelUrl is missing");
  }

  @ParameterizedTest
  @CsvSource({"tatame", "pain-tracker", "mybeing"})
  void theExamplesAreReadAndAsTheSchemaSays(String example) throws IOException {
    Path file = EXAMPLES.resolve(example).resolve("catalog.yaml");

    assertThat(CatalogFile.read(file, Map.of()).plans()).hasSizeGreaterThan(1);
    assertThat(schema().validate(asJson(file), InputFormat.JSON)).isEmpty();
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(Path.of("../docs/catalog.schema.json")), InputFormat.JSON);
  }

  private static String asJson(Path yaml) throws IOException {
    return new ObjectMapper().writeValueAsString(new YAMLMapper().readTree(yaml.toFile()));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("catalog.yaml"), text);
  }

  private static List<String> problems(Path file) {
    return catchThrowableOfType(InvalidConfiguration.class, () -> CatalogFile.read(file, Map.of()))
        .problems();
  }
}
