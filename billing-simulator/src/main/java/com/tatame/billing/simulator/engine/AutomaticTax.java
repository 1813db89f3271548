package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tax of checkouts and invoices whose taxes Stripe reckons, by the same rates as calculations. */
final class AutomaticTax {
  private AutomaticTax() {}

  /** What is taken of a buyer at an address; empty while the address doesn't tell. */
  static Optional<TaxRates.Rate> rate(
      Account account, @Nullable String customer, @Nullable Map<String, String> address) {
    if (address == null || address.getOrDefault("country", "").isEmpty()) {
      return Optional.empty();
    }
    boolean business = account.taxIds.values().stream()
        .anyMatch(taxId -> taxId.customer.equals(customer) && taxId.type.equals("eu_vat"));
    try {
      return Optional.of(TaxRates.at(Params.of(Map.copyOf(address)), business));
    } catch (StripeException e) {
      return Optional.empty();
    }
  }

  /** Taxes the lines of an invoice after their discounts, each rounded on its own. */
  static void apply(Invoice invoice, Account account) {
    if (!invoice.automaticTax) {
      return;
    }
    Customer customer = account.customer(invoice.customer);
    rate(account, customer.id, customer.address).ifPresent(rate -> {
      invoice.taxRate = rate;
      for (InvoiceLine line : invoice.lines) {
        line.taxIncluded = included(account.price(line.price));
        line.tax = on(rate, line.net(), line.taxIncluded);
      }
    });
  }

  /** What is not said to hold its tax already has it added. */
  static boolean included(Price price) {
    return price.taxBehavior.equals("inclusive");
  }

  static long on(TaxRates.Rate rate, long amount, boolean included) {
    return included ? rate.within(amount) : rate.on(amount);
  }

  /** Their shape before basil. */
  static ArrayNode older(TaxRates.@Nullable Rate rate, List<InvoiceLine> lines) {
    ArrayNode older = Json.array();
    json(rate, lines)
        .forEach(tax -> older
            .addObject()
            .put("amount", tax.path("amount").asLong())
            .put("inclusive", tax.path("tax_behavior").asText().equals("inclusive"))
            .put("tax_rate", tax.at("/tax_rate_details/tax_rate").asText())
            .put("taxability_reason", tax.path("taxability_reason").asText())
            .put("taxable_amount", tax.path("taxable_amount").asLong()));
    return older;
  }

  /** As invoices and their lines tell them, one entry for each way of taxing. */
  static ArrayNode json(TaxRates.@Nullable Rate rate, List<InvoiceLine> lines) {
    ArrayNode taxes = Json.array();
    if (rate == null) {
      return taxes;
    }
    for (boolean included : new boolean[] {false, true}) {
      List<InvoiceLine> alike =
          lines.stream().filter(line -> line.taxIncluded == included).toList();
      if (alike.isEmpty()) {
        continue;
      }
      long tax = alike.stream().mapToLong(line -> line.tax).sum();
      long net = alike.stream().mapToLong(InvoiceLine::net).sum();
      taxes
          .addObject()
          .put("amount", tax)
          .put("tax_behavior", included ? "inclusive" : "exclusive")
          .put("taxability_reason", rate.reason())
          .put("taxable_amount", rate.type() == null ? 0 : included ? net - tax : net)
          .put("type", "tax_rate_details")
          .putObject("tax_rate_details")
          .put("tax_rate", "txr_" + rate.percent().replace('.', '_') + "_" + rate.reason());
    }
    return taxes;
  }
}
