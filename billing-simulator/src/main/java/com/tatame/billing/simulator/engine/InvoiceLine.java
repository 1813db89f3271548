package com.tatame.billing.simulator.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class InvoiceLine {
  String id = "";
  String description = "";
  long amount;
  String price = "";
  long quantity;
  String subscriptionItem = "";
  long periodStart;
  long periodEnd;
  boolean proration;
  /** Whether its quantity is what was used in its period, reckoned anew until the invoice is final. */
  boolean metered;

  long tax;
  boolean taxIncluded;
  boolean discountable = true;

  @Nullable
  String invoiceItem;

  /** What each discount takes off, by its id. */
  Map<String, Long> discounts = new LinkedHashMap<>();

  Map<String, String> metadata = new LinkedHashMap<>();

  long discount() {
    return discounts.values().stream().mapToLong(Long::longValue).sum();
  }

  long net() {
    return amount - discount();
  }
}
