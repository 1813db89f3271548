package com.tatame.billing.simulator.engine;

import java.util.List;

/** What is billed by its use, reckoned anew until the invoice is final. */
final class MeteredLines {
  private MeteredLines() {}

  /** Makes what is metered as much as the meters hold now, and what is taken off and added follow. */
  static void reckon(Invoice invoice, List<Discount> off, Account account) {
    if (invoice.lines.stream().noneMatch(line -> line.metered)) {
      return;
    }
    for (InvoiceLine line : invoice.lines) {
      if (line.metered) {
        Price price = account.price(line.price);
        line.quantity =
            Meters.billable(account, price, invoice.customer, line.periodStart, line.periodEnd);
        line.amount = Math.multiplyExact(price.unitAmountIn(invoice.currency), line.quantity);
        line.description = line.quantity + " × " + account.product(price.product).name + " (at "
            + Prices.describe(price, invoice.currency) + ")";
      }
      line.discounts.clear();
    }
    invoice.discounts.clear();
    Discounts.apply(invoice, off, invoice.created);
    AutomaticTax.apply(invoice, account);
  }
}
