package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;

/** New items that take effect when an invoice is paid, and are dropped when it isn't in time. */
final class PendingUpdate {
  static final long LIFETIME = 23 * Invoicing.HOUR;

  long expiresAt;
  String invoice = "";
  /** Whether a new cycle begins with them. */
  boolean restarts;

  long anchor;
  List<SubscriptionItem> items = new ArrayList<>();
}
