package com.tatame.billing.tax;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import java.util.List;
import java.util.Optional;

/** Role of the provider: taxes. */
public interface Taxes {
  /**
   * One thing that is to be bought.
   *
   * @param reference what it is called in the answer
   * @param productId by which the provider knows how it is taxed; empty for as its account is set up
   */
  record Item(String reference, Money amount, Optional<String> productId) {}

  /** Calculates the total of a purchase. Nothing is bought, and nothing stored. */
  TaxCalculation calculate(List<Item> items, TaxAddress address);

  /** All numbers of a customer, newest first. */
  List<Observation> idsOfCustomer(String customerId);

  /**
   * Notes a customer's number, which the provider then verifies in its own time.
   *
   * @return the number as the provider answered, a read
   */
  Observation addId(String customerId, String type, String value, String idempotencyKey);

  /** Deletes a number. The answer says that it is gone, also if it was before. */
  Observation removeId(String customerId, String taxIdId);
}
