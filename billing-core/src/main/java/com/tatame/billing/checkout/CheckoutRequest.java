package com.tatame.billing.checkout;

import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.failure.ValidationFailed.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account wants to subscribe to: a tier and an interval, or a price.
 *
 * @param successUrl may hold {@code {CHECKOUT_SESSION_ID}}
 * @param promotionCode as it was typed
 */
public record CheckoutRequest(
    Optional<String> tier,
    Optional<BillingInterval> interval,
    Optional<String> priceId,
    long quantity,
    String successUrl,
    String cancelUrl,
    Optional<String> email,
    Optional<String> promotionCode) {
  private static final long MAX_QUANTITY = 1_000_000;

  /** Without a promotion code. */
  public CheckoutRequest(
      Optional<String> tier,
      Optional<BillingInterval> interval,
      Optional<String> priceId,
      long quantity,
      String successUrl,
      String cancelUrl,
      Optional<String> email) {
    this(tier, interval, priceId, quantity, successUrl, cancelUrl, email, Optional.empty());
  }

  public CheckoutRequest {
    List<FieldError> errors = new ArrayList<>();
    if (priceId.isPresent() && (tier.isPresent() || interval.isPresent())) {
      errors.add(new FieldError("priceId", "send either priceId, or tier and interval"));
    }
    if (priceId.isEmpty() && tier.isEmpty()) {
      errors.add(new FieldError("tier", "is required unless priceId is sent"));
    }
    if (tier.isPresent() && interval.isEmpty()) {
      errors.add(new FieldError("interval", "is required with tier: monthly or yearly"));
    }
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      errors.add(new FieldError("quantity", "must be from 1 to " + MAX_QUANTITY));
    }
    if (!errors.isEmpty()) {
      throw new ValidationFailed(errors);
    }
  }
}
