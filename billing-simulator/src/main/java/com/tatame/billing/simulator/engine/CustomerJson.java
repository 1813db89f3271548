package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Customers and the cards that they pay with. */
final class CustomerJson {
  private CustomerJson() {}

  static ObjectNode customer(Customer customer) {
    if (customer.deleted) {
      return Json.object().put("id", customer.id).put("object", "customer").put("deleted", true);
    }
    return customerAsItWas(customer);
  }

  /** A customer with all its fields even when it has been deleted, as its last event shows it. */
  static ObjectNode customerAsItWas(Customer customer) {
    ObjectNode node = Json.object("customer", customer)
        .put("balance", customer.balance)
        .put("currency", customer.currency)
        .put("delinquent", customer.delinquent)
        .put("description", customer.description)
        .put("email", customer.email)
        .put("invoice_prefix", customer.invoicePrefix)
        .put("name", customer.name)
        .put("next_invoice_sequence", customer.nextInvoiceSequence)
        .put("phone", customer.phone)
        .put("tax_exempt", customer.taxExempt);
    if (customer.address == null) {
      node.putNull("address");
    } else {
      node.set("address", Json.address(customer.address));
    }
    node.putObject("invoice_settings")
        .putNull("custom_fields")
        .put("default_payment_method", customer.defaultPaymentMethod)
        .put("footer", customer.footer)
        .putNull("rendering_options");
    node.set("preferred_locales", Json.texts(customer.preferredLocales));
    return Json.nulls(
        node, "default_source", "discount", "shipping", "test_clock", "customer_account");
  }

  static ObjectNode paymentMethod(PaymentMethod method) {
    ObjectNode node = Json.object("payment_method", method)
        .put("allow_redisplay", "limited")
        .put("customer", method.customer)
        .put("type", "card");
    node.set("billing_details", billingDetails(method));
    ObjectNode card = node.putObject("card")
        .put("brand", method.card.brand)
        .put("country", "US")
        .put("display_brand", method.card.brand)
        .put("exp_month", method.expMonth)
        .put("exp_year", method.expYear)
        .put("fingerprint", fingerprint(method))
        .put("funding", method.card.funding)
        .put("last4", method.last4)
        .put("regulated_status", "unregulated");
    card.set("checks", checks());
    ObjectNode networks = card.putObject("networks");
    networks.putArray("available").add(method.card.brand);
    networks.putNull("preferred");
    card.putObject("three_d_secure_usage").put("supported", true);
    Json.nulls(card, "generated_from", "wallet");
    return Json.nulls(node, "customer_account");
  }

  static ObjectNode billingDetails(PaymentMethod method) {
    ObjectNode node = Json.object().put("email", method.email).put("name", method.name);
    node.set("address", Json.address(null));
    return Json.nulls(node, "phone", "tax_id");
  }

  static ObjectNode checks() {
    return Json.nulls(Json.object(), "address_line1_check", "address_postal_code_check")
        .put("cvc_check", "pass");
  }

  /** The same card number has the same fingerprint wherever it is used. */
  static String fingerprint(PaymentMethod method) {
    String digits = Long.toString(Long.parseLong(method.card.number), 36);
    return "Fp" + digits + "0".repeat(Math.max(0, 14 - digits.length()));
  }
}
