package com.tatame.billing.http;

/** Receives unexpected failures of requests. Called by many threads; it must not throw. */
@FunctionalInterface
public interface FailureListener {
  /** Ignores everything. */
  FailureListener NONE = (failure, route, requestId) -> {};

  /**
   * A request is answered by a 500. It is logged all the same.
   *
   * @param failure its message may quote what was sent
   * @param route the method and the path's template, which holds no id
   */
  void unexpected(Exception failure, String route, String requestId);
}
