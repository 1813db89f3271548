package com.tatame.billing.checkout;

import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.subscription.Subscription;
import java.util.Locale;
import java.util.Optional;

/**
 * How a checkout stands.
 *
 * @param subscription what was subscribed to, once it is known
 * @param purchase what was bought once, as soon as it is known
 */
public record Confirmation(
    Status status, Optional<Subscription> subscription, Optional<Purchase> purchase) {
  /** For the page after the payment. A started trial counts as paid. */
  public enum Status {
    PAID,
    PENDING,
    FAILED,
    EXPIRED;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
