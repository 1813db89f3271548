package com.tatame.billing.simulator.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/** What every object of the account has; times are seconds since the epoch on the simulated clock. */
abstract class StripeObject {
  String id = "";
  long created;
  Map<String, String> metadata = new LinkedHashMap<>();
}
