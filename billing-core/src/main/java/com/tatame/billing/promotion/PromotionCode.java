package com.tatame.billing.promotion;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Optional;

/**
 * What a customer types to get a coupon's discount.
 *
 * @param code compared without regard to case
 * @param customerId who alone may use it
 * @param timesRedeemed when it was last seen: a redemption alone is not announced
 * @param firstPurchaseOnly whether only a customer who never paid may use it
 * @param minimumAmount the lowest total of the purchase
 */
public record PromotionCode(
    String id,
    String code,
    String couponId,
    boolean active,
    Optional<String> customerId,
    Optional<Instant> expiresAt,
    Optional<Long> maxRedemptions,
    long timesRedeemed,
    boolean firstPurchaseOnly,
    Optional<Money> minimumAmount,
    Instant createdAt)
    implements ProviderObject {
  @Override
  public ObjectKind kind() {
    return ObjectKind.PROMOTION_CODE;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(id);
  }

  @Override
  public boolean terminal() {
    return false;
  }
}
