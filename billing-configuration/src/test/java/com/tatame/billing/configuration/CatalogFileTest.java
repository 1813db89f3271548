package com.tatame.billing.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.DuplicatePolicy;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.RepeatedTrials;
import com.tatame.billing.catalog.SelfServicePause;
import com.tatame.billing.money.Money;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CatalogFileTest {
  private static final Path TATAME = Path.of("../examples/tatame/catalog.yaml");

  @TempDir
  private Path folder = Path.of("");

  @Test
  void aCatalogMayBeAResourceInAJar() throws IOException {
    try (InputStream yaml = Files.newInputStream(TATAME)) {
      assertThat(CatalogFile.read(yaml, "catalog.yaml")).isEqualTo(CatalogFile.read(TATAME));
    }
    assertThatThrownBy(() -> CatalogFile.read(
            new ByteArrayInputStream("curency: usd".getBytes(StandardCharsets.UTF_8)), "my.yaml"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(
            "my.yaml:1: curency is not a field of the catalog; did you mean currency?");
  }

  @Test
  void readsTatamesCatalog() {
    Catalog catalog = CatalogFile.read(TATAME, Map.of());

    assertThat(catalog.plans()).extracting(Plan::tier).containsExactly("free", "basic", "pro");
    assertThat(catalog.defaultTier()).isEqualTo("free");
    assertThat(catalog.grace()).isEqualTo(Duration.ofDays(7));
    Plan pro = catalog.plan("pro").orElseThrow();
    assertThat(pro.trialDays()).isEqualTo(14);
    assertThat(pro.selfService()).isTrue();
    assertThat(pro.prices())
        .containsEntry(
            BillingInterval.MONTHLY,
            new PlanPrice(new Money(2499, "usd"), "pro_monthly", Optional.empty()))
        .containsEntry(
            BillingInterval.YEARLY,
            new PlanPrice(new Money(23990, "usd"), "pro_yearly", Optional.empty()));
    Plan basic = catalog.plan("basic").orElseThrow();
    assertThat(basic.trialDays()).isZero();
    assertThat(basic.prices().values().stream().map(PlanPrice::price))
        .containsExactlyInAnyOrder(new Money(999, "usd"), new Money(9590, "usd"));
    assertThat(basic.features()).containsEntry("technique_library", new Feature.Flag(true));
    assertThat(catalog.defaultPlan().prices()).isEmpty();
    assertThat(catalog.defaultPlan().selfService()).isFalse();
  }

  @Test
  void saysWhatIsDoneAboutASecondSubscriptionOrTrial() throws IOException {
    Path file = folder.resolve("catalog.yaml");
    String rest = "defaultTier: free\ntiers:\n  free: {name: Free}\n";
    Files.writeString(file, rest);
    assertThat(CatalogFile.read(file, Map.of()).policies()).isEqualTo(Policies.DEFAULT);

    for (DuplicatePolicy policy : DuplicatePolicy.values()) {
      Files.writeString(file, "duplicates: " + policy.code() + "\n" + rest);
      assertThat(CatalogFile.read(file, Map.of()).policies().duplicates()).isEqualTo(policy);
    }

    Files.writeString(file, "trials: {repeated: end_now}\n" + rest);
    assertThat(CatalogFile.read(file, Map.of()).policies())
        .isEqualTo(Policies.DEFAULT.with(RepeatedTrials.END_NOW));
    Files.writeString(file, "trials: {repeated: never}\n" + rest);
    assertThatThrownBy(() -> CatalogFile.read(file, Map.of()))
        .hasMessageContaining(file + ":1: trials.repeated must be one of alert, end_now");

    Files.writeString(file, "\nduplicates: refund\n" + rest);
    assertThatThrownBy(() -> CatalogFile.read(file, Map.of()))
        .hasMessageContaining(
            file + ":2: duplicates must be one of alert," + " cancel_and_refund_newer, keep_both");
  }

  @Test
  void selfServicePauseIsReadAndChecked() throws IOException {
    Path file = folder.resolve("catalog.yaml");
    String head = """
        currency: usd
        defaultTier: free
        tiers:
          free:
            name: Free
          basic:
            name: Basic
        """;
    String price = "    prices:\n      monthly: {amount: 999}\n";
    Files.writeString(
        file, head + "    selfServicePause: {maxDays: 30, timesPerYear: 2}\n" + price);
    assertThat(CatalogFile.read(file, Map.of()).plan("basic").orElseThrow().selfServicePause())
        .contains(new SelfServicePause(30, 2));
    assertThat(CatalogFile.read(file, Map.of()).plan("free").orElseThrow().selfServicePause())
        .isEmpty();

    Files.writeString(file, head + "    selfServicePause: {maxDays: 0}\n" + price);
    assertThatThrownBy(() -> CatalogFile.read(file, Map.of()))
        .hasMessageContaining("selfServicePause.maxDays must be a whole number from 1 to 366")
        .hasMessageContaining("selfServicePause.timesPerYear is missing");
  }

  @Test
  void readsMyBeingsCatalog() {
    Catalog catalog = CatalogFile.read(Path.of("../examples/mybeing/catalog.yaml"), Map.of());

    assertThat(catalog.plan("premium").orElseThrow().prices())
        .containsOnlyKeys(BillingInterval.MONTHLY)
        .containsEntry(
            BillingInterval.MONTHLY,
            new PlanPrice(new Money(3200, "usd"), "premium_monthly", Optional.empty()));
    assertThat(catalog.plan("premium").orElseThrow().trialDays()).isZero();
    assertThat(catalog.items())
        .contains(
            new Item("quiz-attachment", "How you attach to others", "quiz", new Money(1500, "usd")))
        .extracting(Item::kind)
        .contains("article");
  }

  @Test
  void everyProblemOfAnItemIsTold() throws IOException {
    Path file = folder.resolve("catalog.yaml");
    Files.writeString(file, """
        defaultTier: free
        tiers:
          free:
            name: Free
        items:
          Quiz 1:
            name: One
            kind: quiz
            amount: 1
          quiz-2:
            kind: quiz
            amount: -5
            price: 7
          quiz-3:
            name: Three
            kind: quiz
        """);

    assertThat(
            catchThrowableOfType(InvalidConfiguration.class, () -> CatalogFile.read(file, Map.of()))
                .problems())
        .extracting(problem -> problem.replaceFirst(".*yaml:\\d+: ", ""))
        .containsExactlyInAnyOrder(
            "items.Quiz 1 must be named in lower case, with letters, digits, _ and -",
            "items.quiz-2.price is not a field of the catalog",
            "items.quiz-2.name is missing",
            "items.quiz-2.amount must be a whole number from 0 to 99999999",
            "items.quiz-3.amount is missing; give it in minor units");
  }

  @Test
  void couponsAreListedInTheirOrder() throws IOException {
    Path file = folder.resolve("catalog.yaml");
    Files.writeString(file, Files.readString(TATAME) + "\ncoupons: [SPRING, autumn-5]\n");

    assertThat(CatalogFile.read(file, Map.of()).coupons()).containsExactly("SPRING", "autumn-5");
    assertThat(CatalogFile.read(TATAME, Map.of()).coupons()).isEmpty();
    for (String wrong : List.of("SPRING", "[A, A]", "[[A]]", "{a: b}")) {
      Files.writeString(file, Files.readString(TATAME) + "\ncoupons: " + wrong + "\n");
      assertThatThrownBy(() -> CatalogFile.read(file, Map.of()))
          .as(wrong)
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessageContaining("coupons");
    }
  }

  @Test
  void aPriceOfTheEnvironmentWins() {
    Catalog catalog = CatalogFile.read(
        TATAME, Map.of(new PriceName("PRO", BillingInterval.YEARLY), "price_mine"));

    assertThat(catalog.plan("pro").orElseThrow().prices().values().stream()
            .flatMap(price -> price.priceId().stream()))
        .containsExactly("price_mine");
  }

  @Test
  void aPriceOfTheEnvironmentThatNothingSellsIsAProblem() {
    assertThat(
            problems(TATAME, Map.of(new PriceName("GOLD", BillingInterval.YEARLY), "price_mine")))
        .containsExactly("STRIPE_PRICE_GOLD_YEARLY names a price that the catalog doesn't have");
  }

  @Test
  void tellsAllProblemsWithLineAndField() throws IOException {
    Path file = write("""
        currency: dollars
        defaultTier: free
        grace: a week
        tiers:
          free:
            name: Free
            colour: blue
          Pro:
            trialDays: -1
            selfService: maybe
            prices:
              weekly:
                amount: 1
              monthly:
                amount: 9.99
            features:
              quiz: 3
        """);

    assertThat(problems(file, Map.of()).stream().map(p -> p.replace(file + ":", "")))
        .containsExactlyInAnyOrder(
            "1: currency must be three lower-case letters, such as usd",
            "1: grace must be a number of days, such as P7D",
            "7: tiers.free.colour is not a field of the catalog",
            "9: tiers.Pro must be named in lower case, with letters, digits, _ and -",
            "9: tiers.Pro.name is missing",
            "9: tiers.Pro.trialDays must be a whole number from 0 to 730",
            "10: tiers.Pro.selfService must be true or false",
            "13: tiers.Pro.prices.weekly must be named monthly or yearly",
            "15: tiers.Pro.prices.monthly.amount must be a whole number from 0 to 99999999",
            "17: tiers.Pro.features.quiz must be true, false, unlimited, or hold a limit");
  }

  @Test
  void whatOnlyTheWholeShowsIsToldToo() throws IOException {
    Path file = write("""
        defaultTier: gold
        tiers:
          free:
            name: Free
        """);

    assertThat(problems(file, Map.of()))
        .containsExactly(file + ":1: defaultTier 'gold' is not a tier of the catalog");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsFile() throws IOException {
    assertThat(problems(write("tiers: [unclosed"), Map.of()))
        .singleElement()
        .asString()
        .contains("catalog.yaml: can't be read as YAML");
    assertThat(problems(write("defaultTier: a\ndefaultTier: b\n"), Map.of()))
        .singleElement()
        .asString()
        .contains("Duplicate");
    assertThat(problems(write(""), Map.of()))
        .anyMatch(problem -> problem.contains("tiers must define at least one tier"));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("catalog.yaml"), text);
  }

  private static List<String> problems(Path file, Map<PriceName, String> priceIds) {
    return catchThrowableOfType(InvalidConfiguration.class, () -> CatalogFile.read(file, priceIds))
        .problems();
  }
}
