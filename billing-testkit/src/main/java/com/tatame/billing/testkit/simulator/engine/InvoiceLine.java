package com.tatame.billing.testkit.simulator.engine;

import java.util.LinkedHashMap;
import java.util.Map;

final class InvoiceLine {
  String id = "";
  String description = "";
  long amount;
  String price = "";
  long quantity;
  String subscriptionItem = "";
  long periodStart;
  long periodEnd;
  Map<String, String> metadata = new LinkedHashMap<>();
}
