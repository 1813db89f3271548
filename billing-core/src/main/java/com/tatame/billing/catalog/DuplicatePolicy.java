package com.tatame.billing.catalog;

import java.util.Locale;

/** What is done about an account that has two subscriptions of one plan family. */
public enum DuplicatePolicy {
  /** It is listed for operators, who decide. */
  ALERT,
  /** The one that came first stays; the newer one ends at once, and what it cost is given back. */
  CANCEL_AND_REFUND_NEWER,
  /** Both are right, and no operator is alerted. */
  KEEP_BOTH;

  /** The name in the catalog, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
