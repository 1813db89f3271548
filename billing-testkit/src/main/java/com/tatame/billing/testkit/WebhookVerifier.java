package com.tatame.billing.testkit;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Believes what {@link WebhookSigner} signs with one of its secrets, not too far from wall time. */
final class WebhookVerifier {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);
  private static final Pattern HEADER = Pattern.compile("t=(\\d{1,12})((?:,v1=[0-9a-f]{64})+)");

  private final List<String> secrets;
  private final InstantSource wallClock;

  WebhookVerifier(List<String> secrets, InstantSource wallClock) {
    this.secrets = List.copyOf(secrets);
    this.wallClock = wallClock;
  }

  void check(byte[] body, String header) {
    Matcher parts = HEADER.matcher(header);
    if (header.isBlank()) {
      throw new InvalidSignature(Reason.MISSING_HEADER, "The signature's header is missing.");
    }
    if (!parts.matches()) {
      throw new InvalidSignature(Reason.MALFORMED_HEADER, "The signature's header is malformed.");
    }
    Instant signedAt = Instant.ofEpochSecond(Long.parseLong(parts.group(1)));
    Duration age = Duration.between(signedAt, wallClock.instant());
    if (age.abs().compareTo(TOLERANCE) > 0) {
      throw new InvalidSignature(
          age.isNegative() ? Reason.TIMESTAMP_IN_FUTURE : Reason.TIMESTAMP_TOO_OLD,
          "The signature's time is too far from the present.");
    }
    for (String secret : secrets) {
      String expected = new WebhookSigner(secret).header(body, signedAt);
      String signature = expected.substring(expected.indexOf(',') + 1);
      for (String given : parts.group(2).substring(1).split(",", -1)) {
        if (MessageDigest.isEqual(bytes(signature), bytes(given))) {
          return;
        }
      }
    }
    throw new InvalidSignature(
        Reason.NO_MATCHING_SECRET, "No signature fits the body and one of the secrets.");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
