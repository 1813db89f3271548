package com.tatame.billing.simulator.engine;

import java.util.List;
import java.util.Locale;

/** What is particular to sessions in which something is paid once. */
final class PaymentCheckout {
  private PaymentCheckout() {}

  static void refuseForeign(Params params, String... names) {
    for (String name : names) {
      if (params.has(name)) {
        throw StripeException.invalid(
            null,
            name,
            "You can not pass `" + name + "` in `" + params.required("mode") + "` mode.");
      }
    }
  }

  static void lines(CheckoutSession session, Params params, Catalog catalog) {
    List<Params> lines = params.children("line_items");
    if (lines.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing", "line_items", "Missing required param: line_items.");
    }
    long total = 0;
    for (Params line : lines) {
      Price price = price(line, catalog);
      long quantity = line.number("quantity", 0);
      if (quantity < 1) {
        throw StripeException.invalid(
            line.given("quantity") ? "parameter_invalid_integer" : "parameter_missing",
            line.path("quantity"),
            "Quantity is required, and must be greater than or equal to 1.");
      }
      if (session.currency.isEmpty()) {
        session.currency = params.text("currency", price.currency).toLowerCase(Locale.ROOT);
      }
      price.requireSoldIn(session.currency, line.path("price"));
      session.lineItems.add(new CheckoutSession.LineItem(catalog.newLineId(), price.id, quantity));
      total = Math.addExact(total, price.amountFor(quantity, session.currency));
    }
    if (total > 0 && PaymentIntents.tooSmall(total, session.currency)) {
      throw StripeException.invalid(
          "amount_too_small",
          "line_items",
          "The Checkout Session's total amount due must add up to at least "
              + Prices.money(PaymentIntents.LEAST, session.currency) + " "
              + session.currency);
    }
  }

  private static Price price(Params line, Catalog catalog) {
    if (line.has("price") == line.has("price_data")) {
      throw StripeException.invalid(
          "parameter_missing",
          line.path("price"),
          "You must specify either `price` or `price_data` for each line item.");
    }
    if (line.has("price_data")) {
      Params data = line.child("price_data");
      if (data.child("recurring").has("interval")) {
        throw StripeException.invalid(
            null,
            data.path("recurring"),
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use"
                + " only one-time prices.");
      }
      return catalog.inline(data);
    }
    Price price = catalog.price(line.required("price"), line.path("price"));
    if (!price.active) {
      throw StripeException.invalid(
          "price_inactive",
          line.path("price"),
          "The price specified is inactive. This field only accepts active prices.");
    }
    if (price.recurring != null) {
      throw StripeException.invalid(
          null,
          line.path("price"),
          "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only"
              + " one-time prices.");
    }
    return price;
  }

  static void terms(CheckoutSession session, Params params) {
    if (session.customer == null) {
      session.customerCreation = params.text("customer_creation", "if_required");
    } else if (params.has("customer_creation")) {
      throw StripeException.invalid(
          null, "customer_creation", "`customer_creation` can only be used without `customer`.");
    }
    Params payment = params.child("payment_intent_data");
    session.paymentDescription = payment.text("description");
    payment.mergeMetadata(session.paymentMetadata);
    if (payment.given("setup_future_usage")) {
      throw StripeException.notModelled(payment.path("setup_future_usage"));
    }
  }
}
