package com.tatame.billing.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.ProtectedHeader;
import io.jsonwebtoken.security.SignatureException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Verifies Clerk's session tokens: RS256 only, by the published keys or a configured one, and no
 * other kind of token that is signed with the same key. A verified token is cached until it
 * expires, so that a key that is withdrawn meanwhile ends it no sooner.
 */
public final class ClerkVerifier implements IdentityVerifier {
  private static final String SESSION_CATEGORY = "cl_B7d4PD111AAA";
  private static final int MAX_LENGTH = 8_192;
  private static final int MAX_CACHED = 50_000;
  // The library's own check of times is off, because it takes a text for a number.
  private static final long ANY_SKEW_SECONDS = 10_000_000_000L;

  private final SigningKeys keys;
  private final SessionClaims claims;
  private final JwtParser parser;
  private final Cache<String, SessionClaims.Session> sessions =
      Caffeine.newBuilder().maximumSize(MAX_CACHED).build();

  private ClerkVerifier(ClerkConfig config, SigningKeys keys, InstantSource wallClock) {
    this.keys = keys;
    this.claims = new SessionClaims(config, wallClock);
    this.parser = Jwts.parser()
        .sig()
        .clear()
        .add(Jwts.SIG.RS256)
        .and()
        .zip()
        .clear()
        .and()
        .clockSkewSeconds(ANY_SKEW_SECONDS)
        .keyLocator(this::key)
        .build();
  }

  /**
   * Verifies by the keys that the instance publishes.
   *
   * @param wallClock for expiry and for how often keys are fetched
   */
  public static ClerkVerifier byKeySet(
      ClerkConfig config, KeySetSource source, InstantSource wallClock) {
    return new ClerkVerifier(config, new CachedKeySet(source, wallClock), wallClock);
  }

  /**
   * Verifies by one key, without any request.
   *
   * @param pem the instance's RSA public key
   * @throws IllegalArgumentException if it is none
   */
  public static ClerkVerifier byKey(ClerkConfig config, String pem, InstantSource wallClock) {
    return new ClerkVerifier(config, new PemKey(pem), wallClock);
  }

  @Override
  public Principal verify(String token) {
    String[] parts = token.split("\\.", -1);
    if (token.length() > MAX_LENGTH || parts.length != 3) {
      throw new Unauthenticated("The token is not a session token.");
    }
    String digest = sha256(token);
    SessionClaims.Session known = sessions.getIfPresent(digest);
    if (known != null) {
      claims.requireUnexpired(known.expiresAt());
      return known.principal();
    }
    checkKind(checkSignature(token).getHeader());
    SessionClaims.Session session = claims.read(parts[1]);
    sessions.put(digest, session);
    return session.principal();
  }

  @Override
  public Optional<Principal> cached(String token) {
    return token.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.ofNullable(sessions.getIfPresent(sha256(token)))
            .filter(session -> !claims.expired(session.expiresAt()))
            .map(SessionClaims.Session::principal);
  }

  @Override
  public boolean ready() {
    return keys.ready();
  }

  private Jws<?> checkSignature(String token) {
    try {
      return parser.parseSignedClaims(token);
    } catch (SignatureException e) {
      throw new Unauthenticated("The token's signature is wrong.");
    } catch (JwtException | IllegalArgumentException e) {
      throw new Unauthenticated("The token is not a session token that this server accepts.");
    }
  }

  private Key key(Header header) {
    String keyId =
        header instanceof ProtectedHeader named && named.getKeyId() != null ? named.getKeyId() : "";
    return keys.find(keyId).orElseThrow(() -> new Unauthenticated("The token's key is not known."));
  }

  private static void checkKind(Header header) {
    boolean plain = header.getType() == null || header.getType().equals("JWT");
    Object category = header.get("cat");
    if (!plain || !Optional.ofNullable(category).map(SESSION_CATEGORY::equals).orElse(true)) {
      throw new Unauthenticated("The token is not a session token.");
    }
  }

  private static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
