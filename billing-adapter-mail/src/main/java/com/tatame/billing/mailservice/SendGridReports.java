package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.DeliveryReportReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * SendGrid's Event Webhook with signatures: ECDSA over P-256 and SHA-256, of the timestamp and the body
 * as it came.
 */
final class SendGridReports implements DeliveryReportReader {
  static final String SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature";
  static final String TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp";
  private static final int P256_BITS = 256;
  /** How far the clocks may differ. */
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);

  private final PublicKey key;
  private final Duration tolerance;
  private final InstantSource clock;

  /**
   * One for a webhook.
   *
   * @param verificationKey as SendGrid shows it: Base64 of the public key
   * @throws IllegalArgumentException if it is no key of P-256; the message doesn't quote it
   */
  SendGridReports(String verificationKey, Duration tolerance, InstantSource clock) {
    this.key = key(verificationKey);
    this.tolerance = tolerance;
    this.clock = clock;
  }

  private static PublicKey key(String verificationKey) {
    try {
      PublicKey key = KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(verificationKey)));
      if (key instanceof ECPublicKey ec
          && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS) {
        return key;
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // The one message below says what to do.
    }
    throw new IllegalArgumentException(
        "the verification key is not a public key of P-256 in Base64:"
            + " copy it from SendGrid's page of the event webhook");
  }

  @Override
  public String service() {
    return "sendgrid";
  }

  @Override
  public List<DeliveryReport> read(Function<String, Optional<String>> header, byte[] body) {
    verify(header, body);
    JsonNode events = ReportFields.parse(body);
    if (!events.isArray()) {
      throw ValidationFailed.of("body", "must be an array of events");
    }
    List<DeliveryReport> reports = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      report(new ReportFields(events.get(i), "[" + i + "].")).ifPresent(reports::add);
    }
    return reports;
  }

  private void verify(Function<String, Optional<String>> header, byte[] body) {
    String signature = required(header, SIGNATURE);
    String timestamp = required(header, TIMESTAMP);
    if (!timestamp.matches("\\d{1,11}")) {
      throw new InvalidSignature(Reason.MALFORMED_HEADER, TIMESTAMP + " must be seconds");
    }
    if (!isSigned(signature, timestamp, body)) {
      throw new InvalidSignature(
          Reason.NO_MATCHING_SECRET, "the signature is not one of the configured key");
    }
    Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp));
    Instant now = clock.instant();
    if (at.isBefore(now.minus(tolerance))) {
      throw new InvalidSignature(
          Reason.TIMESTAMP_TOO_OLD, "signed more than " + tolerance + " ago");
    }
    if (at.isAfter(now.plus(MAX_SKEW))) {
      throw new InvalidSignature(
          Reason.TIMESTAMP_IN_FUTURE, "signed more than " + MAX_SKEW + " ahead");
    }
  }

  private static String required(Function<String, Optional<String>> header, String name) {
    return header
        .apply(name)
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() ->
            new InvalidSignature(Reason.MISSING_HEADER, "the header " + name + " is missing"));
  }

  private boolean isSigned(String signature, String timestamp, byte[] body) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initVerify(key);
      ecdsa.update(timestamp.getBytes(StandardCharsets.US_ASCII));
      ecdsa.update(body);
      return ecdsa.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Neither Base64 nor a signature: it is not the one that is asked for.
      return false;
    }
  }

  private static Optional<DeliveryReport> report(ReportFields event) {
    return kind(event).map(kind -> {
      String recipient = event.required("email");
      return new DeliveryReport(
          event.required("sg_event_id"),
          event.text(SendGridTransport.MAIL_ID),
          event.text("sg_message_id").map(SendGridReports::messageId),
          recipient,
          kind,
          event.detail("reason", recipient).or(() -> event.detail("response", recipient)),
          event.seconds("timestamp"));
    });
  }

  /** Empty for what says nothing about delivery, such as opens. */
  private static Optional<Kind> kind(ReportFields event) {
    return switch (event.required("event")) {
      case "delivered" -> Optional.of(Kind.DELIVERED);
      case "deferred" -> Optional.of(Kind.SOFT_BOUNCED);
      case "spamreport" -> Optional.of(Kind.COMPLAINED);
      // A block is about this mail or this moment, and not about the address.
      case "bounce" ->
        Optional.of(
            event.text("type").equals(Optional.of("blocked"))
                ? Kind.SOFT_BOUNCED
                : Kind.HARD_BOUNCED);
      case "dropped" -> Optional.of(dropped(event.text("reason").orElse("")));
      default -> Optional.empty();
    };
  }

  /** Not tried: mostly because of what came of an earlier mail, or one of another program. */
  private static Kind dropped(String reason) {
    return switch (reason) {
      case "Bounced Address", "Invalid" -> Kind.HARD_BOUNCED;
      case "Spam Reporting Address" -> Kind.COMPLAINED;
      default -> Kind.SOFT_BOUNCED;
    };
  }

  /** Events append the machine's name to what the answer said. */
  private static String messageId(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : id.substring(0, dot);
  }
}
