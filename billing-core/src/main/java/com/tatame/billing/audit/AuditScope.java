package com.tatame.billing.audit;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Says for whom the calling thread works. All changes that are made within name this actor and request
 * in the audit log; outside of every scope they name {@link AuditActor#PROGRAM}.
 *
 * <pre>{@code
 * AuditScope.within(AuditActor.of(caller), Optional.of(requestId),
 *     () -> billing.subscriptions().resume(account, subscriptionId));
 * }</pre>
 */
public final class AuditScope {
  private static final AuditScope NONE = new AuditScope(AuditActor.PROGRAM, Optional.empty());
  private static final ThreadLocal<AuditScope> CURRENT = ThreadLocal.withInitial(() -> NONE);

  private final AuditActor actor;
  private final Optional<String> requestId;

  private AuditScope(AuditActor actor, Optional<String> requestId) {
    this.actor = actor;
    this.requestId = requestId;
  }

  /**
   * Does work in the calling thread; within another scope it belongs to the inner one alone.
   *
   * @param requestId as logs and answers name the request; empty if there is none
   */
  public static <T> T within(AuditActor actor, Optional<String> requestId, Supplier<T> work) {
    AuditScope outer = CURRENT.get();
    CURRENT.set(new AuditScope(actor, requestId));
    try {
      return work.get();
    } finally {
      if (outer == NONE) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  static AuditScope current() {
    return CURRENT.get();
  }

  AuditActor actor() {
    return actor;
  }

  Optional<String> requestId() {
    return requestId;
  }
}
