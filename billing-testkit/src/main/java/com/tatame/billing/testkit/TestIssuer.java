package com.tatame.billing.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An identity provider for tests and sandboxes: signs session tokens as Clerk does and shows the
 * keys to verify them with. Saved and loaded by its private key, it stays the same issuer over
 * restarts. Thread-safe.
 */
public final class TestIssuer {
  private static final int KEY_BITS = 2048;
  private static final int PEM_LINE = 64;
  private static final int MAX_SIGNATURES = 256;

  private final String issuer;
  private final RSAPrivateCrtKey privateKey;
  private final RSAPublicKey publicKey;
  private final String keyId;
  private final InstantSource clock;
  private final Map<String, String> signatures = new ConcurrentHashMap<>();

  private TestIssuer(
      String issuer, RSAPrivateCrtKey privateKey, RSAPublicKey publicKey, InstantSource clock) {
    this.issuer = issuer;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.keyId = "ins_" + fingerprint(publicKey);
    this.clock = clock;
  }

  /**
   * An issuer with a new key.
   *
   * @param issuer the URL that its tokens name, without a final slash
   * @param clock wall time, at which tokens are issued
   */
  public static TestIssuer create(String issuer, InstantSource clock) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(KEY_BITS);
      KeyPair pair = generator.generateKeyPair();
      return new TestIssuer(
          issuer, (RSAPrivateCrtKey) pair.getPrivate(), (RSAPublicKey) pair.getPublic(), clock);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  /**
   * The issuer whose key was saved.
   *
   * @param privateKeyPem as {@link #privateKeyPem} gave it
   * @throws IllegalArgumentException if that is no RSA key
   */
  public static TestIssuer load(String issuer, String privateKeyPem, InstantSource clock) {
    String base64 = privateKeyPem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    try {
      KeyFactory rsa = KeyFactory.getInstance("RSA");
      RSAPrivateCrtKey privateKey = (RSAPrivateCrtKey)
          rsa.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
      RSAPublicKey publicKey = (RSAPublicKey) rsa.generatePublic(
          new RSAPublicKeySpec(privateKey.getModulus(), privateKey.getPublicExponent()));
      return new TestIssuer(issuer, privateKey, publicKey, clock);
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException("not an RSA private key in PKCS #8 PEM", e);
    }
  }

  /** The URL that tokens name as their issuer. */
  public String issuer() {
    return issuer;
  }

  /** The {@code kid} of the key; the same key always has the same. */
  public String keyId() {
    return keyId;
  }

  /** The key to be saved, in PKCS #8 PEM. A secret. */
  public String privateKeyPem() {
    return pem("PRIVATE KEY", privateKey.getEncoded());
  }

  /** The key to verify with, in PEM. */
  public String publicKeyPem() {
    return pem("PUBLIC KEY", publicKey.getEncoded());
  }

  /** The key to verify with, as the JSON document that an issuer serves. */
  public String jwks() {
    Map<String, Object> key = Map.of(
        "use",
        "sig",
        "kty",
        "RSA",
        "kid",
        keyId,
        "alg",
        "RS256",
        "n",
        base64Url(publicKey.getModulus()),
        "e",
        base64Url(publicKey.getPublicExponent()));
    try {
      return new ObjectMapper().writeValueAsString(Map.of("keys", List.of(key)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A session token for this user, good for a minute unless it is told otherwise. */
  public SessionToken sessionToken(String subject) {
    return new SessionToken(this, subject, clock.instant());
  }

  // A signature is work of ten milliseconds where only the first compiler runs, and the same text
  // has the same one: tests ask for the same token many times in the second in which it is issued.
  String signature(String algorithm, String text) {
    if (signatures.size() >= MAX_SIGNATURES) {
      signatures.clear();
    }
    return signatures.computeIfAbsent(algorithm + " " + text, any -> signed(algorithm, text));
  }

  private String signed(String algorithm, String text) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static String fingerprint(RSAPublicKey key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 12));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String pem(String type, byte[] der) {
    String body = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  private static String base64Url(BigInteger number) {
    byte[] signed = number.toByteArray();
    byte[] magnitude = signed[0] == 0 ? Arrays.copyOfRange(signed, 1, signed.length) : signed;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(magnitude);
  }
}
