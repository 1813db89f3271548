package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Invoices, their lines and their payments. */
final class InvoiceJson {
  /** Fields of an invoice that stay null here. */
  private static final String[] NEVER_SET = {
    "account_tax_ids",
    "application",
    "custom_fields",
    "customer_account",
    "customer_address",
    "customer_phone",
    "customer_shipping",
    "default_source",
    "description",
    "due_date",
    "footer",
    "from_invoice",
    "last_finalization_error",
    "latest_revision",
    "on_behalf_of",
    "receipt_number",
    "rendering",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "test_clock"
  };

  private final Account account;
  private final Supplier<String> pages;

  InvoiceJson(Account account, Supplier<String> pages) {
    this.account = account;
    this.pages = pages;
  }

  ObjectNode invoice(Invoice invoice) {
    ObjectNode node = summary(invoice);
    automaticTax(node, invoice);
    node.putObject("issuer").put("type", "self");
    node.putObject("parent")
        .putNull("quote_details")
        .put("type", "subscription_details")
        .putObject("subscription_details")
        .put("subscription", invoice.subscription)
        .set("metadata", Json.map(invoice.subscriptionMetadata));
    Json.nulls(
        node.putObject("payment_settings"),
        "default_mandate",
        "payment_method_options",
        "payment_method_types");
    node.putObject("status_transitions")
        .put("finalized_at", invoice.finalizedAt)
        .put("marked_uncollectible_at", invoice.uncollectibleAt)
        .put("paid_at", invoice.paidAt)
        .put("voided_at", invoice.voidedAt);
    for (String empty :
        new String[] {"customer_tax_ids", "default_tax_rates", "total_pretax_credit_amounts"}) {
      node.putArray(empty);
    }
    node.set("total_taxes", AutomaticTax.json(invoice.taxRate, invoice.lines));
    discounts(node, invoice);
    ArrayNode lines = Json.array();
    invoice.lines.forEach(line -> lines.add(line(invoice, line)));
    node.set("lines", Json.list(lines, false, "/v1/invoices/" + invoice.id + "/lines"));
    Json.nulls(node, NEVER_SET);
    node.set(Json.OLDER, older(invoice));
    return node;
  }

  private ObjectNode summary(Invoice invoice) {
    boolean draft = invoice.status.equals("draft");
    return Json.object("invoice", invoice)
        .put("account_country", "US")
        .put("account_name", "Simulated account")
        .put("amount_due", invoice.amountDue())
        .put("amount_overpaid", 0)
        .put("amount_paid", invoice.amountPaid)
        .put("amount_paid_off_stripe", invoice.paidOutOfBand ? invoice.amountDue() : 0)
        .put("amount_remaining", invoice.amountRemaining())
        .put("amount_shipping", 0)
        .put("attempt_count", invoice.attemptCount)
        .put("attempted", invoice.attempted)
        .put("auto_advance", invoice.autoAdvance)
        .put(
            "automatically_finalizes_at", draft && invoice.autoAdvance ? invoice.finalizesAt : null)
        .put("billing_reason", invoice.billingReason)
        .put("collection_method", "charge_automatically")
        .put("currency", invoice.currency)
        .put("customer", invoice.customer)
        .put("customer_email", invoice.customerEmail)
        .put("customer_name", invoice.customerName)
        .put("customer_tax_exempt", "none")
        .put("default_payment_method", invoice.defaultPaymentMethod)
        .put("effective_at", invoice.finalizedAt)
        .put("ending_balance", draft ? null : invoice.endingBalance())
        .put("hosted_invoice_url", draft ? null : pages.get() + "/invoice/" + invoice.id)
        .put("invoice_pdf", draft ? null : pages.get() + "/invoice/" + invoice.id + "/pdf")
        .put("next_payment_attempt", nextAttempt(invoice))
        .put("number", invoice.number)
        .put("period_end", invoice.periodEnd)
        .put("period_start", invoice.periodStart)
        .put("post_payment_credit_notes_amount", 0)
        .put("pre_payment_credit_notes_amount", 0)
        .put("starting_balance", invoice.startingBalance)
        .put("status", invoice.status)
        .put("subtotal", invoice.subtotal())
        .put("subtotal_excluding_tax", invoice.subtotal() - invoice.taxes(true))
        .put("total", invoice.total())
        .put("total_excluding_tax", invoice.net() - invoice.taxes(true))
        .put("webhooks_delivered_at", invoice.finalizedAt);
  }

  private static void automaticTax(ObjectNode node, Invoice invoice) {
    ObjectNode tax = node.putObject("automatic_tax");
    SubscriptionJson.automaticTax(tax, invoice.automaticTax);
    tax.putNull("provider")
        .put(
            "status",
            !invoice.automaticTax
                ? null
                : invoice.taxRate == null ? "requires_location_inputs" : "complete");
  }

  private static void discounts(ObjectNode node, Invoice invoice) {
    node.set("discounts", Json.texts(invoice.discounts));
    Map<String, Long> off = new LinkedHashMap<>();
    invoice.lines.forEach(line ->
        line.discounts.forEach((discount, amount) -> off.merge(discount, amount, Long::sum)));
    node.set("total_discount_amounts", amounts(off));
  }

  private static @Nullable Long nextAttempt(Invoice invoice) {
    if (!invoice.autoAdvance) {
      return null;
    }
    return invoice.status.equals("draft") ? invoice.finalizesAt : invoice.nextPaymentAttempt;
  }

  private static ObjectNode older(Invoice invoice) {
    ObjectNode older = Json.object()
        .put("charge", invoice.charge)
        .put("paid", invoice.status.equals("paid"))
        .put("paid_out_of_band", invoice.paidOutOfBand)
        .put("payment_intent", invoice.paymentIntent)
        .put("subscription", invoice.subscription);
    older.putObject("subscription_details").set("metadata", Json.map(invoice.subscriptionMetadata));
    older.set("total_tax_amounts", AutomaticTax.older(invoice.taxRate, invoice.lines));
    older.put("tax", invoice.tax().map(Invoice.Tax::amount).orElse(null));
    return Json.nulls(older, "application_fee_amount", "discount", "quote", "transfer_data");
  }

  private ObjectNode line(Invoice invoice, InvoiceLine line) {
    Price price = account.price(line.price);
    ObjectNode node = Json.object()
        .put("id", line.id)
        .put("object", "line_item")
        .put("amount", line.amount)
        .put("currency", invoice.currency)
        .put("description", line.description)
        .put("discountable", line.discountable)
        .put("invoice", invoice.id)
        .put("livemode", false)
        .put("quantity", line.quantity)
        .put("quantity_decimal", String.valueOf(line.quantity))
        .put("subscription", invoice.subscription)
        .put("subtotal", line.amount);
    node.set("metadata", Json.map(line.metadata));
    node.set("discount_amounts", amounts(line.discounts));
    node.set("discounts", Json.texts(line.discounts.keySet()));
    node.putArray("pretax_credit_amounts");
    node.set("taxes", AutomaticTax.json(invoice.taxRate, List.of(line)));
    node.putObject("period").put("end", line.periodEnd).put("start", line.periodStart);
    ObjectNode parent = node.putObject("parent")
        .putNull("invoice_item_details")
        .put("type", "subscription_item_details");
    ObjectNode details = parent
        .putObject("subscription_item_details")
        .put("invoice_item", line.invoiceItem)
        .put("proration", line.proration)
        .put("subscription", invoice.subscription)
        .put("subscription_item", line.subscriptionItem);
    details.putObject("proration_details").putNull("credited_items");
    ObjectNode pricing = node.putObject("pricing")
        .put("type", "price_details")
        .put("unit_amount_decimal", String.valueOf(price.unitAmountIn(invoice.currency)));
    pricing.putObject("price_details").put("price", price.id).put("product", price.product);
    ObjectNode older = node.putObject(Json.OLDER)
        .put("amount_excluding_tax", line.net() - (line.taxIncluded ? line.tax : 0))
        .put("proration", line.proration)
        .put("subscription_item", line.subscriptionItem)
        .put("type", line.proration ? "invoiceitem" : "subscription")
        .put("unit_amount_excluding_tax", String.valueOf(price.unitAmountIn(invoice.currency)));
    older.putObject("proration_details").putNull("credited_items");
    older.set("tax_amounts", AutomaticTax.older(invoice.taxRate, List.of(line)));
    older.putArray("tax_rates");
    older.set("price", CatalogJson.price(price));
    older.set("plan", CatalogJson.plan(price));
    return node;
  }

  private static ArrayNode amounts(Map<String, Long> off) {
    ArrayNode amounts = Json.array();
    off.forEach(
        (discount, amount) -> amounts.addObject().put("amount", amount).put("discount", discount));
    return amounts;
  }

  ObjectNode item(InvoiceItem item) {
    Price price = account.price(item.price);
    ObjectNode node = Json.object("invoiceitem", item)
        .put("amount", item.amount)
        .put("currency", item.currency)
        .put("customer", item.customer)
        .put("date", item.created)
        .put("description", item.description)
        .put("discountable", false)
        .put("invoice", item.invoice)
        .put("net_amount", item.amount)
        .put("proration", true)
        .put("quantity", item.quantity)
        .put("quantity_decimal", String.valueOf(item.quantity));
    node.remove("created");
    node.putArray("discounts");
    node.putArray("tax_rates");
    node.putObject("parent")
        .put("type", "subscription_details")
        .putObject("subscription_details")
        .put("subscription", item.subscription)
        .put("subscription_item", item.subscriptionItem);
    node.putObject("period").put("end", item.periodEnd).put("start", item.periodStart);
    node.putObject("pricing")
        .put("type", "price_details")
        .put("unit_amount_decimal", String.valueOf(price.unitAmountIn(item.currency)))
        .putObject("price_details")
        .put("price", price.id)
        .put("product", price.product);
    node.putObject("proration_details").putNull("credited_items").putArray("discount_amounts");
    node.putObject(Json.OLDER)
        .put("subscription", item.subscription)
        .put("subscription_item", item.subscriptionItem)
        .set("price", CatalogJson.price(price));
    return Json.nulls(node, "customer_account", "test_clock");
  }

  static ObjectNode payment(InvoicePayment payment) {
    ObjectNode node = Json.object("invoice_payment", payment)
        .put("amount_paid", payment.amountPaid)
        .put("amount_requested", payment.amountRequested)
        .put("currency", payment.currency)
        .put("invoice", payment.invoice)
        .put("is_default", true)
        .put("status", payment.status);
    node.remove("metadata");
    node.putObject("payment")
        .put("payment_intent", payment.paymentIntent)
        .put("type", "payment_intent");
    node.putObject("status_transitions")
        .put("canceled_at", payment.canceledAt)
        .put("paid_at", payment.paidAt);
    return node;
  }

  ObjectNode payments(Invoice invoice) {
    ArrayNode data = Json.array();
    account.paymentsOf(invoice).forEach(payment -> data.add(payment(payment)));
    return Json.list(data, false, "/v1/invoice_payments?invoice=" + invoice.id);
  }
}
