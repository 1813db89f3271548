package com.tatame.billing.subscription;

import java.util.Locale;
import java.util.Optional;

/** When a change takes effect, and what becomes of the period that is paid for already. */
public enum ChangePolicy {
  /** At once; what is unused is credited, what remains is charged, and the difference is due now. */
  PRORATE,
  /** At once, and the present period costs what it did. */
  NONE,
  /** When the present period ends; until then nothing changes. */
  AT_RENEWAL;

  /** The name on the wire, such as {@code at_renewal}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The policy with this wire name, if there is one. */
  public static Optional<ChangePolicy> of(String code) {
    for (ChangePolicy policy : values()) {
      if (policy.code().equals(code)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }
}
