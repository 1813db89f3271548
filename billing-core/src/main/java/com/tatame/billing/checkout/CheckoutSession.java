package com.tatame.billing.checkout;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A checkout at the provider.
 *
 * @param account by metadata that we wrote; empty for a session that we did not make
 * @param commandId the command that made it, by metadata
 * @param subscriptionId once it is complete
 */
public record CheckoutSession(
    String id,
    Optional<String> customerId,
    Optional<AccountId> account,
    Optional<String> commandId,
    Status status,
    boolean paid,
    Optional<String> subscriptionId,
    Instant expiresAt,
    Instant createdAt)
    implements ProviderObject {

  /** How far it got. */
  public enum Status {
    OPEN,
    COMPLETE,
    EXPIRED;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public ObjectKind kind() {
    return ObjectKind.CHECKOUT_SESSION;
  }

  @Override
  public SubjectId subject() {
    return new SubjectId(customerId.orElse(id));
  }

  /** A complete session can still turn from unpaid to paid. */
  @Override
  public boolean terminal() {
    return status == Status.EXPIRED || (status == Status.COMPLETE && paid);
  }
}
