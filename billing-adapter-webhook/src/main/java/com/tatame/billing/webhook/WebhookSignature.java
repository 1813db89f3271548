package com.tatame.billing.webhook;

import com.tatame.billing.outbox.EventSender.Request;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The three headers of the Standard Webhooks specification, with symmetric signatures.
 *
 * @param id safe as a header, and what is signed
 * @param timestamp seconds since the epoch
 * @param signatures one for each secret, separated by spaces
 */
record WebhookSignature(String id, String timestamp, String signatures) {
  private static final String PREFIX = "whsec_";
  private static final String VERSION = "v1,";
  private static final String ALGORITHM = "HmacSHA256";
  /** The specification separates what it signs by full stops, so that an id must have none. */
  private static final String SAFE_IN_AN_ID = "_-:~/+=@";

  /**
   * Signs a request.
   *
   * @throws IllegalArgumentException without secrets, or for one that isn't {@code whsec_} and Base64
   */
  static WebhookSignature of(Request request, byte[] body) {
    if (request.secrets().isEmpty()) {
      throw new IllegalArgumentException("the endpoint has no secret");
    }
    String id = headerSafe(request.id());
    String timestamp = Long.toString(request.at().getEpochSecond());
    byte[] signedBefore = (id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    List<String> signatures = request.secrets().stream()
        .map(secret ->
            VERSION + Base64.getEncoder().encodeToString(hmac(key(secret), signedBefore, body)))
        .toList();
    return new WebhookSignature(
        id, timestamp, signatures.stream().collect(Collectors.joining(" ")));
  }

  /**
   * The id with all but letters, digits and a few marks percent-encoded. A client or a proxy would
   * replace what a header can't hold, and then the signature would not match. Different ids stay
   * different.
   */
  static String headerSafe(String id) {
    StringBuilder safe = new StringBuilder();
    for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      if (isLetterOrDigit(character) || SAFE_IN_AN_ID.indexOf(character) >= 0) {
        safe.append(character);
      } else {
        safe.append(String.format("%%%02X", each & 0xff));
      }
    }
    return safe.toString();
  }

  private static boolean isLetterOrDigit(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9');
  }

  private static byte[] key(String secret) {
    try {
      byte[] key = Base64.getDecoder()
          .decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : "?");
      if (key.length > 0) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Its message quotes the secret.
    }
    throw new IllegalArgumentException(
        "the endpoint's secret is not whsec_ and Base64: replace it");
  }

  private static byte[] hmac(byte[] key, byte[] before, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(before);
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
