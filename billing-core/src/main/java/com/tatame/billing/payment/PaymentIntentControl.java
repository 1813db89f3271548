package com.tatame.billing.payment;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import java.util.Optional;

/** Role of the provider: payments that a program of the merchant's takes by itself. */
public interface PaymentIntentControl {
  /**
   * What a payment is created from.
   *
   * @param sale the item that it pays, if it pays one
   */
  record NewPayment(
      AccountId account,
      Optional<String> customerId,
      Money amount,
      Optional<String> description,
      Optional<ItemSale> sale) {}

  /**
   * A payment as it is now.
   *
   * @param clientSecret with which the payer's page goes on; never kept by us
   */
  record Handle(Observation observation, Optional<String> clientSecret) {
    @Override
    public String toString() {
      return "Handle[observation=" + observation.object() + "]";
    }
  }

  /**
   * Creates a payment that waits for its payer.
   *
   * @param commandId written into the metadata, so that the payment can be found again
   * @param idempotencyKey repeating the call with it creates nothing new
   * @return the payment as the provider answered, a read
   */
  Observation create(NewPayment payment, String commandId, String idempotencyKey);

  /**
   * Cancels a payment that is not paid, so that it can't be paid any more.
   *
   * @return the payment as the provider answered, a read
   * @throws com.tatame.billing.failure.ProviderRejected if it is paid, or about to be
   */
  Observation cancel(String paymentIntentId, String idempotencyKey);

  /** Reads a payment. */
  Handle read(String paymentIntentId);
}
