package com.tatame.billing.subscription;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a subscription is to sell instead. What is left out stays as it is; a price is named by a tier
 * and an interval, or by its id.
 */
public record ChangeRequest(
    Optional<String> tier,
    Optional<BillingInterval> interval,
    Optional<String> priceId,
    Optional<Long> quantity,
    ChangePolicy policy) {
  private static final long MAX_QUANTITY = 1_000_000;

  /**
   * Checks the request by itself.
   *
   * @throws ValidationFailed naming the fields
   */
  public ChangeRequest {
    List<FieldError> errors = new ArrayList<>();
    if (priceId.isPresent() && (tier.isPresent() || interval.isPresent())) {
      errors.add(new FieldError("priceId", "send either priceId, or tier and interval"));
    }
    if (priceId.isEmpty() && tier.isEmpty() && interval.isEmpty() && quantity.isEmpty()) {
      errors.add(
          new FieldError("tier", "say what is to change: tier, interval, priceId or quantity"));
    }
    if (quantity.filter(count -> count < 1 || count > MAX_QUANTITY).isPresent()) {
      errors.add(new FieldError("quantity", "must be from 1 to " + MAX_QUANTITY));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }
}
