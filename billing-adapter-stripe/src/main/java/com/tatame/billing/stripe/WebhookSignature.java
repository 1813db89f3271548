package com.tatame.billing.stripe;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks the header {@code Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]…} over the raw bytes.
 * The library's own check accepts timestamps from the future and throws unchecked exceptions for
 * malformed headers.
 */
final class WebhookSignature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

  private final List<SecretKeySpec> secrets;
  private final Duration tolerance;
  private final InstantSource wallClock;

  WebhookSignature(List<String> secrets, Duration tolerance, InstantSource wallClock) {
    this.secrets = secrets.stream()
        .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
        .toList();
    this.tolerance = tolerance;
    this.wallClock = wallClock;
  }

  private record Header(String timestamp, List<byte[]> signatures) {}

  /**
   * Returns if one of our secrets signed these bytes, not too far from now in either direction.
   *
   * @throws InvalidSignature otherwise
   */
  void check(byte[] body, @Nullable String headerText) {
    Header header = parse(headerText);
    long age = wallClock.instant().getEpochSecond() - Long.parseLong(header.timestamp);
    if (Math.abs(age) > tolerance.toSeconds()) {
      throw new InvalidSignature(
          age > 0 ? Reason.TIMESTAMP_TOO_OLD : Reason.TIMESTAMP_IN_FUTURE,
          "The signature's timestamp is too far from the present time.");
    }
    boolean matches = false;
    for (SecretKeySpec secret : secrets) {
      byte[] expected = sign(secret, header.timestamp, body);
      for (byte[] signature : header.signatures) {
        matches |= MessageDigest.isEqual(expected, signature);
      }
    }
    if (!matches) {
      throw new InvalidSignature(
          Reason.NO_MATCHING_SECRET,
          secrets.isEmpty()
              ? "No webhook secret is configured. Set STRIPE_WEBHOOK_SECRET."
              : "No signature fits the body and one of the webhook secrets.");
    }
  }

  private static Header parse(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new InvalidSignature(Reason.MISSING_HEADER, "The header Stripe-Signature is missing.");
    }
    Optional<String> timestamp = Optional.empty();
    List<byte[]> signatures = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw malformed();
      }
      String name = part.substring(0, equals).strip();
      String value = part.substring(equals + 1).strip();
      if (name.equals("v1")) {
        signatures.add(value.getBytes(StandardCharsets.UTF_8));
      } else if (name.equals("t")) {
        if (timestamp.isPresent() || !SECONDS.matcher(value).matches()) {
          throw malformed();
        }
        timestamp = Optional.of(value);
      }
    }
    if (signatures.isEmpty()) {
      throw malformed();
    }
    return new Header(timestamp.orElseThrow(WebhookSignature::malformed), signatures);
  }

  private static InvalidSignature malformed() {
    return new InvalidSignature(
        Reason.MALFORMED_HEADER, "The header Stripe-Signature is malformed.");
  }

  private static byte[] sign(SecretKeySpec secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body)).getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
    }
  }
}
