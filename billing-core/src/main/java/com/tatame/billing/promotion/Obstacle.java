package com.tatame.billing.promotion;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.WireName;
import com.tatame.billing.promotion.Promotions.Offer;
import java.time.Instant;
import java.util.Optional;

/** Why somebody can't use a code. */
public enum Obstacle implements WireName {
  UNKNOWN("There is no such code. Check its spelling."),
  EXPIRED("The code has expired."),
  REDEEMED_OUT("The code has been used as often as it may be."),
  INACTIVE("The code is not active."),
  OTHER_CUSTOMER("The code was given to somebody else."),
  FIRST_PURCHASE_ONLY("The code is for a first purchase."),
  MINIMUM_AMOUNT("The purchase is too small for this code.");

  private final String message;

  Obstacle(String message) {
    this.message = message;
  }

  /** In plain English, for whoever typed the code. */
  public String message() {
    return message;
  }

  /**
   * Who wants to use a code, and for what.
   *
   * @param customerId empty for who isn't a customer yet
   * @param hasPaid whether this customer ever paid anything
   * @param amount before the discount; empty if it isn't known what is to be bought
   */
  public record Use(Optional<String> customerId, boolean hasPaid, Optional<Money> amount) {}

  /** What keeps a code from being used, the most telling first; empty if nothing does. */
  static Optional<Obstacle> of(Offer offer, Use use, Instant now) {
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
    return code.minimumAmount()
        .filter(least -> use.amount().filter(amount -> below(amount, least)).isPresent())
        .map(least -> MINIMUM_AMOUNT);
  }

  private static boolean over(Optional<Instant> end, Instant now) {
    return end.filter(at -> !at.isAfter(now)).isPresent();
  }

  private static boolean usedUp(Optional<Long> most, long times) {
    return most.filter(limit -> times >= limit).isPresent();
  }

  // What is sold in another currency can't be compared, so the code is not for it.
  private static boolean below(Money amount, Money least) {
    return !amount.currency().equals(least.currency()) || amount.amount() < least.amount();
  }
}
