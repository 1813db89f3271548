package com.tatame.billing.payment;

import com.tatame.billing.observation.WireName;
import java.util.Optional;

/**
 * What a payer must still do before a payment succeeds. It is no failure.
 *
 * @param url a page of the provider where it can be done
 * @param clientSecret for the provider's own library in the payer's application; it allows nothing but
 *     to go on with this one payment
 */
public record PaymentAction(Type type, Optional<String> url, Optional<String> clientSecret) {

  /** What is to be done. */
  public enum Type implements WireName {
    /** Confirm it with the bank, such as by 3D Secure. */
    REQUIRES_ACTION,
    /** Pay by other means: the last attempt was refused. */
    REQUIRES_PAYMENT_METHOD
  }
}
