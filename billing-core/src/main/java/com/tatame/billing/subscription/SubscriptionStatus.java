package com.tatame.billing.subscription;

import java.util.Locale;
import java.util.Optional;

/** The provider's statuses of a subscription. */
public enum SubscriptionStatus {
  INCOMPLETE,
  INCOMPLETE_EXPIRED,
  TRIALING,
  ACTIVE,
  PAST_DUE,
  UNPAID,
  PAUSED,
  CANCELED;

  /** The name on the wire, such as {@code past_due}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status with this wire name, if there is one. */
  public static Optional<SubscriptionStatus> of(String code) {
    for (SubscriptionStatus status : values()) {
      if (status.code().equals(code)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** Whether it never changes again. */
  public boolean terminal() {
    return this == CANCELED || this == INCOMPLETE_EXPIRED;
  }

  /** Whether it gives what its plan includes; past due does as long as the grace goes. */
  public boolean entitles() {
    return this == TRIALING || this == ACTIVE || this == PAST_DUE;
  }

  /** Whether a second subscription of the same family would be one too many. */
  public boolean live() {
    return !terminal() && this != INCOMPLETE;
  }
}
