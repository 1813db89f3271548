package com.tatame.billing.architecture.bad.checkout;

import com.tatame.billing.architecture.bad.refund.BadRefund;
import com.tatame.billing.store.BillingStore;
import com.tngtech.archunit.core.domain.JavaClass;
import java.time.Instant;
import java.util.UUID;

/** Breaks every rule of the core on purpose. */
@SuppressWarnings("UnusedMethod")
final class BadCheckout {
  private BadCheckout() {}

  static String opened(BadRefund refund, BillingStore wholeBag, JavaClass foreign) {
    return Instant.now()
        + UUID.randomUUID().toString()
        + refund.origin()
        + wholeBag.inbox()
        + foreign.getName();
  }
}
