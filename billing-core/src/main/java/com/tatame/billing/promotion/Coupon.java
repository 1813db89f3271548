package com.tatame.billing.promotion;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A discount to be given. Exactly one of {@code percentOff} and {@code amountOff} is there.
 *
 * @param id chosen by the merchant, or made up by the provider
 * @param durationInMonths how long a repeating one lasts
 * @param maxRedemptions by all customers together
 * @param timesRedeemed when it was last seen: a redemption alone is not announced
 * @param redeemBy when the last chance to redeem it ends
 */
public record Coupon(
    String id,
    Optional<String> name,
    Optional<BigDecimal> percentOff,
    Optional<Money> amountOff,
    Duration duration,
    Optional<Integer> durationInMonths,
    Optional<Long> maxRedemptions,
    long timesRedeemed,
    Optional<Instant> redeemBy,
    Map<String, String> metadata,
    Instant createdAt)
    implements ProviderObject {

  /** How long its discount lasts. */
  public enum Duration implements WireName {
    ONCE,
    REPEATING,
    FOREVER
  }

  public Coupon {
    metadata = Map.copyOf(metadata);
    if (percentOff.isPresent() == amountOff.isPresent()) {
      throw new IllegalArgumentException("a coupon takes off either a percentage or an amount");
    }
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.COUPON;
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
