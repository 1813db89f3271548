package com.tatame.billing.command;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Says which request the calling thread works for. All commands that are planned within are made for
 * it, so that the request, sent again after its process died or its answer was lost, finds what it did
 * instead of doing it once more.
 *
 * <pre>{@code
 * RequestKey key = RequestKey.of("my-application", orderId);
 * RequestScope.within(key, () -> billing.subscriptions().resume(account, subscriptionId));
 * }</pre>
 */
public final class RequestScope {
  private static final ThreadLocal<Optional<RequestKey>> CURRENT =
      ThreadLocal.withInitial(Optional::empty);

  private RequestScope() {}

  /** Does work for a request; within another one's it is part of the inner one alone. */
  public static <T> T within(RequestKey request, Supplier<T> work) {
    Optional<RequestKey> outer = CURRENT.get();
    CURRENT.set(Optional.of(request));
    try {
      return work.get();
    } finally {
      if (outer.isPresent()) {
        CURRENT.set(outer);
      } else {
        CURRENT.remove();
      }
    }
  }

  /** The request that the calling thread works for, if it carries a key. */
  public static Optional<RequestKey> current() {
    return CURRENT.get();
  }
}
