package com.tatame.billing.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/** The one key that was configured, whatever a token calls it. */
final class PemKey implements SigningKeys {
  private final PublicKey key;

  /**
   * Reads the key.
   *
   * @param pem its line breaks may be written as {@code \n}, as environments do
   * @throws IllegalArgumentException if it is no RSA public key
   */
  PemKey(String pem) {
    String base64 = pem.replace("\\n", "\n")
        .replace("-----BEGIN PUBLIC KEY-----", "")
        .replace("-----END PUBLIC KEY-----", "")
        .replaceAll("\\s", "");
    try {
      key = KeyFactory.getInstance("RSA")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException("is not an RSA public key in PEM form", e);
    }
  }

  @Override
  public Optional<PublicKey> find(String keyId) {
    return Optional.of(key);
  }

  @Override
  public boolean ready() {
    return true;
  }
}
