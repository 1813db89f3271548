package com.tatame.billing.mailservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.DeliveryReportReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Postmark's webhooks. They are not signed: credentials in basic authentication are the proof. */
final class PostmarkReports implements DeliveryReportReader {
  private static final String BASIC = "basic ";

  /** The address doesn't exist, or an operator at Postmark gave it up. */
  private static final Set<String> HARD =
      Set.of("HardBounce", "BadEmailAddress", "ManuallyDeactivated");

  private static final Set<String> COMPLAINTS = Set.of("SpamComplaint");

  /** Answers of the reader, or of the reader's mail program, to a mail that was delivered. */
  private static final Set<String> NOT_BOUNCES =
      Set.of("AutoResponder", "AddressChange", "ChallengeVerification", "Subscribe", "Unsubscribe");

  private final byte[] expected;

  PostmarkReports(String user, String password) {
    if (user.isEmpty() || user.indexOf(':') >= 0 || password.isEmpty()) {
      throw new IllegalArgumentException(
          "the credentials of Postmark's webhooks must be a user without a colon and a password");
    }
    this.expected = digest((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  // Digests have one length, so that a comparison takes as long whatever was sent.
  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String service() {
    return "postmark";
  }

  @Override
  public List<DeliveryReport> read(Function<String, Optional<String>> header, byte[] body) {
    verify(header);
    JsonNode json = ReportFields.parse(body);
    if (!json.isObject()) {
      throw ValidationFailed.of("body", "must be an object");
    }
    ReportFields report = new ReportFields(json, "");
    return switch (report.required("RecordType")) {
      case "Delivery" -> List.of(delivery(report));
      case "Bounce" -> bounce(report).map(List::of).orElse(List.of());
      case "SpamComplaint" -> List.of(bounced(report, Kind.COMPLAINED));
      case "SubscriptionChange" -> suppression(report).map(List::of).orElse(List.of());
      default -> List.of();
    };
  }

  private void verify(Function<String, Optional<String>> header) {
    String authorization = header
        .apply("Authorization")
        .map(String::strip)
        .orElseThrow(() ->
            new InvalidSignature(Reason.MISSING_HEADER, "the header Authorization is missing"));
    if (!authorization.toLowerCase(Locale.ROOT).startsWith(BASIC)) {
      throw new InvalidSignature(Reason.MALFORMED_HEADER, "Authorization must be Basic");
    }
    byte[] given;
    try {
      given = Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
    } catch (IllegalArgumentException e) {
      throw new InvalidSignature(Reason.MALFORMED_HEADER, "Authorization must be Base64");
    }
    if (!MessageDigest.isEqual(expected, digest(given))) {
      throw new InvalidSignature(
          Reason.NO_MATCHING_SECRET, "the credentials are not the configured ones");
    }
  }

  private static DeliveryReport delivery(ReportFields report) {
    String recipient = report.required("Recipient");
    String message = report.required("MessageID");
    return new DeliveryReport(
        "delivery:" + message,
        mailId(report),
        Optional.of(message),
        recipient,
        Kind.DELIVERED,
        report.detail("Details", recipient),
        report.time("DeliveredAt"));
  }

  private static Optional<DeliveryReport> bounce(ReportFields report) {
    String type = report.required("Type");
    if (COMPLAINTS.contains(type)) {
      return Optional.of(bounced(report, Kind.COMPLAINED));
    }
    // Postmark sends no more to an inactive address, whatever the bounce is called.
    if (HARD.contains(type) || report.isTrue("Inactive")) {
      return Optional.of(bounced(report, Kind.HARD_BOUNCED));
    }
    return NOT_BOUNCES.contains(type)
        ? Optional.empty()
        : Optional.of(bounced(report, Kind.SOFT_BOUNCED));
  }

  private static DeliveryReport bounced(ReportFields report, Kind kind) {
    String recipient = report.required("Email");
    return new DeliveryReport(
        "bounce:" + report.requiredId("ID"),
        mailId(report),
        report.text("MessageID"),
        recipient,
        kind,
        report.detail("Description", recipient).or(() -> report.detail("Type", recipient)),
        report.time("BouncedAt"));
  }

  /** Only of addresses that bounced or complained: what readers unsubscribed from is no failure. */
  private static Optional<DeliveryReport> suppression(ReportFields report) {
    Optional<Kind> kind = report.isTrue("SuppressSending")
        ? report.text("SuppressionReason").flatMap(PostmarkReports::suppressionKind)
        : Optional.empty();
    return kind.map(what -> {
      String recipient = report.required("Recipient");
      return new DeliveryReport(
          "suppression:" + report.text("MessageID").orElse("") + ":" + report.required("ChangedAt"),
          mailId(report),
          report.text("MessageID"),
          recipient,
          what,
          report.detail("SuppressionReason", recipient),
          report.time("ChangedAt"));
    });
  }

  private static Optional<Kind> suppressionKind(String reason) {
    return switch (reason) {
      case "HardBounce" -> Optional.of(Kind.HARD_BOUNCED);
      case "SpamComplaint" -> Optional.of(Kind.COMPLAINED);
      default -> Optional.empty();
    };
  }

  private static Optional<String> mailId(ReportFields report) {
    return report.text("Metadata", PostmarkTransport.MAIL_ID);
  }
}
