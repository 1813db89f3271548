package com.tatame.billing.identity;

import java.security.PublicKey;
import java.util.Optional;

/** The keys that an issuer signs with. */
interface SigningKeys {
  /**
   * The key with this id; the id is the empty string where a token names none.
   *
   * @throws com.tatame.billing.failure.IdentityUnavailable if there is no key at all
   */
  Optional<PublicKey> find(String keyId);

  /** Whether there is any key. */
  boolean ready();
}
