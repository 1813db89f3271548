package com.tatame.billing.bench;

import com.tatame.billing.identity.AdministratorRule;
import com.tatame.billing.identity.ClerkConfig;
import com.tatame.billing.identity.ClerkVerifier;
import io.jsonwebtoken.Jwts;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.Set;

/** Who signs the callers' tokens, and how a server is configured to trust it. */
final class Identity {
  static final String ISSUER = "https://issuer.example.com";
  private static final long DAY_SECONDS = 86_400;

  private final KeyPair keys;

  Identity() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String publishableKey() {
    String host = ISSUER.substring("https://".length()) + "$";
    return "pk_test_" + Base64.getEncoder().encodeToString(host.getBytes());
  }

  String publicKeyPem() {
    String key = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n";
  }

  /** A session token, as the browser of this user would send it. */
  String token(String user) {
    Instant now = Instant.now();
    return Jwts.builder()
        .issuer(ISSUER)
        .subject(user)
        .claim("sid", "sess_" + user)
        .issuedAt(Date.from(now))
        .notBefore(Date.from(now))
        .expiration(Date.from(now.plusSeconds(DAY_SECONDS)))
        .signWith(keys.getPrivate(), Jwts.SIG.RS256)
        .compact();
  }

  static ClerkVerifier verifier(String publicKeyPem) {
    ClerkConfig config = new ClerkConfig(ISSUER, Set.of(), AdministratorRule.none());
    return ClerkVerifier.byKey(config, publicKeyPem, InstantSource.system());
  }
}
