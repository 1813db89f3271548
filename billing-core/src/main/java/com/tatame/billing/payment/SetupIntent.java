package com.tatame.billing.payment;

import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.observation.WireName;
import java.time.Instant;
import java.util.Optional;

/**
 * The saving of a payment method for later, without a payment.
 *
 * @param paymentMethodId once there is one
 * @param usage {@code off_session} or {@code on_session}
 * @param failureCode why the last attempt failed, as long as nothing came after it
 */
public record SetupIntent(
    String id,
    Optional<String> customerId,
    Status status,
    String usage,
    Optional<String> paymentMethodId,
    Optional<String> failureCode,
    Instant createdAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status implements WireName {
    /** Nothing was tried, or the last attempt failed. */
    REQUIRES_PAYMENT_METHOD,
    REQUIRES_CONFIRMATION,
    /** The customer must do something, such as authenticate. */
    REQUIRES_ACTION,
    PROCESSING,
    SUCCEEDED,
    CANCELED
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.SETUP_INTENT;
  }

  /** Itself: its customer may become known only while it is under way. */
  @Override
  public SubjectId subject() {
    return new SubjectId(id);
  }

  @Override
  public boolean terminal() {
    return status == Status.SUCCEEDED || status == Status.CANCELED;
  }
}
