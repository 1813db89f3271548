package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.customer.Customer;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog of two paid plans, and subscriptions to them. */
public final class SubscriptionFixture {
  public static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
  public static final AccountId ALICE = new AccountId("user_alice");
  public static final String CUSTOMER = "cus_1";

  private SubscriptionFixture() {}

  public static Catalog catalog() {
    return new Catalog(
        List.of(plan("free", 0, 0, Map.of()), plan("basic", 1, 999), plan("pro", 2, 2499)),
        "free",
        Duration.ofDays(7));
  }

  private static Plan plan(String tier, int rank, long cents) {
    return plan(
        tier,
        rank,
        0,
        Map.of(
            BillingInterval.MONTHLY,
            new PlanPrice(new Money(cents, "usd"), tier + "_monthly", Optional.empty())));
  }

  private static Plan plan(
      String tier, int rank, int trialDays, Map<BillingInterval, PlanPrice> prices) {
    return new Plan(
        tier,
        tier,
        "",
        "main",
        rank,
        true,
        trialDays,
        prices,
        Map.of("export", new Feature.Flag(rank > 0), "api", new Feature.Flag(rank > 1)));
  }

  public static Customer customer(Optional<AccountId> account) {
    return new Customer(CUSTOMER, account, Optional.empty(), Optional.empty(), false, START);
  }

  public static Subscription subscription(String id, String tier, SubscriptionStatus status) {
    Subscription.Item item = new Subscription.Item(
        "si_" + id,
        "price_" + tier,
        Optional.of(tier + "_monthly"),
        "prod_" + tier,
        1,
        "usd",
        Optional.of(999L),
        Optional.of(new Recurrence(Recurrence.Unit.MONTH, 1, false)));
    return new Subscription(
        id,
        CUSTOMER,
        status,
        Optional.of(ALICE),
        Optional.empty(),
        Optional.empty(),
        List.of(item),
        START,
        START,
        START.plus(Duration.ofDays(28)),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        status == SubscriptionStatus.CANCELED
            ? Optional.of(START.plusSeconds(60))
            : Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
