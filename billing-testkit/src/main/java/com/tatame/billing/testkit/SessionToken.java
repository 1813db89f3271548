package com.tatame.billing.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A session token in the making, with the claims that Clerk gives it. Claims and headers can be
 * replaced by wrong ones, and it can be signed wrongly, to see that it is refused.
 */
public final class SessionToken {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIFETIME = Duration.ofSeconds(60);
  private static final Duration BACKDATED = Duration.ofSeconds(10);
  private static final String SESSION = "cl_B7d4PD111AAA";
  private static final String TEMPLATE = "cl_B7d4PD222AAA";

  private final TestIssuer issuer;
  private final Map<String, Object> headers = new LinkedHashMap<>();
  private final Map<String, Object> claims = new LinkedHashMap<>();

  SessionToken(TestIssuer issuer, String subject, Instant now) {
    this.issuer = issuer;
    header("alg", "RS256")
        .header("cat", SESSION)
        .header("kid", issuer.keyId())
        .header("typ", "JWT");
    claim("azp", "http://localhost:3000")
        .claim("fva", List.of(0, -1))
        .claim("iss", issuer.issuer())
        .claim("sid", "sess_" + subject)
        .claim("sts", "active")
        .claim("sub", subject)
        .claim("v", 2)
        .issuedAt(now)
        .notBefore(now.minus(BACKDATED))
        .expiresAt(now.plus(LIFETIME));
  }

  /** Sets a claim, or replaces it. */
  public SessionToken claim(String name, Object value) {
    claims.put(name, value);
    return this;
  }

  public SessionToken without(String claim) {
    claims.remove(claim);
    return this;
  }

  /** Sets a header, or replaces it. */
  public SessionToken header(String name, Object value) {
    headers.put(name, value);
    return this;
  }

  public SessionToken issuedAt(Instant at) {
    return claim("iat", at.getEpochSecond());
  }

  public SessionToken notBefore(Instant at) {
    return claim("nbf", at.getEpochSecond());
  }

  public SessionToken expiresAt(Instant at) {
    return claim("exp", at.getEpochSecond());
  }

  /** The origin that asked for the token. */
  public SessionToken askedForBy(String origin) {
    return claim("azp", origin);
  }

  /**
   * Makes an organisation the active one.
   *
   * @param role without prefix, such as {@code admin}
   */
  public SessionToken inOrganization(String id, String role) {
    return claim(
        "o", Map.of("id", id, "rol", role, "slg", "acme", "per", "read,manage", "fpm", "3"));
  }

  /** Leaves out {@code v}, as before claims had versions. */
  public SessionToken inFirstLayout() {
    return without("v").without("o").without("fva");
  }

  /**
   * As {@link #inOrganization}, in the first layout.
   *
   * @param role with prefix, such as {@code org:admin}
   */
  public SessionToken inFirstLayout(String organizationId, String role) {
    return inFirstLayout()
        .claim("org_id", organizationId)
        .claim("org_role", role)
        .claim("org_slug", "acme")
        .claim("org_permissions", List.of("org:billing:read"));
  }

  /** Another user acts as this one. */
  public SessionToken impersonatedBy(String subject) {
    return claim("act", Map.of("sub", subject));
  }

  /** A token that an application had made from a template: signed with the same key, no session. */
  public SessionToken fromTemplate() {
    return header("cat", TEMPLATE).without("sid").without("sts").without("v");
  }

  /** The token, properly signed. */
  public String sign() {
    return signedBy(issuer);
  }

  /** The token with the signature of another issuer's key, but with this one's {@code kid}. */
  public String signedBy(TestIssuer other) {
    return signed(other, "SHA256withRSA");
  }

  /** The token with RS512, which the key could do as well. */
  public String signedWithRs512() {
    header("alg", "RS512");
    return signed(issuer, "SHA512withRSA");
  }

  /** The token without signature, which says so. */
  public String unsigned() {
    header("alg", "none");
    return signingInput() + ".";
  }

  /** The token signed by HMAC with the public key, which everybody has, as the secret. */
  public String signedWithPublicKeyAsSecret() {
    header("alg", "HS256");
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(issuer.publicKeyPem().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] input = signingInput().getBytes(StandardCharsets.US_ASCII);
      return signingInput() + "." + base64Url(mac.doFinal(input));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String signed(TestIssuer signer, String algorithm) {
    String input = signingInput();
    return input + "." + signer.signature(algorithm, input);
  }

  private String signingInput() {
    return json(headers) + "." + json(claims);
  }

  private static String json(Map<String, Object> values) {
    try {
      return base64Url(JSON.writeValueAsBytes(values));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a claim that is no JSON", e);
    }
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
