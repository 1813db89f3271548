package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import java.util.Optional;

/** Port: the mirrored payments of one account. */
public interface PaymentIntentStore {
  /** The account's payment with this id; another account's is not found. */
  Optional<PaymentIntent> find(AccountId account, String paymentIntentId);

  /**
   * The payment with this id of the account's customer, such as one for an invoice, which names no
   * account; another customer's is not found.
   */
  Optional<PaymentIntent> ofCustomer(AccountId account, String paymentIntentId);
}
