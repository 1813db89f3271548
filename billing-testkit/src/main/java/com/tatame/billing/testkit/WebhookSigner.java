package com.tatame.billing.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhooks as Stripe does: the header {@code t=<unix seconds>,v1=<hex>}, where the hex is an
 * HMAC-SHA-256 of {@code t.body} with the whole secret, its {@code whsec_} included. While a secret
 * is rolled there is one {@code v1} for each.
 */
public final class WebhookSigner {
  private static final String ALGORITHM = "HmacSHA256";

  private final List<String> secrets;

  /**
   * Signs with each of these secrets.
   *
   * @throws IllegalArgumentException without any
   */
  public WebhookSigner(String... secrets) {
    if (secrets.length == 0) {
      throw new IllegalArgumentException("a signature needs a secret");
    }
    this.secrets = List.of(secrets);
  }

  /** The value of the {@code Stripe-Signature} header, for a body that is sent at this time. */
  public String header(byte[] body, Instant at) {
    StringBuilder header = new StringBuilder("t=").append(at.getEpochSecond());
    for (String secret : secrets) {
      header.append(",v1=").append(signature(secret, body, at.getEpochSecond()));
    }
    return header.toString();
  }

  /** As {@link #header(byte[], Instant)}, of a text in UTF-8. */
  public String header(String body, Instant at) {
    return header(body.getBytes(StandardCharsets.UTF_8), at);
  }

  private static String signature(String secret, byte[] body, long second) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((second + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
