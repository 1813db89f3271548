package com.tatame.billing.customer;

import com.tatame.billing.observation.Observation;

/** Role of the provider: what it writes on invoices and where it sends them. */
public interface CustomerDetails {
  /**
   * Changes a customer.
   *
   * @param idempotencyKey repeating the call with it changes nothing again
   * @return the customer as the provider answered, a read
   */
  Observation update(String customerId, CustomerUpdate update, String idempotencyKey);
}
