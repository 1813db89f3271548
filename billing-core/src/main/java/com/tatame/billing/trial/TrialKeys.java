package com.tatame.billing.trial;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets under which evidence of trials is hashed, so that the database alone doesn't let a reader
 * tell whose it is. The first one writes; all of them read, so that one can be replaced.
 */
public final class TrialKeys {
  /** At least so many characters; 32 random bytes are 44 in Base64. */
  public static final int SHORTEST = 32;

  /** No ledger is kept: only what an account's own subscriptions tell counts. */
  public static final TrialKeys NONE = new TrialKeys(List.of());

  private static final String ALGORITHM = "HmacSHA256";

  private final List<SecretKeySpec> keys;

  private TrialKeys(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * Keys, the one that writes first.
   *
   * @throws IllegalArgumentException if one has fewer than {@link #SHORTEST} characters
   */
  public static TrialKeys of(List<String> secrets) {
    if (secrets.stream().anyMatch(secret -> secret.length() < SHORTEST)) {
      throw new IllegalArgumentException("must have at least " + SHORTEST + " characters each");
    }
    return new TrialKeys(secrets.stream()
        .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
        .toList());
  }

  boolean none() {
    return keys.isEmpty();
  }

  /** As it is written. */
  TrialStore.Mark written(TrialEvidence evidence) {
    return mark(keys.get(0), evidence);
  }

  /** As it may have been written. */
  List<TrialStore.Mark> read(TrialEvidence evidence) {
    return keys.stream().map(key -> mark(key, evidence)).toList();
  }

  private static TrialStore.Mark mark(SecretKeySpec key, TrialEvidence evidence) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      // The kind is hashed, too: what is one thing's hash is never another's.
      String text = evidence.kind().code() + "\0" + evidence.value();
      byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return new TrialStore.Mark(evidence.kind().code(), HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return keys.size() + " keys";
  }
}
