package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

final class CheckoutJson {
  /** Fields of a session that stay null here. */
  private static final String[] NEVER_SET = {
    "after_expiration",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "integration_identifier",
    "invoice_creation",
    "managed_payments",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "wallet_options"
  };

  private final Account account;
  private final Supplier<String> pages;

  CheckoutJson(Account account, Supplier<String> pages) {
    this.account = account;
    this.pages = pages;
  }

  ObjectNode session(CheckoutSession session) {
    ObjectNode node = summary(session);
    node.putObject("adaptive_pricing").put("enabled", false);
    automaticTax(node, session);
    if (session.collectedEmail == null && session.customerEmail == null) {
      node.putNull("customer_details");
    } else {
      node.set("customer_details", customerDetails(session));
    }
    Json.nulls(
        node.putObject("custom_text"),
        "after_submit",
        "shipping_address",
        "submit",
        "terms_of_service_acceptance");
    node.putArray("custom_fields");
    discounts(node, session);
    node.putArray("shipping_options");
    node.putArray("payment_method_types").add("card");
    node.putObject("payment_method_options")
        .putObject("card")
        .put("request_three_d_secure", "automatic");
    node.putObject("phone_number_collection").put("enabled", session.phoneNumberCollection);
    node.putObject("tax_id_collection")
        .put("enabled", session.taxIdCollection)
        .put("required", "never");
    node.putObject("total_details")
        .put("amount_discount", sum(off(session)))
        .put("amount_shipping", 0)
        .put("amount_tax", sum(taxes(session)));
    return Json.nulls(node, NEVER_SET);
  }

  private ObjectNode summary(CheckoutSession session) {
    boolean open = session.status.equals("open");
    return Json.object("checkout.session", session)
        .put("allow_promotion_codes", session.allowPromotionCodes)
        .put("amount_subtotal", subtotal(session))
        .put("amount_total", amountDue(session))
        .put("billing_address_collection", session.billingAddressCollection)
        .put("cancel_url", session.cancelUrl)
        .put("client_reference_id", session.clientReferenceId)
        .put("currency", session.currency)
        .put("customer", session.customer)
        .put("customer_creation", session.customerCreation)
        .put("customer_email", session.customerEmail)
        .put("expires_at", session.expiresAt)
        .put("invoice", session.invoice)
        .put("locale", session.locale)
        .put("mode", session.mode)
        .put(
            "payment_intent",
            session.takesPayment() && session.status.equals("complete")
                ? session.paymentIntent
                : null)
        .put("payment_method_collection", session.paymentMethodCollection)
        .put("payment_status", session.paymentStatus)
        .put("status", session.status)
        .put("subscription", session.subscription)
        .put("success_url", session.successUrl)
        .put("ui_mode", "hosted_page")
        .put("url", open ? pages.get() + "/checkout/" + session.id : null);
  }

  private void automaticTax(ObjectNode node, CheckoutSession session) {
    ObjectNode tax = node.putObject("automatic_tax");
    SubscriptionJson.automaticTax(tax, session.automaticTax);
    tax.remove("disabled_reason");
    boolean unknown = session.status.equals("open") && rate(session).isEmpty();
    tax.putNull("provider")
        .put(
            "status",
            session.automaticTax ? (unknown ? "requires_location_inputs" : "complete") : null);
  }

  private static void discounts(ObjectNode node, CheckoutSession session) {
    ArrayNode discounts = node.putArray("discounts");
    if (session.coupon != null) {
      boolean code = session.promotionCode != null;
      discounts
          .addObject()
          .put("coupon", code ? null : session.coupon)
          .put("promotion_code", session.promotionCode);
    }
  }

  /** What is to be paid on the page: nothing while a trial comes first. */
  long amountDue(CheckoutSession session) {
    return subtotal(session) - sum(off(session)) + added(session);
  }

  long discount(CheckoutSession session) {
    return sum(off(session));
  }

  long tax(CheckoutSession session) {
    return sum(taxes(session));
  }

  /** By which a session is taxed; empty where it isn't, or the buyer's address is unknown. */
  Optional<TaxRates.Rate> rate(CheckoutSession session) {
    if (!session.automaticTax) {
      return Optional.empty();
    }
    Map<String, String> known =
        session.customer == null ? null : account.customer(session.customer).address;
    return AutomaticTax.rate(
        account,
        session.customer,
        session.collectedAddress == null ? known : session.collectedAddress);
  }

  /** What the first payment after a trial will be. */
  long afterTrial(CheckoutSession session) {
    List<Long> amounts = session.lineItems.stream()
        .map(item -> account.price(item.price()).amountFor(item.quantity(), session.currency))
        .toList();
    return sum(amounts)
        + rate(session)
            .map(rate -> sum(session.lineItems.stream()
                .map(item -> account.price(item.price()))
                .map(price -> AutomaticTax.included(price)
                    ? 0L
                    : rate.on(price.unitAmountIn(session.currency)))
                .toList()))
            .orElse(0L);
  }

  private List<Long> taxes(CheckoutSession session) {
    List<Long> amounts = amounts(session);
    List<Long> off = off(session);
    Optional<TaxRates.Rate> rate = rate(session);
    List<Long> taxes = new ArrayList<>();
    for (int i = 0; i < amounts.size(); i++) {
      Price price = account.price(session.lineItems.get(i).price());
      long net = amounts.get(i) - off.get(i);
      taxes.add(rate.map(known -> AutomaticTax.on(known, net, AutomaticTax.included(price)))
          .orElse(0L));
    }
    return taxes;
  }

  private long added(CheckoutSession session) {
    List<Long> taxes = taxes(session);
    long added = 0;
    for (int i = 0; i < taxes.size(); i++) {
      Price price = account.price(session.lineItems.get(i).price());
      added += AutomaticTax.included(price) ? 0 : taxes.get(i);
    }
    return added;
  }

  long subtotal(CheckoutSession session) {
    return sum(amounts(session));
  }

  private static long sum(List<Long> amounts) {
    return amounts.stream().mapToLong(Long::longValue).sum();
  }

  private List<Long> amounts(CheckoutSession session) {
    return session.lineItems.stream()
        .map(item -> session.hasTrial()
            ? 0L
            : account.price(item.price()).amountFor(item.quantity(), session.currency))
        .toList();
  }

  private List<Long> off(CheckoutSession session) {
    Coupon coupon = session.coupon == null ? null : account.coupons.get(session.coupon);
    return Discounts.off(coupon, amounts(session));
  }

  private static ObjectNode customerDetails(CheckoutSession session) {
    ObjectNode node = Json.object()
        .put(
            "email",
            session.collectedEmail == null ? session.customerEmail : session.collectedEmail)
        .put("name", session.collectedName)
        .put("tax_exempt", "none");
    if (session.status.equals("complete")) {
      node.set("address", Json.address(session.collectedAddress));
      node.putArray("tax_ids");
    } else {
      Json.nulls(node, "address", "tax_ids");
    }
    return Json.nulls(node, "business_name", "individual_name", "phone");
  }

  ArrayNode lineItems(CheckoutSession session) {
    ArrayNode data = Json.array();
    List<Long> off = off(session);
    List<Long> taxes = taxes(session);
    for (int i = 0; i < session.lineItems.size(); i++) {
      CheckoutSession.LineItem item = session.lineItems.get(i);
      Price price = account.price(item.price());
      long amount = session.hasTrial() ? 0 : price.amountFor(item.quantity(), session.currency);
      ObjectNode node = data.addObject()
          .put("id", item.id())
          .put("object", "item")
          .put("amount_discount", off.get(i))
          .put("amount_subtotal", amount)
          .put("amount_tax", taxes.get(i))
          .put(
              "amount_total",
              amount - off.get(i) + (AutomaticTax.included(price) ? 0 : taxes.get(i)))
          .put("currency", session.currency)
          .put("description", account.product(price.product).name)
          .put("quantity", item.quantity());
      node.putObject("metadata");
      node.set("price", CatalogJson.price(price));
      node.putNull("adjustable_quantity");
    }
    return data;
  }
}
