package com.tatame.billing.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
  private static final Window MONTH = new Window(Window.Kind.CALENDAR_MONTH, ZoneOffset.UTC);

  @Test
  void aConfiguredPriceIdWinsOverTheLookupKey() {
    Catalog catalog = catalog(plan("pro", "pro_monthly", Optional.of("price_fixed")));
    assertThat(catalog.offer("price_fixed", Optional.empty())).isPresent();
    assertThat(catalog.offer("price_other", Optional.of("pro_monthly"))).isEmpty();
  }

  @Test
  void withoutAPriceIdTheLookupKeyTells() {
    Catalog catalog = catalog(plan("pro", "pro_monthly", Optional.empty()));
    assertThat(catalog
            .offer("price_any", Optional.of("pro_monthly"))
            .orElseThrow()
            .plan()
            .tier())
        .isEqualTo("pro");
    assertThat(catalog.offer("price_any", Optional.empty())).isEmpty();
  }

  @Test
  void aTierIsDefinedOnce() {
    Plan plan = plan("pro", "a", Optional.empty());
    assertThatThrownBy(() -> catalog(plan, plan("pro", "b", Optional.empty())))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tiers.pro");
  }

  @Test
  void aLookupKeyNamesOnePrice() {
    assertThatThrownBy(() ->
            catalog(plan("pro", "same", Optional.empty()), plan("max", "same", Optional.empty())))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tiers.max.prices.monthly.lookupKey");
  }

  @Test
  void theOnlyPlanForSaleIsTheOneThatUsersCanBuy() {
    Plan free = giving("free", Map.of());
    Plan pro = plan("pro", "pro", Optional.empty());

    assertThat(catalog(free, pro).onlyPlanForSale()).contains(pro);
    assertThat(catalog(free).onlyPlanForSale()).isEmpty();
    assertThat(catalog(pro, plan("max", "max", Optional.empty())).onlyPlanForSale())
        .isEmpty();
  }

  @Test
  void aCheckoutOfTheOnlyPlanTakesAllFromTheCatalog() {
    Catalog catalog = catalog(plan("pro", "pro", Optional.empty()))
        .with(
            new CheckoutPages("https://a.example/thanks?s={CHECKOUT_SESSION_ID}", "myapp://plans"));

    CheckoutRequest request = CheckoutRequest.forOnlyPlan(catalog).build();

    assertThat(request.tier()).contains("pro");
    assertThat(request.interval()).contains(BillingInterval.MONTHLY);
    assertThat(request.successUrl()).isEqualTo("https://a.example/thanks?s={CHECKOUT_SESSION_ID}");
    assertThat(request.cancelUrl()).isEqualTo("myapp://plans");
  }

  @Test
  void withoutOnePlanAndOneIntervalTheCatalogCantStandIn() {
    assertThatThrownBy(() -> CheckoutRequest.forOnlyPlan(catalog(giving("free", Map.of()))))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tier");
    Plan twice = Plan.builder("pro")
        .price(BillingInterval.MONTHLY, PlanPrice.of("month", 999, "usd"))
        .price(BillingInterval.YEARLY, PlanPrice.of("year", 9990, "usd"))
        .build();
    assertThatThrownBy(() -> CheckoutRequest.forOnlyPlan(catalog(twice)))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("interval");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/thanks", "not an address", ""})
  void checkoutPagesAreAbsolute(String url) {
    assertThatThrownBy(() -> new CheckoutPages("https://a.example/", url))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("checkout.cancelUrl");
  }

  @Test
  void theDefaultTierMustBeThere() {
    assertThatThrownBy(() -> new Catalog(List.of(), "free", Duration.ZERO))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("defaultTier");
  }

  @Test
  void aLevelThatIsUnlimitedElsewhereIsTheSameLevelThere() {
    Catalog catalog = catalog(
        giving("free", Map.of("storage", new Feature.Gauge(5))),
        giving("pro", Map.of("storage", new Feature.Unlimited(MONTH))));

    assertThat(catalog.plan("pro").orElseThrow().features().get("storage"))
        .isEqualTo(new Feature.Unlimited(new Window(Window.Kind.LIFETIME, ZoneOffset.UTC)));
    assertThat(catalog.plan("free").orElseThrow().features().get("storage"))
        .isEqualTo(new Feature.Gauge(5));
  }

  @Test
  void aLevelIsCountedByWindowsNowhere() {
    assertThatThrownBy(() -> catalog(
            giving("free", Map.of("storage", new Feature.Counter(5, MONTH))),
            giving("pro", Map.of("storage", new Feature.Gauge(100)))))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tiers.free.features.storage");
  }

  @Test
  void anItemHasTheCurrencyOfTheHighestPriceOfItsKind() {
    Map<String, Feature> quizzes = Map.of(
        "quiz",
        new Feature.Counter(
            2, MONTH, Optional.of(Amounts.of(new Money(50_00, "usd"))), Optional.empty()));
    Plan plan = giving("pro", quizzes);

    assertThatThrownBy(() -> selling(plan, new Item("q", "Q", "quiz", new Money(1, "eur"))))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("items.q.amounts");
    assertThat(selling(plan, new Item("a", "A", "article", new Money(1, "eur"))).items())
        .hasSize(1);
    assertThat(selling(plan, new Item("q", "Q", "quiz", new Money(1, "usd"))).items())
        .hasSize(1);
  }

  private static Catalog selling(Plan plan, Item item) {
    return new Catalog(
        List.of(plan),
        List.of(item),
        plan.tier(),
        Catalog.DEFAULT_GRACE,
        List.of(),
        Policies.DEFAULT);
  }

  private static Plan giving(String tier, Map<String, Feature> features) {
    return new Plan(tier, tier, "", "main", 1, true, 0, Map.of(), features);
  }

  private static Catalog catalog(Plan... plans) {
    return new Catalog(List.of(plans), plans[0].tier(), Catalog.DEFAULT_GRACE);
  }

  private static Plan plan(String tier, String lookupKey, Optional<String> priceId) {
    return new Plan(
        tier,
        tier,
        "",
        "main",
        1,
        true,
        0,
        Map.of(BillingInterval.MONTHLY, new PlanPrice(new Money(1, "usd"), lookupKey, priceId)),
        Map.of());
  }
}
