package com.tatame.billing.promotion;

import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Optional;

/** Role of the provider: coupons, and the codes that give them out. */
public interface Promotions {
  /** A code and what it gives, as of now. */
  record Offer(PromotionCode code, Coupon coupon) {}

  /** All codes that are spelt so, in any case of letters, newest first. */
  List<Offer> codes(String code);

  /** A coupon as of now; empty if there is none. */
  Optional<Coupon> coupon(String couponId);

  /**
   * Puts what a code gives in the place of a subscription's discounts.
   *
   * @return the subscription after that, a read
   */
  Observation applyCode(String subscriptionId, String promotionCodeId, String idempotencyKey);

  /**
   * Makes a coupon that can be redeemed once, by one customer. One that is there already under this id
   * is left as it is.
   *
   * @param id chosen by us
   * @param commandId kept with it
   */
  void createCoupon(String id, DiscountTerms terms, String commandId, String idempotencyKey);

  /**
   * Takes all discounts off a subscription.
   *
   * @return the subscription after that, a read
   */
  Observation removeDiscounts(String subscriptionId, String idempotencyKey);

  /** As {@link #applyCode}, for a coupon without a code. */
  Observation applyCoupon(String subscriptionId, String couponId, String idempotencyKey);
}
