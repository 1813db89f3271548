package com.tatame.billing.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogTest {
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
  void theDefaultTierMustBeThere() {
    assertThatThrownBy(() -> new Catalog(List.of(), "free", Duration.ZERO))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("defaultTier");
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
