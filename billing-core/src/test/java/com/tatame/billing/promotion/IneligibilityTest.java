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

class IneligibilityTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Use ANY_USE = new Use(Optional.of("cus_1"), false, List.of());

  @Test
  void aPlainCodeIsForEverybody() {
    assertThat(ineligibility(new Terms(), ANY_USE)).isEmpty();
    assertThat(ineligibility(new Terms(), new Use(Optional.empty(), true, List.of())))
        .isEmpty();
  }

  @Test
  void aCodeExpiresAtItsInstantAndWithItsCoupon() {
    Terms code = new Terms();
    code.expiresAt = Optional.of(NOW.plusSeconds(1));
    assertThat(ineligibility(code, ANY_USE)).isEmpty();
    code.expiresAt = Optional.of(NOW);
    assertThat(ineligibility(code, ANY_USE)).contains(Ineligibility.EXPIRED);

    Terms coupon = new Terms();
    coupon.redeemBy = Optional.of(NOW);
    assertThat(ineligibility(coupon, ANY_USE)).contains(Ineligibility.EXPIRED);
  }

  @Test
  void aCodeIsUsedUpByItselfOrByAllCodesOfItsCoupon() {
    Terms code = new Terms();
    code.most = Optional.of(2L);
    code.times = 1;
    assertThat(ineligibility(code, ANY_USE)).isEmpty();
    code.times = 2;
    assertThat(ineligibility(code, ANY_USE)).contains(Ineligibility.REDEEMED_OUT);

    Terms coupon = new Terms();
    coupon.mostOfCoupon = Optional.of(0L);
    assertThat(ineligibility(coupon, ANY_USE)).contains(Ineligibility.REDEEMED_OUT);
  }

  @Test
  void whyItWasSwitchedOffIsToldBeforeThatItIs() {
    Terms off = new Terms();
    off.active = false;
    assertThat(ineligibility(off, ANY_USE)).contains(Ineligibility.INACTIVE);
    off.expiresAt = Optional.of(NOW);
    assertThat(ineligibility(off, ANY_USE)).contains(Ineligibility.EXPIRED);
  }

  @Test
  void aCodeOfOneCustomerIsNobodyElses() {
    Terms terms = new Terms();
    terms.customer = Optional.of("cus_1");

    assertThat(ineligibility(terms, ANY_USE)).isEmpty();
    assertThat(ineligibility(terms, new Use(Optional.of("cus_2"), false, List.of())))
        .contains(Ineligibility.OTHER_CUSTOMER);
    assertThat(ineligibility(terms, new Use(Optional.empty(), false, List.of())))
        .contains(Ineligibility.OTHER_CUSTOMER);
  }

  @Test
  void aCodeForFirstPurchasesIsForWhoNeverPaid() {
    Terms terms = new Terms();
    terms.firstPurchaseOnly = true;

    assertThat(ineligibility(terms, ANY_USE)).isEmpty();
    assertThat(ineligibility(terms, new Use(Optional.of("cus_1"), true, List.of())))
        .contains(Ineligibility.FIRST_PURCHASE_ONLY);
  }

  @Test
  void aLeastAmountCountsWhereItIsKnownWhatIsBought() {
    Terms terms = new Terms();
    terms.least = Optional.of(new Money(1000, "usd"));

    assertThat(ineligibility(terms, ANY_USE)).isEmpty();
    assertThat(ineligibility(terms, buying(new Money(1000, "usd")))).isEmpty();
    assertThat(ineligibility(terms, buying(new Money(999, "usd"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
    assertThat(ineligibility(terms, buying(new Money(9999, "eur"))))
        .contains(Ineligibility.OTHER_CURRENCY);
  }

  @Test
  void codeThatNothingOnSaleReachesCannotBeUsed() {
    Terms terms = new Terms();
    terms.least = Optional.of(new Money(1000, "usd"));

    assertThat(ineligibility(terms, buying(new Money(999, "usd"), new Money(1, "usd"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
    assertThat(ineligibility(terms, buying(new Money(999, "usd"), new Money(1000, "usd"))))
        .isEmpty();
    assertThat(ineligibility(terms, buying(new Money(999, "usd"), new Money(5000, "eur"))))
        .contains(Ineligibility.MINIMUM_AMOUNT);
  }

  @Test
  void amountOffIsForPurchasesInItsCurrency() {
    Terms terms = new Terms();
    terms.amountOff = Optional.of(new Money(500, "eur"));

    assertThat(ineligibility(terms, buying(new Money(999, "usd"))))
        .contains(Ineligibility.OTHER_CURRENCY);
    assertThat(ineligibility(terms, buying(new Money(999, "usd"), new Money(1, "eur"))))
        .isEmpty();
    terms.least = Optional.of(new Money(10, "usd"));
    assertThat(ineligibility(terms, buying(new Money(999, "usd"), new Money(999, "eur"))))
        .contains(Ineligibility.OTHER_CURRENCY);
  }

  private static Use buying(Money... amounts) {
    return new Use(Optional.of("cus_1"), false, List.of(amounts));
  }

  private static Optional<Ineligibility> ineligibility(Terms terms, Use use) {
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
