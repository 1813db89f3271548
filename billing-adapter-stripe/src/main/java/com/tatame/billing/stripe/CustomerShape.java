package com.tatame.billing.stripe;

import com.tatame.billing.customer.Customer;

/** Customers. */
final class CustomerShape {
  private CustomerShape() {}

  static Customer read(Fields customer) {
    return new Customer(
        customer.text("id"),
        Metadata.account(customer.metadata()),
        customer.optionalText("email"),
        customer.omissibleText("name"),
        customer.omissibleFlag("delinquent"),
        customer.instant("created"));
  }
}
