package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Reckons taxes by the small table of {@link TaxRates}. Calculations aren't kept. */
final class TaxCalculations {
  private static final long NINETY_DAYS = 90 * Subscriptions.DAY;
  private static final String PLACE = "address{country! state city postal_code line1 line2}!";
  static final Shape CREATE = Shape.of(
      "currency! line_items[]{amount:int! reference product quantity:int tax_behavior:(exclusive|inclusive) tax_code"
          + " metadata:map}! customer_details{" + PLACE + " address_source:(billing|shipping)"
          + " tax_ids[]{type! value!} ip_address ~taxability_override} expand[] ~customer ~ship_from_details"
          + " ~shipping_cost ~tax_date");

  private final Account account;

  TaxCalculations(Account account) {
    this.account = account;
  }

  Outcome create(Call call) {
    Params params = call.params();
    if (!params.given("customer_details")) {
      throw StripeException.invalid(
          "parameter_missing", "customer_details", "Missing required param: customer_details.");
    }
    Params details = params.child("customer_details");
    Params address = details.child("address");
    List<Params> taxIds = details.children("tax_ids");
    boolean business = taxIds.stream().anyMatch(taxId -> taxId.required("type").equals("eu_vat"));
    TaxRates.Rate rate = TaxRates.at(address, business);
    String id = account.newId("taxcalc_", 24);
    long amounts = 0;
    long exclusive = 0;
    long inclusive = 0;
    ArrayNode lines = Json.array();
    for (Params line : params.children("line_items")) {
      long amount = line.number("amount", 0);
      boolean within = line.text("tax_behavior", "exclusive").equals("inclusive");
      long tax = within ? rate.within(amount) : rate.on(amount);
      amounts += amount;
      exclusive += within ? 0 : tax;
      inclusive += within ? tax : 0;
      lines.add(line(line, amount, tax, lines.size()));
    }
    ObjectNode node = Json.object()
        .put("id", id)
        .put("object", "tax.calculation")
        .put("amount_total", amounts + exclusive)
        .put("currency", params.required("currency").toLowerCase(Locale.ROOT))
        .put("expires_at", account.now + NINETY_DAYS)
        .put("livemode", false)
        .put("tax_amount_exclusive", exclusive)
        .put("tax_amount_inclusive", inclusive)
        .put("tax_date", account.now);
    node.set("customer_details", customer(details, address, taxIds));
    node.set("line_items", Json.list(lines, false, "/v1/tax/calculations/" + id + "/line_items"));
    breakdown(node.putArray("tax_breakdown"), rate, address, amounts, exclusive + inclusive);
    return new Outcome.Ready(Json.nulls(node, "customer", "ship_from_details", "shipping_cost"));
  }

  private ObjectNode line(Params line, long amount, long tax, int position) {
    String reference = line.text("reference", "L" + (position + 1));
    return Json.object()
        .put("id", account.newId("tax_li_", 24))
        .put("object", "tax.calculation_line_item")
        .put("amount", amount)
        .put("amount_tax", tax)
        .put("livemode", false)
        .put("product", line.text("product"))
        .put("quantity", line.number("quantity", 1))
        .put("reference", reference)
        .put("tax_behavior", line.text("tax_behavior", "exclusive"))
        .put("tax_code", line.text("tax_code", "txcd_10000000"))
        .set("metadata", Json.map(line.child("metadata").strings()));
  }

  private static ObjectNode customer(Params details, Params address, List<Params> taxIds) {
    ObjectNode node = Json.object()
        .put("address_source", details.text("address_source", "billing"))
        .put("ip_address", details.text("ip_address"))
        .put("taxability_override", "none");
    node.set("address", Json.address(address.strings()));
    ArrayNode numbers = node.putArray("tax_ids");
    taxIds.forEach(taxId -> numbers
        .addObject()
        .put("type", taxId.required("type"))
        .put("value", taxId.required("value")));
    return node;
  }

  private static void breakdown(
      ArrayNode into, TaxRates.Rate rate, Params address, long amount, long tax) {
    ObjectNode node = into.addObject()
        .put("amount", tax)
        .put("inclusive", false)
        .put("taxability_reason", rate.reason())
        .put("taxable_amount", rate.type() == null ? 0 : amount);
    node.putObject("tax_rate_details")
        .put("country", address.required("country"))
        .putNull("flat_amount")
        .put("percentage_decimal", rate.percent())
        .put("rate_type", rate.type() == null ? null : "percentage")
        .put("state", address.text("state"))
        .put("tax_type", rate.type());
  }
}
