package com.tatame.billing.duplicate;

import com.tatame.billing.account.AccountId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A subscription beside another one of the same family and account, and what was done about it. All
 * instants are wall time.
 *
 * @param subscriptionId the newer one
 * @param keptId the one that came first
 * @param family of plans
 * @param lookAt when it is checked again; empty once nothing is left to be done
 * @param settlement what it cost and what went back; empty before it was canceled, or if nothing was
 *     billed
 * @param handledBy who had it canceled: {@code policy}, or an administrator
 */
public record Duplicate(
    String subscriptionId,
    String keptId,
    AccountId account,
    String customerId,
    String family,
    Status status,
    Instant foundAt,
    Optional<Instant> lookAt,
    Optional<Settlement> settlement,
    Optional<Instant> handledAt,
    Optional<String> handledBy) {

  /** How far it got. */
  public enum Status {
    /** Operators see it; both subscriptions live on. */
    ALERTED,
    /** It is being canceled and given back. */
    HANDLING,
    /** It was canceled, and what it had cost was given back. */
    CANCELED,
    /** One of the two ended by itself, or moved to another family. */
    OVER;

    /** The name on the wire, lower case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is still to be dealt with. */
    public boolean open() {
      return this == ALERTED || this == HANDLING;
    }
  }

  /**
   * Money of a subscription that was canceled, in minor units.
   *
   * @param paid with all its invoices
   * @param refunded or on its way back; less than what was paid needs a person
   */
  public record Settlement(long paid, long refunded, String currency) {}

  Duplicate beside(String otherKept) {
    return new Duplicate(
        subscriptionId,
        otherKept,
        account,
        customerId,
        family,
        status,
        foundAt,
        lookAt,
        settlement,
        handledAt,
        handledBy);
  }

  Duplicate checkedAgain(Instant at) {
    return next(status, Optional.of(at), settlement, handledAt, handledBy);
  }

  Duplicate over() {
    return next(Status.OVER, Optional.empty(), settlement, handledAt, handledBy);
  }

  Duplicate handledBy(String who, Instant now) {
    return next(Status.HANDLING, Optional.of(now), settlement, handledAt, Optional.of(who));
  }

  Duplicate waiting(Optional<Settlement> soFar, Instant lookAgain) {
    return next(Status.HANDLING, Optional.of(lookAgain), soFar, handledAt, handledBy);
  }

  Duplicate canceled(Optional<Settlement> all, Instant now) {
    return next(Status.CANCELED, Optional.empty(), all, Optional.of(now), handledBy);
  }

  private Duplicate next(
      Status nextStatus,
      Optional<Instant> nextLook,
      Optional<Settlement> nextSettlement,
      Optional<Instant> nextHandledAt,
      Optional<String> nextHandledBy) {
    return new Duplicate(
        subscriptionId,
        keptId,
        account,
        customerId,
        family,
        nextStatus,
        foundAt,
        nextLook,
        nextSettlement,
        nextHandledAt,
        nextHandledBy);
  }
}
