package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Port: the mirrored checkout sessions of one account. */
public interface CheckoutStore {
  /** The account's session with this id; another account's is not found. */
  Optional<CheckoutSession> find(AccountId account, String sessionId);
}
