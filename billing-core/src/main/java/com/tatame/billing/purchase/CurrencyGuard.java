package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;

/** Sees to it that an account can pay in one currency only. */
@FunctionalInterface
public interface CurrencyGuard {
  /**
   * Ends what the account could still pay in another currency.
   *
   * @throws com.tatame.billing.failure.Conflict {@code currency_fixed} if it has paid in another one, or
   *     is about to
   */
  void require(AccountId account, String currency);
}
