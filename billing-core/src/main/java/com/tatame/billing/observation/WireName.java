package com.tatame.billing.observation;

import java.util.Locale;

/** A constant that is its own name on the wire, in lower case. For enums. */
public interface WireName {
  String name();

  /** The name on the wire, such as {@code requires_action}. */
  default String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
