package com.tatame.billing.stripe;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Stripe does. */
final class Signing {
  private Signing() {}

  static WebhookSignature check(Instant now, String... secrets) {
    return new WebhookSignature(List.of(secrets), Duration.ofMinutes(5), InstantSource.fixed(now));
  }

  static String hmac(String secret, String signed) {
    return hmac(secret, signed.getBytes(StandardCharsets.UTF_8));
  }

  static String hmac(String secret, long t, byte[] body) {
    byte[] prefix = (t + ".").getBytes(StandardCharsets.UTF_8);
    byte[] signed = new byte[prefix.length + body.length];
    System.arraycopy(prefix, 0, signed, 0, prefix.length);
    System.arraycopy(body, 0, signed, prefix.length, body.length);
    return hmac(secret, signed);
  }

  private static String hmac(String secret, byte[] signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
