package com.tatame.billing.account;

import java.util.Optional;

/** Port: turns a bearer token into the principal that it proves. */
public interface IdentityVerifier {
  /**
   * Verifies a token.
   *
   * @param token as sent, without the scheme
   * @throws com.tatame.billing.failure.Unauthenticated if it identifies no caller; the message is safe to
   *     show and to log
   * @throws com.tatame.billing.failure.IdentityUnavailable if no token can be judged at present
   */
  Principal verify(String token);

  /**
   * The principal of a token that was verified before and is still good, without a request and
   * without any work that takes longer than a look; empty if it has to be verified.
   */
  default Optional<Principal> cached(String token) {
    return Optional.empty();
  }

  /** Whether tokens can be verified at present, for health reports. */
  default boolean ready() {
    return true;
  }
}
