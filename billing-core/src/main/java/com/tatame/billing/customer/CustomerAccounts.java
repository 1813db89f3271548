package com.tatame.billing.customer;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.Observation;
import java.util.Optional;

/** Role of the provider: its customers. */
public interface CustomerAccounts {
  /** What a customer is created from. */
  record NewCustomer(AccountId account, Optional<String> email, Optional<String> name) {}

  /**
   * Creates a customer that carries the account and the command in its metadata.
   *
   * @param commandId written into the metadata, so that the customer can be found again
   * @param idempotencyKey repeating the call with it creates nothing new
   * @return the customer as the provider answered, a read
   */
  Observation create(NewCustomer customer, String commandId, String idempotencyKey);
}
