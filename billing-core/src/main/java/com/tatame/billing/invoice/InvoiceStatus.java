package com.tatame.billing.invoice;

import java.util.Locale;
import java.util.Optional;

/** The provider's statuses of an invoice. */
public enum InvoiceStatus {
  DRAFT,
  OPEN,
  PAID,
  VOID,
  UNCOLLECTIBLE;

  /** The name on the wire, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status with this wire name, if there is one. */
  public static Optional<InvoiceStatus> of(String code) {
    for (InvoiceStatus status : values()) {
      if (status.code().equals(code)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
