package com.tatame.billing.subscription;

import java.util.Locale;
import java.util.Optional;

/** When a canceled subscription ends. */
public enum Cancellation {
  NOW,
  PERIOD_END;

  /** The name on the wire: {@code now} or {@code period_end}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The choice with this wire name, if there is one. */
  public static Optional<Cancellation> of(String code) {
    for (Cancellation when : values()) {
      if (when.code().equals(code)) {
        return Optional.of(when);
      }
    }
    return Optional.empty();
  }
}
