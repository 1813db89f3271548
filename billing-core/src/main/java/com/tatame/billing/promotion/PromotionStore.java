package com.tatame.billing.promotion;

import java.util.List;
import java.util.Set;

/** Port: the mirrored coupons. */
public interface PromotionStore {
  /** Those of these that there are, by id. */
  List<Coupon> coupons(Set<String> ids);
}
