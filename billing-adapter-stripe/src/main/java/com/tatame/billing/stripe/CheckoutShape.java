package com.tatame.billing.stripe;

import com.tatame.billing.checkout.CheckoutSession;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checkout sessions. */
final class CheckoutShape {
  private static final String UNPAID = "unpaid";
  private static final Set<String> PAYMENT_STATUSES = Set.of("paid", "no_payment_required", UNPAID);

  private CheckoutShape() {}

  static CheckoutSession read(Fields session) {
    Map<String, String> metadata = session.metadata();
    return new CheckoutSession(
        session.text("id"),
        session.optionalId("customer"),
        Metadata.account(metadata),
        Optional.ofNullable(metadata.get(Metadata.COMMAND)),
        session.known("status", CheckoutShape::status),
        session.known("payment_status", CheckoutShape::paid),
        session.optionalId("subscription"),
        session.instant("expires_at"),
        session.instant("created"));
  }

  private static Optional<CheckoutSession.Status> status(String code) {
    return Arrays.stream(CheckoutSession.Status.values())
        .filter(status -> status.code().equals(code))
        .findFirst();
  }

  private static Optional<Boolean> paid(String code) {
    return PAYMENT_STATUSES.contains(code) ? Optional.of(!code.equals(UNPAID)) : Optional.empty();
  }
}
