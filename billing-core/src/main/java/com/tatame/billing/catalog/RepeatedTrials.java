package com.tatame.billing.catalog;

import java.util.Locale;

/** What is done about a second trial of a person, once it is found. */
public enum RepeatedTrials {
  /** It is listed for operators, and goes on. */
  ALERT,
  /** It ends at once, and the first period is charged. */
  END_NOW;

  /** The name in the catalog, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
