package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.Billing;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.money.Money;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** One subscription, one quote, one thing that happens meanwhile, and the change as quoted. */
final class QuoteRun implements AutoCloseable {
  /** How it ends. */
  enum Outcome {
    CHARGED,
    CREDITED,
    NOTHING_DUE,
    SCHEDULED,
    REFUSED
  }

  /** What happens between the quote and the change. */
  enum Meanwhile {
    NOTHING,
    A_SECOND,
    MINUTES,
    TOO_LONG,
    ANOTHER_CHANGE,
    DISCOUNT_ENDS,
    DISCOUNT_BEGINS,
    PRICE_ARCHIVED,
    ANOTHER_NODE
  }

  private static final List<String> STARTS = List.of(
      "2026-01-31T10:20:30Z",
      "2028-02-29T00:00:00Z",
      "2027-12-31T23:59:59Z",
      "2026-03-28T23:30:00Z",
      "2026-10-25T00:59:59Z",
      "2026-06-15T12:00:00Z");
  private static final List<ChangePolicy> POLICIES = List.of(ChangePolicy.values());
  private static final List<String> TIERS = List.of("one", "two", "three");
  private static final List<String> OFF = List.of("5", "12.5", "33.3", "50", "100");

  private final Random random;
  private final BillingWorld world;
  private final Shopper ada;
  private final Meanwhile meanwhile;
  private final List<String> given = new ArrayList<>();
  private boolean changedBefore;

  QuoteRun(long seed) {
    random = new Random(seed);
    world = BillingWorld.builder()
        .seed(seed)
        .startAt(Instant.parse(STARTS.get(random.nextInt(STARTS.size()))))
        .catalog(catalog())
        .build();
    ada = Shopper.named("ada", world);
    meanwhile = List.of(Meanwhile.values()).get(random.nextInt(Meanwhile.values().length));
  }

  private Catalog catalog() {
    List<Plan> plans = new ArrayList<>();
    plans.add(new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of()));
    int trialDays = random.nextInt(4) == 0 ? 14 : 0;
    for (String tier : TIERS) {
      plans.add(new Plan(
          tier,
          tier,
          "",
          "plan",
          plans.size(),
          true,
          trialDays,
          Map.of(
              BillingInterval.MONTHLY, price(tier + "_monthly"),
              BillingInterval.YEARLY, price(tier + "_yearly")),
          Map.of()));
    }
    return new Catalog(plans, "free", Catalog.DEFAULT_GRACE);
  }

  private PlanPrice price(String lookupKey) {
    return new PlanPrice(
        new Money(100 + random.nextInt(50_000), "usd"), lookupKey, Optional.empty());
  }

  Meanwhile meanwhile() {
    return meanwhile;
  }

  Outcome play() {
    buy();
    if (random.nextInt(3) == 0) {
      discount();
    }
    pass(random.nextInt(70), 86_400);
    if (random.nextInt(4) == 0) {
      // An earlier change, so that what is credited is not what the price says.
      change(any());
      changedBefore = true;
      pass(random.nextInt(9), 86_400);
    }
    // A renewal's draft that is still to be charged would be counted as the next one.
    world.advance(Duration.ofHours(2));
    Subscription before = ada.newest();
    if (before
        .currentPeriodStart()
        .plus(Duration.ofHours(2))
        .isAfter(world.engine().now())) {
      world.advance(Duration.ofHours(2));
    }
    Quote quote = world.billing().subscriptions().quote(ada.account(), before.id(), any());
    independently(before, quote);
    happen(before, quote);
    return make(before, quote);
  }

  private void buy() {
    CheckoutRequest request = new CheckoutRequest(
        Optional.of(tier()),
        Optional.of(interval()),
        Optional.empty(),
        1 + random.nextInt(5),
        "https://shop.example.com/thanks",
        "https://shop.example.com/plans",
        Optional.empty());
    CheckoutSession session =
        world.billing().checkouts().open(ada.caller(), request).session();
    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();
  }

  private String tier() {
    return TIERS.get(random.nextInt(TIERS.size()));
  }

  private BillingInterval interval() {
    return random.nextInt(4) == 0 ? BillingInterval.YEARLY : BillingInterval.MONTHLY;
  }

  private ChangeRequest any() {
    return new ChangeRequest(
        Optional.of(tier()),
        Optional.of(interval()),
        Optional.empty(),
        random.nextBoolean() ? Optional.of(1L + random.nextInt(6)) : Optional.empty(),
        POLICIES.get(random.nextInt(POLICIES.size())));
  }

  private void discount() {
    String coupon = "C" + given.size();
    Map<String, Object> terms = switch (random.nextInt(3)) {
      case 0 ->
        Map.of(
            "id",
            coupon,
            "amount_off",
            Integer.toString(1 + random.nextInt(9_000)),
            "currency",
            "usd",
            "duration",
            "forever");
      case 1 ->
        Map.of(
            "id",
            coupon,
            "percent_off",
            OFF.get(random.nextInt(OFF.size())),
            "duration",
            "repeating",
            "duration_in_months",
            "1");
      default ->
        Map.of(
            "id",
            coupon,
            "percent_off",
            OFF.get(random.nextInt(OFF.size())),
            "duration",
            "forever");
    };
    post("/v1/coupons", terms);
    given.add(coupon);
    post(
        "/v1/subscriptions/" + ada.newest().id(),
        Map.of("discounts", List.of(Map.of("coupon", coupon))));
    world.settle();
  }

  private void post(String path, Map<String, Object> parameters) {
    SimulatorReads.call(world, Request.of("POST", path, parameters));
  }

  private void pass(int units, int seconds) {
    world.advance(Duration.ofSeconds((long) units * seconds + random.nextInt(seconds)));
    if (ada.newest().status() == SubscriptionStatus.PAST_DUE) {
      throw new AssertionError("nothing fails here");
    }
  }

  private void change(ChangeRequest request) {
    world.billing().subscriptions().change(ada.account(), ada.newest().id(), request);
    world.settle();
  }

  /** A plain upgrade or downgrade of a whole period, computed with whole numbers alone. */
  private void independently(Subscription before, Quote quote) {
    Subscription.Item item = before.mainItem();
    List<Quote.Line> lines = quote.figures().lines();
    boolean plain = quote.change().policy() == ChangePolicy.PRORATE
        && given.isEmpty()
        && !changedBefore
        && before.status() == SubscriptionStatus.ACTIVE
        && sameInterval(before, quote)
        && lines.size() == 2;
    if (!plain) {
      return;
    }
    long start = before.currentPeriodStart().getEpochSecond();
    long end = before.currentPeriodEnd().getEpochSecond();
    long left = end - quote.createdAt().getEpochSecond();
    assertThat(lines.get(0).amount().amount())
        .isEqualTo(-share(item.unitAmount().orElseThrow() * item.quantity(), left, end - start));
    assertThat(lines.get(1).amount().amount())
        .isEqualTo(share(unitAmount(quote) * quote.change().quantity(), left, end - start));
  }

  private boolean sameInterval(Subscription before, Quote quote) {
    return priceOf(quote).at("/recurring/interval").asText().equals("year")
        == before.interval().filter(BillingInterval.YEARLY::equals).isPresent();
  }

  private long unitAmount(Quote quote) {
    return priceOf(quote).path("unit_amount").asLong();
  }

  private JsonNode priceOf(Quote quote) {
    return SimulatorReads.call(
        world, Request.of("GET", "/v1/prices/" + quote.change().priceId(), Map.of()));
  }

  private static long share(long amount, long left, long whole) {
    return BigInteger.valueOf(amount)
        .multiply(BigInteger.valueOf(2 * left))
        .add(BigInteger.valueOf(whole))
        .divide(BigInteger.valueOf(2 * whole))
        .longValueExact();
  }

  private void happen(Subscription before, Quote quote) {
    switch (meanwhile) {
      case NOTHING -> {}
      case A_SECOND -> world.advance(Duration.ofSeconds(1));
      case MINUTES -> world.advance(Duration.ofSeconds(1 + random.nextInt(599)));
      case TOO_LONG -> world.advance(Duration.ofSeconds(600 + random.nextInt(9_999)));
      case ANOTHER_CHANGE -> {
        try (Billing other = world.program(world.store(), world.gateway())) {
          other.subscriptions().change(ada.account(), before.id(), any());
        }
        world.settle();
      }
      case DISCOUNT_ENDS -> {
        post("/v1/subscriptions/" + before.id(), Map.of("discounts", ""));
        world.settle();
      }
      case DISCOUNT_BEGINS -> discount();
      case PRICE_ARCHIVED -> {
        post("/v1/prices/" + quote.change().priceId(), Map.of("active", "false"));
        world.settle();
      }
      case ANOTHER_NODE -> {
        // It makes the very same change, a moment earlier.
      }
    }
  }

  private Outcome make(Subscription before, Quote quote) {
    long chargedBefore = Charges.of(world, ada.customerId());
    long balanceBefore = balance();
    JsonNode stateBefore = atProvider(before);
    try {
      if (meanwhile == Meanwhile.ANOTHER_NODE) {
        try (Billing other = world.program(world.store(), world.gateway())) {
          other.subscriptions().change(ada.account(), before.id(), quote.id());
        }
      }
      world.billing().subscriptions().change(ada.account(), before.id(), quote.id());
    } catch (Conflict e) {
      assertThat(e.code()).isEqualTo("quote_stale");
      assertThat(Charges.of(world, ada.customerId())).isEqualTo(chargedBefore);
      assertThat(atProvider(before)).isEqualTo(stateBefore);
      assertThat(mustHold(before)).as("refused although nothing had changed").isFalse();
      return Outcome.REFUSED;
    }
    assertThat(meanwhile).isNotEqualTo(Meanwhile.TOO_LONG);
    world.settle();
    long due = quote.figures().dueNow().amount();
    assertThat(Charges.of(world, ada.customerId()) - chargedBefore).isEqualTo(due);
    world.billing().subscriptions().change(ada.account(), before.id(), quote.id());
    assertThat(Charges.of(world, ada.customerId()) - chargedBefore).isEqualTo(due);
    Subscription after = ada.newest();
    if (quote.change().policy() == ChangePolicy.AT_RENEWAL) {
      assertThat(after.items()).isEqualTo(before.items());
      return Outcome.SCHEDULED;
    }
    assertThat(after.mainItem().priceId()).isEqualTo(quote.change().priceId());
    assertThat(after.mainItem().quantity()).isEqualTo(quote.change().quantity());
    next(after, quote);
    if (due > 0) {
      return Outcome.CHARGED;
    }
    return balance() < balanceBefore ? Outcome.CREDITED : Outcome.NOTHING_DUE;
  }

  private boolean mustHold(Subscription before) {
    boolean samePeriod = world.engine().now().isBefore(before.currentPeriodEnd());
    return samePeriod
        && switch (meanwhile) {
          case NOTHING, A_SECOND, MINUTES, ANOTHER_NODE -> given.isEmpty();
          default -> false;
        };
  }

  /** The next renewal costs what was said of it, unless a discount ends before. */
  private void next(Subscription after, Quote quote) {
    if (!given.isEmpty() || quote.figures().nextInvoice().isEmpty()) {
      return;
    }
    long before = Charges.of(world, ada.customerId());
    world.advance(
        Duration.between(world.engine().now(), after.currentPeriodEnd()).plus(Duration.ofHours(2)));
    assertThat(Charges.of(world, ada.customerId()) - before)
        .isEqualTo(quote.figures().nextInvoice().get().amount());
  }

  private long balance() {
    return SimulatorReads.call(
            world, Request.of("GET", "/v1/customers/" + ada.customerId(), Map.of()))
        .path("balance")
        .asLong();
  }

  private JsonNode atProvider(Subscription subscription) {
    return SimulatorReads.call(
        world, Request.of("GET", "/v1/subscriptions/" + subscription.id(), Map.of()));
  }

  @Override
  public void close() {
    world.close();
  }
}
