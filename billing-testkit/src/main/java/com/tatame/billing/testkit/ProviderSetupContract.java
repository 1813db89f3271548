package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PlanPrice;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.CheckoutSessions.NewSubscriptionCheckout;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Amounts;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.portal.PortalSessions.NewPortalSession;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.AccountState.HeldEndpoint;
import com.tatame.billing.setup.AccountState.HeldPortal;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.ProviderSetup.Made;
import com.tatame.billing.setup.Setup;
import com.tatame.billing.setup.SetupChange;
import com.tatame.billing.setup.SetupPlan;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.fixture.Ids;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How an account is brought to what a catalog says. */
public interface ProviderSetupContract extends GatewayUnderTest {
  /** Where events go. */
  URI HOOK = URI.create("https://billing.example.com/webhooks/stripe");

  /** Plans by tier, each by the month and for ten times as much by the year. */
  private static Catalog selling(Map<String, Long> monthlyByTier) {
    List<Plan> plans = new ArrayList<>();
    plans.add(new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of()));
    monthlyByTier.forEach((tier, monthly) -> {
      Map<BillingInterval, PlanPrice> prices = new EnumMap<>(BillingInterval.class);
      prices.put(BillingInterval.MONTHLY, price(tier + "_monthly", monthly));
      prices.put(BillingInterval.YEARLY, price(tier + "_yearly", 10 * monthly));
      plans.add(new Plan(
          tier, "The " + tier, "All of " + tier, "plan", plans.size(), true, 0, prices, Map.of()));
    });
    return new Catalog(plans, "free", Catalog.DEFAULT_GRACE);
  }

  private static PlanPrice price(String lookupKey, long amount) {
    return new PlanPrice(new Money(amount, "usd"), lookupKey, Optional.empty());
  }

  private static Catalog basicAndPro() {
    Map<String, Long> plans = new LinkedHashMap<>();
    plans.put("basic", 500L);
    plans.put("pro", 1_500L);
    return selling(plans);
  }

  private List<Made> run(Catalog catalog) {
    Setup setup = new Setup(catalog, gateway().setup());
    List<Made> made = new ArrayList<>();
    setup.apply(setup.plan(Optional.of(HOOK)), (change, result) -> made.add(result));
    return made;
  }

  private SetupPlan plan(Catalog catalog) {
    return new Setup(catalog, gateway().setup()).plan(Optional.of(HOOK));
  }

  private List<Price> active() {
    return gateway().setup().state().prices().stream()
        .map(HeldPrice::price)
        .filter(Price::active)
        .toList();
  }

  private Price sold(String lookupKey) {
    return active().stream()
        .filter(price -> price.lookupKey().filter(lookupKey::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is sold as " + lookupKey));
  }

  @Test
  default void anEmptyAccountIsGivenAllThatTheCatalogSells() {
    run(basicAndPro());

    AccountState held = gateway().setup().state();
    assertThat(held.products())
        .extracting(product -> product.product().name())
        .containsExactlyInAnyOrder("The basic", "The pro");
    assertThat(held.products())
        .allMatch(product -> product.product().description().orElse("").startsWith("All of ")
            && product.product().active());
    assertThat(held.prices()).hasSize(4);
    Price yearly = sold("pro_yearly");
    assertThat(yearly.unitAmount()).contains(15_000L);
    assertThat(yearly.currency()).isEqualTo("usd");
    assertThat(yearly.recurrence()).contains(new Recurrence(Recurrence.Unit.YEAR, 1, false));
    assertThat(yearly.plan()).contains("pro/yearly");
    assertThat(plan(basicAndPro()).done()).isTrue();
    assertThat(plan(basicAndPro()).unchanged()).isEqualTo(8);
  }

  @Test
  default void thePortalOffersThePlansAndIsTheOneThatCustomersSee() {
    run(basicAndPro());

    List<HeldPortal> portals = gateway().setup().state().portals();
    assertThat(portals).hasSize(1);
    assertThat(portals.get(0).usual()).isTrue();
    assertThat(portals.get(0).plans().values().stream()
            .flatMap(Set::stream)
            .collect(Collectors.toSet()))
        .isEqualTo(active().stream().map(Price::id).collect(Collectors.toSet()));
    assertThat(gateway()
            .portal()
            .open(new NewPortalSession(
                buyer().customerId(),
                "https://shop.example.com/account",
                Optional.empty(),
                Optional.empty())))
        .startsWith("http");
  }

  @Test
  default void anEndpointIsMadeOnceAndItsSecretToldOnce() {
    List<Made> made = run(basicAndPro());

    assertThat(made).filteredOn(one -> one.secret().isPresent()).hasSize(1);
    String secret =
        made.stream().flatMap(one -> one.secret().stream()).findFirst().orElseThrow();
    assertThat(made.toString()).doesNotContain(secret);
    List<HeldEndpoint> endpoints = gateway().setup().state().endpoints();
    assertThat(endpoints).hasSize(1);
    HeldEndpoint endpoint = endpoints.get(0);
    assertThat(endpoint.ours()).isTrue();
    assertThat(endpoint.enabled()).isTrue();
    assertThat(endpoint.url()).isEqualTo(HOOK.toString());
    assertThat(endpoint.apiVersion()).contains(gateway().setup().events().apiVersion());
    assertThat(endpoint.events()).isEqualTo(gateway().setup().events().types());
    assertThat(run(basicAndPro())).isEmpty();
  }

  @Test
  default void anotherAmountIsAnotherPriceAndTheOldOneIsKeptByThoseWhoHaveIt() {
    run(basicAndPro());
    Price old = sold("basic_monthly");
    Buyer buyer = buyer();
    CheckoutSession session = GatewayCalls.state(
        gateway()
            .checkouts()
            .create(
                new NewSubscriptionCheckout(
                    buyer.account(),
                    buyer.customerId(),
                    old.id(),
                    1,
                    0,
                    Optional.of("basic"),
                    Optional.of("monthly"),
                    "https://shop.example.com/thanks",
                    "https://shop.example.com/plans"),
                Ids.next("command"),
                Ids.next("key")),
        CheckoutSession.class);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    Catalog dearer = selling(Map.of("basic", 700L, "pro", 1_500L));

    SetupPlan plan = plan(dearer);
    assertThat(plan.changes()).extracting(change -> change.sign().toString()).contains("+", "-");
    run(dearer);

    Price fresh = sold("basic_monthly");
    assertThat(fresh.id()).isNotEqualTo(old.id());
    assertThat(fresh.unitAmount()).contains(700L);
    assertThat(active())
        .filteredOn(price -> !price.id().equals(buyer.priceId()))
        .hasSize(4)
        .extracting(Price::id)
        .doesNotContain(old.id());
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();
    Subscription kept = GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
    assertThat(kept.mainItem().priceId()).isEqualTo(old.id());
    assertThat(dearer.offer(old.id(), kept.mainItem().lookupKey()))
        .hasValueSatisfying(offer -> assertThat(offer.name()).isEqualTo("basic/monthly"));
    assertThat(plan(dearer).done()).isTrue();
  }

  private static Catalog sellingIn(Map<String, Long> monthlyByCurrency) {
    Money dollars = new Money(Objects.requireNonNull(monthlyByCurrency.get("usd")), "usd");
    List<Money> others = monthlyByCurrency.entrySet().stream()
        .filter(entry -> !entry.getKey().equals("usd"))
        .map(entry -> new Money(entry.getValue(), entry.getKey()))
        .toList();
    Map<BillingInterval, PlanPrice> prices = Map.of(
        BillingInterval.MONTHLY,
        new PlanPrice(
            Amounts.of(dollars, others), "basic_monthly", Optional.empty(), Optional.empty()));
    return new Catalog(
        List.of(
            new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of()),
            new Plan("basic", "Basic", "", "plan", 1, true, 0, prices, Map.of())),
        "free",
        Catalog.DEFAULT_GRACE);
  }

  private Map<String, Optional<Long>> otherAmounts(String priceId) {
    return gateway().setup().state().prices().stream()
        .filter(held -> held.price().id().equals(priceId))
        .findFirst()
        .orElseThrow()
        .others();
  }

  @Test
  default void onePriceIsSoldInSeveralCurrencies() {
    Catalog catalog = sellingIn(Map.of("usd", 999L, "eur", 899L, "jpy", 1500L));

    SetupPlan plan = plan(catalog);
    assertThat(plan.changes())
        .extracting(SetupChange::words)
        .contains("price basic_monthly 9.99 usd, 8.99 eur, 1500 jpy / month");
    run(catalog);

    assertThat(active()).hasSize(1);
    Price price = sold("basic_monthly");
    assertThat(price.currency()).isEqualTo("usd");
    assertThat(price.unitAmount()).contains(999L);
    assertThat(otherAmounts(price.id()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("eur", Optional.of(899L), "jpy", Optional.of(1500L)));
    assertThat(plan(catalog).done()).isTrue();
  }

  @Test
  default void aSubscriptionIsReadInTheCurrencyThatItIsBilledIn() {
    run(sellingIn(Map.of("usd", 999L, "eur", 899L)));
    Buyer buyer = buyer();
    CheckoutSession session = GatewayCalls.state(
        gateway()
            .checkouts()
            .create(
                new NewSubscriptionCheckout(
                    buyer.account(),
                    buyer.customerId(),
                    sold("basic_monthly").id(),
                    1,
                    0,
                    Optional.of("basic"),
                    Optional.of("monthly"),
                    "https://shop.example.com/thanks",
                    "https://shop.example.com/plans",
                    Optional.empty(),
                    Optional.of("eur")),
                Ids.next("command"),
                Ids.next("key")),
        CheckoutSession.class);
    assertThat(provider().pay(session.id(), GatewayCalls.PAYS)).isTrue();
    assertThat(provider().paid(buyer.customerId())).containsExactly(899L);
    String id = GatewayCalls.read(gateway(), session).subscriptionId().orElseThrow();

    Subscription read = GatewayCalls.state(
        gateway()
            .reads()
            .read(new ObjectRef(ObjectKind.SUBSCRIPTION, id), new SubjectId(buyer.customerId())),
        Subscription.class);
    assertThat(read.mainItem().currency()).isEqualTo("eur");
    assertThat(read.mainItem().unitAmount()).contains(899L);
    assertThat(gateway().subscriptions().ofCustomer(buyer.customerId()))
        .singleElement()
        .satisfies(
            seen -> assertThat(GatewayCalls.state(seen, Subscription.class).mainItem())
                .isEqualTo(read.mainItem()));
    Subscription ending = GatewayCalls.state(
        gateway().subscriptions().cancelAtPeriodEnd(id, Optional.empty(), Ids.next("key")),
        Subscription.class);
    assertThat(ending.mainItem()).isEqualTo(read.mainItem());
    assertThat(GatewayCalls.state(
                gateway().subscriptions().keep(id, Ids.next("key")), Subscription.class)
            .mainItem())
        .isEqualTo(read.mainItem());
    assertThat(GatewayCalls.state(
                gateway().subscriptions().cancelNow(id, Optional.empty(), Ids.next("key")),
                Subscription.class)
            .mainItem())
        .isEqualTo(read.mainItem());
  }

  @Test
  default void aCurrencyIsAddedToThePriceThatIsThere() {
    run(sellingIn(Map.of("usd", 999L)));
    Price before = sold("basic_monthly");
    Catalog more = sellingIn(Map.of("usd", 999L, "eur", 899L));

    assertThat(plan(more).changes())
        .singleElement()
        .extracting(SetupChange::words)
        .isEqualTo("price basic_monthly (" + before.id() + "): sold for 8.99 eur too");
    run(more);

    assertThat(sold("basic_monthly")).isEqualTo(before);
    assertThat(otherAmounts(before.id())).isEqualTo(Map.of("eur", Optional.of(899L)));
    assertThat(plan(more).done()).isTrue();
  }

  @Test
  default void anotherAmountInOneCurrencyIsAnotherPrice() {
    run(sellingIn(Map.of("usd", 999L, "eur", 899L)));
    Price old = sold("basic_monthly");
    Catalog dearer = sellingIn(Map.of("usd", 999L, "eur", 949L));

    run(dearer);

    assertThat(sold("basic_monthly").id()).isNotEqualTo(old.id());
    assertThat(otherAmounts(sold("basic_monthly").id())).containsEntry("eur", Optional.of(949L));
    assertThat(otherAmounts(old.id())).containsEntry("eur", Optional.of(899L));
    assertThat(active()).hasSize(1);
    assertThat(plan(dearer).done()).isTrue();
  }

  @Test
  default void aCurrencyThatLeavesTheCatalogStaysOnThePrice() {
    run(sellingIn(Map.of("usd", 999L, "eur", 899L)));
    Catalog less = sellingIn(Map.of("usd", 999L));

    assertThat(plan(less).done()).isTrue();
  }

  @Test
  default void anAmountThatComesBackWithinADayIsSoldAgain() {
    Catalog cheap = selling(Map.of("basic", 500L));
    Catalog dear = selling(Map.of("basic", 700L));
    for (Catalog catalog : List.of(cheap, dear, cheap, dear)) {
      run(catalog);
      assertThat(plan(catalog).done()).isTrue();
      assertThat(active()).hasSize(2);
    }
    assertThat(sold("basic_monthly").unitAmount()).contains(700L);
  }

  @Test
  default void whatLeavesTheCatalogGoesOffSaleAndMayComeBack() {
    run(basicAndPro());
    Catalog less = selling(Map.of("pro", 1_500L));

    run(less);
    assertThat(active()).extracting(Price::lookupKey).doesNotContain(Optional.of("basic_monthly"));
    assertThat(gateway().setup().state().products())
        .filteredOn(product -> !product.product().active())
        .extracting(product -> product.product().name())
        .containsExactly("The basic");
    assertThat(plan(less).done()).isTrue();

    run(basicAndPro());
    assertThat(active()).hasSize(4);
    assertThat(gateway().setup().state().prices()).hasSize(4);
    assertThat(plan(basicAndPro()).done()).isTrue();
  }

  @Test
  default void aLookupKeyThatIsNamedAnewStaysWithItsPrice() {
    run(selling(Map.of("basic", 500L)));
    Price before = sold("basic_monthly");
    Plan basic = selling(Map.of("basic", 500L)).plan("basic").orElseThrow();
    Map<BillingInterval, PlanPrice> prices = new EnumMap<>(basic.prices());
    prices.put(BillingInterval.MONTHLY, price("basic_by_the_month", 500));
    Catalog renamed = new Catalog(
        List.of(
            new Plan("free", "Free", "", "plan", 0, false, 0, Map.of(), Map.of()),
            new Plan(
                "basic", basic.name(), basic.description(), "plan", 1, true, 0, prices, Map.of())),
        "free",
        Catalog.DEFAULT_GRACE);

    run(renamed);

    assertThat(sold("basic_by_the_month").id()).isEqualTo(before.id());
    assertThat(active()).hasSize(2);
  }

  @Test
  default void whatOthersMadeIsNeverTouched() {
    String product = provider().createProduct("By hand");
    provider().createPrice(product, 900, "usd", Recurrence.Unit.MONTH, "by_hand");
    AccountState before = gateway().setup().state();

    run(basicAndPro());
    run(selling(Map.of("pro", 1_700L)));

    AccountState after = gateway().setup().state();
    assertThat(after.products()).containsAll(before.products());
    assertThat(after.prices()).containsAll(before.prices());
  }

  @Test
  default void aLookupKeyThatOthersUseIsRefusedBeforeAnythingIsDone() {
    String product = provider().createProduct("By hand");
    provider().createPrice(product, 500, "usd", Recurrence.Unit.MONTH, "basic_monthly");
    AccountState before = gateway().setup().state();

    assertThatThrownBy(() -> run(basicAndPro()))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("tiers.basic.prices.monthly.lookupKey")
        .hasMessageContaining(product)
        .hasMessageContaining("billing_tier=basic");

    assertThat(gateway().setup().state()).isEqualTo(before);
  }

  @Test
  default void whateverStepItDiesAfterTheNextRunFinishesIt() {
    int steps = plan(basicAndPro()).changes().size();
    for (int step = 0; step < steps; step++) {
      int last = step;
      // The plan of the whole way down: the amounts differ from run to run.
      Catalog catalog = selling(Map.of("basic", 500L + step, "pro", 1_500L + step));
      Setup setup = new Setup(catalog, gateway().setup());
      List<SetupChange> done = new ArrayList<>();
      try {
        setup.apply(setup.plan(Optional.of(HOOK)), (change, made) -> {
          done.add(change);
          if (done.size() > last) {
            throw new IllegalStateException("died");
          }
        });
      } catch (IllegalStateException death) {
        assertThat(death).hasMessage("died");
      }

      run(catalog);
      assertThat(plan(catalog).done()).as("after step %d", step).isTrue();
      assertThat(active()).hasSize(4);
      assertThat(gateway().setup().state().products()).hasSize(2);
      assertThat(gateway().setup().state().portals()).hasSize(1);
      assertThat(gateway().setup().state().endpoints()).hasSize(1);
    }
  }

  @Test
  default void anAnswerThatIsLostMakesNothingTwice() {
    int steps = plan(basicAndPro()).changes().size();
    for (int lost = 0; lost < steps; lost++) {
      Setup setup = new Setup(basicAndPro(), gateway().setup());
      SetupPlan plan = setup.plan(Optional.of(HOOK));
      if (plan.done()) {
        break;
      }
      provider().fail(ProviderControl.Outage.ANSWER_LOST, 1);
      assertThatThrownBy(() -> setup.apply(plan, (change, made) -> {}))
          .isInstanceOf(ProviderUnavailable.class);
      provider().recover();
    }

    run(basicAndPro());
    assertThat(plan(basicAndPro()).done()).isTrue();
    assertThat(gateway().setup().state().prices()).hasSize(4);
    assertThat(gateway().setup().state().products()).hasSize(2);
    assertThat(gateway().setup().state().portals()).hasSize(1);
    assertThat(gateway().setup().state().endpoints()).hasSize(1);
  }
}
