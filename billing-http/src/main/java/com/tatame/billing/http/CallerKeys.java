package com.tatame.billing.http;

import com.tatame.billing.account.Principal;

/**
 * Idempotency keys as they are kept. What a user names and what a program names for the same account
 * are two keys, so that a user who repeats a backend's key doesn't get the backend's answer.
 */
final class CallerKeys {
  // Callers may name printable ASCII only, so that no key of a program can begin like this.
  private static final String USER = "user\u00a0";

  private CallerKeys() {}

  /** The key as it is kept; what trusted callers name stays as it is, as in the Java API. */
  static String kept(Principal caller, String key) {
    return caller.isTrusted() ? key : USER + key;
  }
}
