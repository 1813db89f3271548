package com.tatame.billing.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.money.Money;
import com.tatame.billing.promotion.Ineligibility.Use;
import com.tatame.billing.promotion.Promotions.Offer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObstacleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Use SOMEBODY = new Use(Optional.of("cus_1"), false, List.of());

  @Test
  void aPlainCodeIsForEverybody() {
    assertThat(obstacle(new Terms(), SOMEBODY)).isEmpty();
    assertThat(obstacle(new Terms(), new Use(Optional.empty(), true, List.of())))
        .isEmpty();
  }

  @Test
  void aCodeExpiresAtItsInstantAndWithItsCoupon() {
    Terms code = new Terms();
    code.expiresAt = Optional.of(NOW.plusSeconds(1));
    assertThat(obstacle(code, SOMEBODY)).isEmpty();
    code.expiresAt = Optional.of(NOW);
    assertThat(obstacle(code, SOMEBODY)).contains(Ineligibility.EXPIRED);

    Terms coupon = new Terms();
    coupon.redeemBy = Optional.of(NOW);
    assertThat(obstacle(coupon, SOMEBODY)).contains(Ineligibility.EXPIRED);
  }

  @Test
  void aCodeIsUsedUpByItselfOrByAllCodesOfItsCoupon() {
    Terms code = new Terms();
    code.most = Optional.of(2L);
    code.times = 1;
    assertThat(obstacle(code, SOMEBODY)).isEmpty();
    code.times = 2;
    assertThat(obstacle(code, SOMEBODY)).contains(Ineligibility.REDEEMED_OUT);

    Terms coupon = new Terms();
    coupon.mostOfCoupon = Optional.of(0L);
    assertThat(obstacle(coupon, SOMEBODY)).contains(Ineligibility.REDEEMED_OUT);
  }

  @Test
  void whyItWasSwitchedOffIsToldBeforeThatItIs() {
    Terms off = new Terms();
    off.active = false;
    assertThat(obstacle(off, SOMEBODY)).contains(Ineligibility.INACTIVE);
    off.expiresAt = Optional.of(NOW);
    assertThat(obstacle(off, SOMEBODY)).contains(Ineligibility.EXPIRED);
  }

  @Test
  void aCodeOfOneCustomerIsNobodyElses() {
    Terms terms = new Terms();
    terms.customer = Optional.of("cus_1");

    assertThat(obstacle(terms, SOMEBODY)).isEmpty();
    assertThat(obstacle(terms, new Use(Optional.of("cus_2"), false, List.of())))
        .contains(Ineligibility.OTHER_CUSTOMER);
    assertThat(obstacle(terms, new Use(Optional.empty(), false, List.of())))
        .contains(Ineligibility.OTHER_CUSTOMER);
  }

  @Test
  void aCodeForFirstPurchasesIsForWhoNeverPaid() {
    Terms terms = new Terms();
    terms.firstPurchaseOnly = true;

    assertThat(obstacle(terms, SOMEBODY)).isEmpty();
    assertThat(obstacle(terms, new Use(Optional.of("cus_1"), true, List.of())))
        .contains(Ineligibility.FIRST_PURCHASE_ONLY);
  }

  @Test
  void aLeastAmountCountsWhereItIsKnownWhatIsBought() {
    Terms terms = new Terms();
    terms.least = Optional.of(new Money(1000, "usd"));

    assertThat(obstacle(terms, SOMEBODY)).isEmpty();
    assertThat(obstacle(terms, buying(new Money(1000, "usd")))).isEmpty();
    assertThat(obstacle(terms, buying(new Money(999, "usd"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
    assertThat(obstacle(terms, buying(new Money(9999, "eur"))))
        .contains(Ineligibility.OTHER_CURRENCY);
  }

  @Test
  void codeThatNothingOnSaleReachesCannotBeUsed() {
    Terms terms = new Terms();
    terms.least = Optional.of(new Money(1000, "usd"));

    assertThat(obstacle(terms, buying(new Money(999, "usd"), new Money(1, "usd"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
    assertThat(obstacle(terms, buying(new Money(999, "usd"), new Money(1000, "usd"))))
        .isEmpty();
    assertThat(obstacle(terms, buying(new Money(999, "usd"), new Money(5000, "eur"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
  }

  @Test
  void amountOffIsForPurchasesInItsCurrency() {
    Terms terms = new Terms();
    terms.amountOff = Optional.of(new Money(500, "eur"));

    assertThat(obstacle(terms, buying(new Money(999, "usd"))))
        .contains(Ineligibility.OTHER_CURRENCY);
    assertThat(obstacle(terms, buying(new Money(999, "usd"), new Money(1, "eur"))))
        .isEmpty();
    terms.least = Optional.of(new Money(10, "usd"));
    assertThat(obstacle(terms, buying(new Money(999, "usd"), new Money(999, "eur"))))
        .contains(Ineligibility.OTHER_CURRENCY);
  }

  private static Use buying(Money... amounts) {
    return new Use(Optional.of("cus_1"), false, List.of(amounts));
  }

  private static Optional<Ineligibility> obstacle(Terms terms, Use use) {
    PromotionCode code = new PromotionCode(
        "promo_1",
        "SPRING",
        "spring",
        terms.active,
        terms.customer,
        terms.expiresAt,
        terms.most,
        terms.times,
        terms.firstPurchaseOnly,
        terms.least,
        NOW.minusSeconds(60));
    Coupon coupon = new Coupon(
        "spring",
        Optional.empty(),
        terms.amountOff.isPresent() ? Optional.empty() : Optional.of(BigDecimal.TEN),
        terms.amountOff,
        Coupon.Duration.ONCE,
        Optional.empty(),
        terms.mostOfCoupon,
        0,
        terms.redeemBy,
        Map.of(),
        NOW.minusSeconds(60));
    return Ineligibility.of(new Offer(code, coupon), use, NOW);
  }

  /** What is particular to a code; the rest asks for nothing. */
  private static final class Terms {
    boolean active = true;
    boolean firstPurchaseOnly;
    Optional<Money> amountOff = Optional.empty();
    long times;
    Optional<String> customer = Optional.empty();
    Optional<Instant> expiresAt = Optional.empty();
    Optional<Instant> redeemBy = Optional.empty();
    Optional<Long> most = Optional.empty();
    Optional<Long> mostOfCoupon = Optional.empty();
    Optional<Money> least = Optional.empty();
  }
}
