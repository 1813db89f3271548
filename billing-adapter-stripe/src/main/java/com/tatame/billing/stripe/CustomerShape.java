package com.tatame.billing.stripe;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.TaxId;
import java.util.Optional;

/** Customers and their tax ids. */
final class CustomerShape {
  private CustomerShape() {}

  static Customer read(Fields customer) {
    return new Customer(
        customer.text("id"),
        Metadata.account(customer.metadata()),
        customer.optionalText("email"),
        customer.omissibleText("name"),
        customer.omissibleFlag("delinquent"),
        customer.instant("created"),
        defaultPaymentMethod(customer));
  }

  private static Optional<String> defaultPaymentMethod(Fields customer) {
    return customer.has("invoice_settings")
        ? customer
            .optionalObject("invoice_settings")
            .flatMap(settings -> settings.omissibleId("default_payment_method"))
        : Optional.empty();
  }

  static TaxId taxId(Fields taxId) {
    return new TaxId(
        taxId.text("id"),
        taxId.optionalId("customer"),
        taxId.text("type"),
        taxId.text("value"),
        taxId.optionalText("country"),
        taxId
            .optionalObject("verification")
            .map(verification -> verification.constant("status", TaxId.Verification.class)),
        taxId.instant("created"));
  }
}
