package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.BillingBuilder;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a program that embeds the library writes first, in its short forms. */
final class EmbeddersTest {
  private static final Catalog CATALOG = Catalog.of(
      "free",
      Plan.builder("free").build(),
      Plan.builder("pro")
          .rank(1)
          .price(BillingInterval.MONTHLY, PlanPrice.of("pro_monthly", 2499, "usd"))
          .feature("export", new Feature.Flag(true))
          .build());
  private static final Principal ADA =
      Principal.ofUser("https://login.example.com", "user_ada").withEmail("ada@example.com");

  @Test
  void withoutOriginsTheBuilderSaysWhatToCall() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      assertThatThrownBy(() -> builder(world).build())
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("checkoutOrigins(\"https://app.example.com\")");
    }
  }

  @Test
  void payersReturnToNamedOriginsOnly() {
    try (BillingWorld world = BillingWorld.builder().catalog(CATALOG).build();
        Billing billing =
            builder(world).checkoutOrigins("https://app.example.com").build()) {
      assertThat(billing.checkouts().open(ADA, pro("https://app.example.com")).url())
          .isPresent();
      assertThatThrownBy(
              () -> billing.checkouts().open(ADA, pro("https://app.example.com.evil.com")))
          .isInstanceOfSatisfying(
              ValidationFailed.class,
              refused -> assertThat(refused.errors().get(0).field()).isEqualTo("successUrl"));
    }
  }

  @Test
  void withNoOriginNothingIsSold() {
    try (BillingWorld world = BillingWorld.builder().catalog(CATALOG).build();
        Billing billing = builder(world).checkoutOrigins().build()) {
      assertThatThrownBy(() -> billing.checkouts().open(ADA, pro("https://app.example.com")))
          .isInstanceOf(ValidationFailed.class);
    }
  }

  @Test
  void whatAnAccountHasIsListedInOneCall() {
    try (BillingWorld world = BillingWorld.builder().catalog(CATALOG).build()) {
      Billing billing = world.billing();
      String session = billing
          .checkouts()
          .open(ADA, pro("https://app.example.com"))
          .session()
          .id();
      world.provider().pay(session, "4242424242424242");
      world.settle();

      List<Subscription> subscriptions = billing.subscriptions().of(ADA.account());

      assertThat(subscriptions)
          .singleElement()
          .satisfies(it -> assertThat(it.account()).isEqualTo(Optional.of(ADA.account())));
      assertThat(billing.invoices().of(ADA.account())).hasSize(1);
      assertThat(billing.purchases().of(ADA.account())).isEmpty();
      assertThat(billing.subscriptions().of(new AccountId("user_bob"))).isEmpty();
    }
  }

  @Test
  void buildersMakeWhatConstructorsMake() {
    assertThat(CATALOG.plan("pro"))
        .contains(new Plan(
            "pro",
            "pro",
            "",
            "default",
            1,
            true,
            0,
            CATALOG.plan("pro").orElseThrow().prices(),
            Map.of("export", new Feature.Flag(true))));
    assertThat(CATALOG.defaultPlan().selfService()).isFalse();
    assertThat(pro("https://app.example.com"))
        .isEqualTo(new CheckoutRequest(
            Optional.of("pro"),
            Optional.of(BillingInterval.MONTHLY),
            Optional.empty(),
            1,
            "https://app.example.com/thanks",
            "https://app.example.com/plans",
            Optional.empty()));
    assertThat(ADA)
        .isEqualTo(new Principal(
            new AccountId("user_ada"),
            "https://login.example.com",
            "user_ada",
            Optional.of("ada@example.com"),
            Optional.empty(),
            false));
  }

  private static BillingBuilder builder(BillingWorld world) {
    return Billing.builder()
        .gateway(world.gateway())
        .store(world.store())
        .catalog(world.billing().catalog())
        .clock(world.engine()::now)
        .wallClock(world.wallClock())
        .workers(0);
  }

  private static CheckoutRequest pro(String pages) {
    return CheckoutRequest.forPlan("pro", BillingInterval.MONTHLY)
        .successUrl(pages + "/thanks")
        .cancelUrl(pages + "/plans")
        .build();
  }
}
