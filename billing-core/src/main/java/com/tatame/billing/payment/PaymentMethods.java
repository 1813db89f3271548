package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Optional;

/** Role of the provider: the payment methods that customers saved. */
public interface PaymentMethods {
  /** All that a customer saved, newest first. */
  List<Observation> ofCustomer(String customerId);

  /**
   * What the customer's next invoice is charged to: the customer's default, or without one that of a
   * living subscription. Empty if there is none.
   */
  Optional<String> defaultOf(String customerId);

  /**
   * Begins to save another one, for charges while its owner is away.
   *
   * @param commandId written into the metadata with the account, so that it can be found again
   * @return the setup intent as the provider answered, a read
   */
  Observation beginSetup(
      AccountId account, String customerId, String commandId, String idempotencyKey);

  /**
   * What the provider's library in the payer's application needs to go on with a setup intent, and
   * with nothing else. Empty if the customer has no such setup intent.
   */
  Optional<String> clientSecret(String customerId, String setupIntentId);

  /**
   * Charges the customer's invoices and all its living subscriptions to this one from now on.
   *
   * @return the customer after that, a read
   */
  Observation makeDefault(String customerId, String paymentMethodId, String idempotencyKey);

  /** Takes one off its customer, for good. The answer says that it is gone. */
  Observation detach(String customerId, String paymentMethodId, String idempotencyKey);
}
