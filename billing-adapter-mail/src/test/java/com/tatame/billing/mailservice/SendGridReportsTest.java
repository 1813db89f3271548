package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.InvalidSignature.Reason;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.DeliveryReport.Kind;
import com.tatame.billing.mail.DeliveryReportReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SendGridReportsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
  private static final KeyPair KEYS = keys("EC", "secp256r1");
  private static final String EVENT = """
      {"email":"ada@example.com","timestamp":1772355000,"smtp-id":"<1@geopod>","event":"%s",
       "category":["receipt"],"sg_event_id":"evt-1","sg_message_id":"14c5d75ce93.filter0001.16648.5515E0B88-0",
       "billing_mail_id":"mail_1","type":"%s","reason":"%s","status":"5.0.0"}
      """;

  private final DeliveryReportReader reader =
      MailServices.sendGridReports(text(KEYS), Duration.ofMinutes(10), InstantSource.fixed(NOW));

  private static KeyPair keys(String algorithm, String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (!curve.isEmpty()) {
        generator.initialize(new ECGenParameterSpec(curve));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(KeyPair keys) {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private static Map<String, String> signed(KeyPair keys, Instant at, String body)
      throws GeneralSecurityException {
    String timestamp = String.valueOf(at.getEpochSecond());
    Signature ecdsa = Signature.getInstance("SHA256withECDSA");
    ecdsa.initSign(keys.getPrivate());
    ecdsa.update((timestamp + body).getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("x-twilio-email-event-webhook-timestamp", timestamp);
    headers.put(
        "x-twilio-email-event-webhook-signature", Base64.getEncoder().encodeToString(ecdsa.sign()));
    return headers;
  }

  private List<DeliveryReport> read(Map<String, String> headers, String body) {
    return reader.read(
        name -> Optional.ofNullable(headers.get(name)), body.getBytes(StandardCharsets.UTF_8));
  }

  private List<DeliveryReport> read(String body) throws GeneralSecurityException {
    return read(signed(KEYS, NOW, body), body);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      delivered  |         |                        | DELIVERED
      deferred   |         | 421 try again          | SOFT_BOUNCED
      bounce     | bounce  | 550 no such user       | HARD_BOUNCED
      bounce     |         | 550 no such user       | HARD_BOUNCED
      bounce     | blocked | 554 our policy         | SOFT_BOUNCED
      dropped    |         | Bounced Address        | HARD_BOUNCED
      dropped    |         | Invalid                | HARD_BOUNCED
      dropped    |         | Spam Reporting Address | COMPLAINED
      dropped    |         | Unsubscribed Address   | SOFT_BOUNCED
      dropped    |         | Spam Content           | SOFT_BOUNCED
      spamreport |         |                        | COMPLAINED
      """)
  void eventsBecomeReports(String event, String type, String reason, Kind kind) throws Exception {
    String none = "";
    List<DeliveryReport> reports = read("["
        + EVENT.formatted(event, type == null ? none : type, reason == null ? none : reason)
        + "]");

    assertThat(reports)
        .containsExactly(new DeliveryReport(
            "evt-1",
            Optional.of("mail_1"),
            Optional.of("14c5d75ce93"),
            "ada@example.com",
            kind,
            Optional.ofNullable(reason),
            Instant.ofEpochSecond(1_772_355_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "processed",
        "open",
        "click",
        "unsubscribe",
        "group_unsubscribe",
        "group_resubscribe",
        "one that is new"
      })
  void whatSaysNothingOfDeliveryIsLeftOut(String event) throws Exception {
    assertThat(read("[" + EVENT.formatted(event, "", "") + "]")).isEmpty();
  }

  @Test
  void eventsOfARequestKeepTheirOrder() throws Exception {
    assertThat(read("[" + EVENT.formatted("deferred", "", "") + ","
            + EVENT.formatted("open", "", "") + "," + EVENT.formatted("delivered", "", "") + "]"))
        .extracting(DeliveryReport::kind)
        .containsExactly(Kind.SOFT_BOUNCED, Kind.DELIVERED);
    assertThat(read("[]")).isEmpty();
  }

  @Test
  void detailContainsNoAddress() throws Exception {
    DeliveryReport report = read("["
            + EVENT.formatted(
                "bounce", "bounce", "550 <ADA@example.com> unknown, ask eve@example.net\\r\\nnow")
            + "]")
        .get(0);

    assertThat(report.detail()).contains("550 <…> unknown, ask … now");
    assertThat(report.toString()).doesNotContain("ada@");
  }

  @Test
  void alteredBodyIsRefused() throws Exception {
    String body = "[" + EVENT.formatted("delivered", "", "") + "]";
    Map<String, String> headers = signed(KEYS, NOW, body);

    assertThat(read(headers, body)).hasSize(1);
    assertRefused(headers, body.replace("delivered", "spamreport"), Reason.NO_MATCHING_SECRET);
    assertRefused(headers, body + " ", Reason.NO_MATCHING_SECRET);
  }

  @Test
  void alteredTimestampIsRefused() throws Exception {
    Map<String, String> headers = signed(KEYS, NOW.minus(Duration.ofHours(2)), "[]");
    headers.put("x-twilio-email-event-webhook-timestamp", String.valueOf(NOW.getEpochSecond()));

    assertRefused(headers, "[]", Reason.NO_MATCHING_SECRET);
  }

  @Test
  void foreignKeyIsRefused() throws Exception {
    assertRefused(signed(keys("EC", "secp256r1"), NOW, "[]"), "[]", Reason.NO_MATCHING_SECRET);
  }

  @Test
  void replayedRequestIsRefusedAfterTheTolerance() throws Exception {
    Instant oldest = NOW.minus(Duration.ofMinutes(10));

    assertThat(read(signed(KEYS, oldest, "[]"), "[]")).isEmpty();
    assertRefused(signed(KEYS, oldest.minusSeconds(1), "[]"), "[]", Reason.TIMESTAMP_TOO_OLD);
    assertRefused(
        signed(KEYS, NOW.plus(Duration.ofMinutes(6)), "[]"), "[]", Reason.TIMESTAMP_IN_FUTURE);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      x-twilio-email-event-webhook-signature |       | MISSING_HEADER
      x-twilio-email-event-webhook-timestamp |       | MISSING_HEADER
      x-twilio-email-event-webhook-timestamp | today | MALFORMED_HEADER
      x-twilio-email-event-webhook-timestamp | -1    | MALFORMED_HEADER
      x-twilio-email-event-webhook-signature | !     | NO_MATCHING_SECRET
      x-twilio-email-event-webhook-signature | AAAA  | NO_MATCHING_SECRET
      """)
  void headersAreNeeded(String header, String value, Reason reason) throws Exception {
    Map<String, String> headers = signed(KEYS, NOW, "[]");
    headers.put(header, value == null ? "" : value);

    assertRefused(headers, "[]", reason);
  }

  private void assertRefused(Map<String, String> headers, String body, Reason reason) {
    assertThatThrownBy(() -> read(headers, body))
        .isInstanceOfSatisfying(
            InvalidSignature.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {                                                         | body
      {"event":"delivered"}                                     | body
      [7]                                                       | [0].event
      [{"email":"ada@example.com"}]                             | [0].event
      [{"event":"open"},{"event":"delivered"}]                  | [1].email
      [{"event":"delivered","email":"a@b"}]                     | [0].sg_event_id
      [{"event":"delivered","email":"a@b","sg_event_id":"e"}]   | [0].timestamp
      [{"event":"delivered","email":"a@b","sg_event_id":"e","timestamp":"now"}] | [0].timestamp
      [{"event":"delivered","email":"a@b","sg_event_id":"e","timestamp":-1}]    | [0].timestamp
      [{"event":"delivered","email":"a@b","sg_event_id":"e","timestamp":9e99}]  | [0].timestamp
      """)
  void unreadableReportNamesItsField(String body, String field) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            failed -> assertThat(failed.errors().get(0).field()).isEqualTo(field));
  }

  @Test
  void keyMustBeOneOfP256() {
    for (String key :
        List.of("", "not base64!", "AAAA", text(keys("RSA", "")), text(keys("EC", "secp384r1")))) {
      assertThatThrownBy(() -> MailServices.sendGridReports(
              key, MailServices.REPORT_TOLERANCE, InstantSource.fixed(NOW)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("copy it from SendGrid's page");
    }
  }
}
