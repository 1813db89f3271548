package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Coupon;
import com.tatame.billing.promotion.DiscountTerms;
import com.tatame.billing.promotion.ManualDiscount;
import com.tatame.billing.promotion.ManualDiscounts;
import com.tatame.billing.promotion.NewDiscount;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Discounts that administrators give: on the invoices, once, and on record for good. */
class DiscountsTest {
  private static final String ADMIN = "user_admin";
  private static final Duration MONTH = Duration.ofDays(31);

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.withoutTrials()).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPercentageIsTakenOffEachInvoiceForItsMonths() {
    ada.buys("basic", Shopper.PAYS);
    world.advance(Duration.ofDays(1));
    ManualDiscount given = gives(DiscountTerms.percent(20).forMonths(2)).discount();

    assertThat(given.status()).isEqualTo(ManualDiscount.Status.GIVEN);
    assertThat(given.givenBy()).isEqualTo(ADMIN);
    assertThat(given.reason()).isEqualTo("to make up for it");
    Subscription.Discount seen = newest().discount().orElseThrow();
    assertThat(seen.couponId()).isEqualTo(given.id());
    assertThat(seen.percentOff()).contains(BigDecimal.valueOf(20));
    assertThat(seen.endsAt()).isPresent();

    months(3);
    assertThat(totals()).containsExactly(500L, 400L, 400L, 500L);
    assertThat(newest().discount()).isEmpty();
  }

  @Test
  void anAmountOnceIsTakenOffTheNextInvoiceAlone() {
    ada.buys("basic", Shopper.PAYS);
    gives(amount(150));

    months(2);

    assertThat(totals()).containsExactly(500L, 350L, 500L);
    assertThat(newest().discount()).isEmpty();
  }

  @Test
  void whatWasTakenOffIsOnNoLaterInvoice() {
    ada.buys("basic", Shopper.PAYS);
    String id = gives(DiscountTerms.percent(50)).discount().id();
    months(1);

    ManualDiscount removed =
        world.billing().discounts().remove(id, "user_other", Optional.of("over"));

    assertThat(removed.removed()).hasValueSatisfying(removal -> {
      assertThat(removal.by()).isEqualTo("user_other");
      assertThat(removal.reason()).contains("over");
    });
    assertThat(newest().discount()).isEmpty();
    assertThat(world.billing().discounts().remove(id, ADMIN, Optional.empty())).isEqualTo(removed);
    months(1);
    assertThat(totals()).containsExactly(500L, 250L, 500L);
    assertThat(world.billing().discounts().list(Optional.of(ada.account()), Optional.empty(), 10))
        .containsExactly(removed);
  }

  @Test
  void underOneKeyItIsGivenOnceAlsoWhenItIsUsedUp() {
    ada.buys("basic", Shopper.PAYS);
    NewDiscount newDiscount = newDiscount(amount(150), Optional.of("ticket-7"));
    ManualDiscounts.Given first = world.billing().discounts().give(newDiscount, ADMIN);
    months(1);

    ManualDiscounts.Given again = world.billing().discounts().give(newDiscount, "user_other");

    assertThat(first.again()).isFalse();
    assertThat(again).isEqualTo(new ManualDiscounts.Given(first.discount(), true));
    months(1);
    assertThat(totals()).containsExactly(500L, 350L, 500L);
    assertThatThrownBy(() -> world
            .billing()
            .discounts()
            .give(newDiscount(amount(200), Optional.of("ticket-7")), ADMIN))
        .isInstanceOfSatisfying(
            Conflict.class, e -> assertThat(e.code()).isEqualTo("idempotency_key_reused"));
  }

  @Test
  void withoutAKeyEachIsAnotherOneAndTheLastIsInForce() {
    ada.buys("basic", Shopper.PAYS);
    String first = gives(DiscountTerms.percent(10)).discount().id();
    world.wallClock().advance(Duration.ofSeconds(1));
    String second = gives(DiscountTerms.percent(30)).discount().id();

    assertThat(newest().discount().orElseThrow().couponId()).isEqualTo(second);
    assertThatThrownBy(() -> world.billing().discounts().remove(first, ADMIN, Optional.empty()))
        .isInstanceOf(Conflict.class);
    assertThat(world.billing().discounts().list(Optional.empty(), Optional.empty(), 10))
        .extracting(ManualDiscount::id)
        .containsExactly(second, first);
  }

  @Test
  void whatTheProviderRefusedIsOnRecordAndMayBeAskedForAgain() {
    ada.buys("basic", Shopper.PAYS);
    NewDiscount newDiscount = newDiscount(DiscountTerms.percent(10), Optional.of("ticket-7"));
    world.engine().fail(new Fault("POST /v1/coupons", 400, When.BEFORE), 1);

    assertThatThrownBy(() -> world.billing().discounts().give(newDiscount, ADMIN))
        .isInstanceOf(ProviderRejected.class);
    ManualDiscount refused = world
        .billing()
        .discounts()
        .list(Optional.of(ada.account()), Optional.empty(), 10)
        .get(0);
    assertThat(refused.status()).isEqualTo(ManualDiscount.Status.REJECTED);
    assertThat(refused.error()).isPresent();

    assertThat(world.billing().discounts().give(newDiscount, ADMIN).discount().status())
        .isEqualTo(ManualDiscount.Status.GIVEN);
    assertThat(world.billing().discounts().list(Optional.empty(), Optional.empty(), 10))
        .hasSize(1);
  }

  @Test
  void operatorsSeeWhatWasSentButNotTheReason() {
    ada.buys("basic", Shopper.PAYS);
    gives(DiscountTerms.percent(10));

    Map<String, String> shown =
        world.store().commands().list(JournalFilter.ALL, Optional.empty(), 10).stream()
            .filter(command -> command.kind() == CommandKind.GIVE_DISCOUNT)
            .findFirst()
            .orElseThrow()
            .shownParams();

    assertThat(shown).containsEntry("percent_off", "10").doesNotContainKey("reason");
  }

  @Test
  void whatCannotBeGivenIsRefusedBeforeAnythingIsSent() {
    assertThatThrownBy(() -> gives(DiscountTerms.percent(10)))
        .as("no subscription")
        .isInstanceOf(Conflict.class);
    ada.buys("basic", Shopper.PAYS);
    String hers = newest().id();
    assertThatThrownBy(() -> world
            .billing()
            .discounts()
            .give(
                new NewDiscount(
                    new AccountId("user_eve"),
                    Optional.of(hers),
                    DiscountTerms.percent(10),
                    "why",
                    Optional.empty()),
                ADMIN))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> gives(new DiscountTerms(
            Optional.empty(),
            Optional.of(new Money(100, "eur")),
            Coupon.Duration.ONCE,
            Optional.empty())))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> DiscountTerms.percent(101)).isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> DiscountTerms.percent(10).forMonths(0))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> world.billing().discounts().get("disc_none"))
        .isInstanceOf(NotFound.class);
    assertThat(world.billing().discounts().list(Optional.empty(), Optional.empty(), 10))
        .isEmpty();
    assertThat(newest().discount()).isEmpty();
  }

  private ManualDiscounts.Given gives(DiscountTerms terms) {
    return world.billing().discounts().give(newDiscount(terms, Optional.empty()), ADMIN);
  }

  private NewDiscount newDiscount(DiscountTerms terms, Optional<String> key) {
    return new NewDiscount(ada.account(), Optional.empty(), terms, " to make up for it ", key);
  }

  private static DiscountTerms amount(long off) {
    return new DiscountTerms(
        Optional.empty(),
        Optional.of(new Money(off, "usd")),
        Coupon.Duration.ONCE,
        Optional.empty());
  }

  private void months(int number) {
    for (int month = 0; month < number; month++) {
      world.advance(MONTH);
      world.settle();
    }
  }

  private Subscription newest() {
    return ada.newest();
  }

  /** Of all invoices, the oldest first. */
  private List<Long> totals() {
    return world.store().invoices().list(ada.account(), Optional.empty(), 101).stream()
        .sorted((one, other) -> one.createdAt().compareTo(other.createdAt()))
        .map(invoice -> invoice.total())
        .toList();
  }
}
