package com.tatame.billing.inbox;

import java.util.Locale;

/** Where a stored event stands. */
public enum EventStatus {
  RECEIVED,
  PROCESSING,
  PROCESSED,
  IGNORED,
  RETRYING,
  DEAD;

  /** The name on the wire, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
