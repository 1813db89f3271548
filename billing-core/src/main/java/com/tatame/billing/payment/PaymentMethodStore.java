package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import java.util.List;
import java.util.Optional;

/** Port: the mirrored payment methods of one account. */
public interface PaymentMethodStore {
  /**
   * One page of the account's payment methods.
   *
   * @param after only those that come after this id; empty for the first page
   * @param limit 1 to 101
   * @return by creation, newest first, then by id
   */
  List<PaymentMethod> list(AccountId account, Optional<String> after, int limit);

  /** The account's payment method with this id; another account's is not found. */
  Optional<PaymentMethod> find(AccountId account, String paymentMethodId);
}
