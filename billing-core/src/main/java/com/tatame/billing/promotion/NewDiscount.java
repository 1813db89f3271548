package com.tatame.billing.promotion;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.ValidationFailed;
import java.util.Optional;

/**
 * A discount that an administrator wants to give.
 *
 * @param subscriptionId empty for the account's only living one
 * @param reason in 1 to 500 characters
 * @param key under which it is given once; empty if it is never repeated
 */
public record NewDiscount(
    AccountId account,
    Optional<String> subscriptionId,
    DiscountTerms terms,
    String reason,
    Optional<String> key) {
  static final int MAX_REASON_LENGTH = 500;

  public NewDiscount {
    if (reason.isBlank() || reason.length() > MAX_REASON_LENGTH) {
      throw ValidationFailed.of("reason", "must have 1 to " + MAX_REASON_LENGTH + " characters");
    }
    reason = reason.strip();
  }
}
