package com.tatame.billing.promotion;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.WireName;
import com.tatame.billing.promotion.Promotions.Offer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Why an account can't use a code. */
public enum Ineligibility implements WireName {
  UNKNOWN("There is no such code. Check its spelling."),
  EXPIRED("The code has expired."),
  REDEEMED_OUT("The code has been used as often as it may be."),
  INACTIVE("The code is not active."),
  OTHER_CUSTOMER("The code was given to another customer."),
  FIRST_PURCHASE_ONLY("The code is for a first purchase."),
  OTHER_CURRENCY("The code is for purchases in another currency."),
  MINIMUM_AMOUNT("The purchase is too small for this code.");

  private final String message;

  Ineligibility(String message) {
    this.message = message;
  }

  /** In plain English, for the user who typed the code. */
  public String message() {
    return message;
  }

  /**
   * Who wants to use a code, and for what.
   *
   * @param customerId empty for who isn't a customer yet
   * @param hasPaid whether this customer ever paid anything
   * @param amounts before the discount: of what is to be bought or, if that isn't known, of each
   *     thing that might be; empty if nothing is known
   */
  public record Use(Optional<String> customerId, boolean hasPaid, List<Money> amounts) {
    public Use {
      amounts = List.copyOf(amounts);
    }
  }

  /** What keeps a code from being used, the most telling first; empty if nothing does. */
  static Optional<Ineligibility> of(Offer offer, Use use, Instant now) {
    PromotionCode code = offer.code();
    Coupon coupon = offer.coupon();
    if (over(code.expiresAt(), now) || over(coupon.redeemBy(), now)) {
      return Optional.of(EXPIRED);
    }
    if (usedUp(code.maxRedemptions(), code.timesRedeemed())
        || usedUp(coupon.maxRedemptions(), coupon.timesRedeemed())) {
      return Optional.of(REDEEMED_OUT);
    }
    if (!code.active()) {
      return Optional.of(INACTIVE);
    }
    if (code.customerId().isPresent() && !code.customerId().equals(use.customerId())) {
      return Optional.of(OTHER_CUSTOMER);
    }
    if (code.firstPurchaseOnly() && use.hasPaid()) {
      return Optional.of(FIRST_PURCHASE_ONLY);
    }
    return ofAmounts(offer, use.amounts());
  }

  private static Optional<Ineligibility> ofAmounts(Offer offer, List<Money> amounts) {
    if (amounts.isEmpty()) {
      return Optional.empty();
    }
    Optional<Money> least = offer.code().minimumAmount();
    List<Money> comparable = amounts.stream()
        .filter(amount -> sameCurrency(amount, least))
        .filter(amount -> sameCurrency(amount, offer.coupon().amountOff()))
        .toList();
    if (comparable.isEmpty()) {
      return Optional.of(OTHER_CURRENCY);
    }
    return least
        .filter(money -> comparable.stream().allMatch(amount -> amount.amount() < money.amount()))
        .map(money -> MINIMUM_AMOUNT);
  }

  private static boolean sameCurrency(Money amount, Optional<Money> stated) {
    return stated.filter(other -> !other.currency().equals(amount.currency())).isEmpty();
  }

  private static boolean over(Optional<Instant> end, Instant now) {
    return end.filter(at -> !at.isAfter(now)).isPresent();
  }

  private static boolean usedUp(Optional<Long> most, long times) {
    return most.filter(limit -> times >= limit).isPresent();
  }
}
