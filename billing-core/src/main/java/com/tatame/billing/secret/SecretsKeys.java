package com.tatame.billing.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys under which secrets are sealed, by AES-256-GCM. The first one seals; all of them open, by the id
 * that a sealed secret names, so that a key can be replaced.
 */
public final class SecretsKeys {
  /** There is no key: what needs one refuses to start. */
  public static final SecretsKeys NONE = new SecretsKeys(Map.of());

  private static final Pattern KEY = Pattern.compile("([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/=_-]+)");
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final Map<String, SecretKeySpec> keys;

  private SecretsKeys(Map<String, SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * Reads keys, the one that seals first.
   *
   * @param keys each an id, a colon and 32 bytes in Base64
   * @throws IllegalArgumentException saying what is wrong, without the key
   */
  public static SecretsKeys of(List<String> keys) {
    Map<String, SecretKeySpec> byId = new LinkedHashMap<>();
    for (String text : keys) {
      Matcher parts = KEY.matcher(text.strip());
      if (!parts.matches()) {
        throw new IllegalArgumentException("each key is an id, a colon and 32 bytes in Base64");
      }
      if (byId.put(parts.group(1), key(parts.group(2))) != null) {
        throw new IllegalArgumentException("two keys have the id " + parts.group(1));
      }
    }
    return new SecretsKeys(byId);
  }

  private static SecretKeySpec key(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes, not " + bytes.length);
    }
    return new SecretKeySpec(bytes, "AES");
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /**
   * Seals a secret.
   *
   * @param owner whose it is: it opens under the same owner only
   * @param random of the nonce: a secure one
   * @throws IllegalStateException if there is no key
   */
  public String seal(String secret, String owner, RandomGenerator random) {
    Map.Entry<String, SecretKeySpec> key = keys.entrySet().stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no key to seal secrets with"));
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = run(
        Cipher.ENCRYPT_MODE, key.getValue(), nonce, owner, secret.getBytes(StandardCharsets.UTF_8));
    byte[] whole = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, whole, nonce.length, sealed.length);
    return key.getKey() + ":" + Base64.getEncoder().encodeToString(whole);
  }

  /**
   * Opens a sealed secret.
   *
   * @throws IllegalStateException if its key is not among these, or it was sealed for another owner
   */
  public String open(String sealed, String owner) {
    int colon = sealed.indexOf(':');
    SecretKeySpec key = colon < 0 ? null : keys.get(sealed.substring(0, colon));
    if (key == null) {
      throw new IllegalStateException("the key of a sealed secret is missing: "
          + (colon < 0 ? "it names none" : sealed.substring(0, colon)));
    }
    byte[] whole = Base64.getDecoder().decode(sealed.substring(colon + 1));
    byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
    byte[] content = Arrays.copyOfRange(whole, NONCE_BYTES, whole.length);
    return new String(run(Cipher.DECRYPT_MODE, key, nonce, owner, content), StandardCharsets.UTF_8);
  }

  /**
   * 32 bytes that only these keys can make of a text, and always the same ones.
   *
   * @throws IllegalStateException if there is no key
   */
  public byte[] derive(String text) {
    SecretKeySpec key = keys.values().stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no key to derive secrets from"));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** Whether a sealed secret should be sealed anew, since it is under another key than the first. */
  public boolean outdated(String sealed) {
    return !isEmpty() && !sealed.startsWith(new ArrayList<>(keys.keySet()).get(0) + ":");
  }

  private static byte[] run(
      int mode, SecretKeySpec key, byte[] nonce, String owner, byte[] content) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a secret can't be sealed or opened under its key", e);
    }
  }

  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
