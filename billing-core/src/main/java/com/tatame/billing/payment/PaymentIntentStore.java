package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Port: the mirrored payments of one account. */
public interface PaymentIntentStore {
  /** The account's payment with this id; another account's is not found. */
  Optional<PaymentIntent> find(AccountId account, String paymentIntentId);
}
