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
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostmarkReportsTest {
  private static final String BOUNCE = """
      {"RecordType":"Bounce","ID":4323372036854775807,"Type":"%s","TypeCode":1,"Name":"Bounce",
       "Tag":"receipt","MessageID":"883953f4-6105-42a2-a16a-77a8eac79483","ServerID":23,
       "MessageStream":"outbound","Description":"The server said <ada@example.com> is unknown",
       "Details":"smtp;550","Email":"ada@example.com","From":"billing@example.org",
       "BouncedAt":"2026-03-01T08:59:00.1234567-05:00","DumpAvailable":true,"Inactive":%s,
       "CanActivate":true,"Subject":"Hello","Metadata":{"billing-mail-id":"mail_1"}}
      """;

  private static final String DELIVERY = """
      {"RecordType":"Delivery","ServerID":23,"MessageStream":"outbound",
       "MessageID":"00000000-0000-0000-0000-000000000000","Recipient":"ada@example.com",
       "Tag":"receipt","DeliveredAt":"2026-03-01T08:59:00Z","Details":"250 ok",
       "Metadata":{"billing-mail-id":"mail_1"}}
      """;

  private static final String SUPPRESSION = """
      {"RecordType":"SubscriptionChange","MessageID":"883953f4","ServerID":123456,
       "MessageStream":"outbound","ChangedAt":"2026-03-01T08:59:00.416071Z",
       "Recipient":"ada@example.com","Origin":"Recipient","SuppressSending":%s,
       "SuppressionReason":%s,"Tag":"receipt","Metadata":{"billing-mail-id":"mail_1"}}
      """;

  private final DeliveryReportReader reader = MailServices.postmarkReports("billing", "hush:hush");

  private static Optional<String> basic(String credentials) {
    return Optional.of("Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
  }

  private List<DeliveryReport> read(Optional<String> authorization, String body) {
    return reader.read(
        name -> name.equalsIgnoreCase("authorization") ? authorization : Optional.empty(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private List<DeliveryReport> read(String body) {
    return read(basic("billing:hush:hush"), body);
  }

  @ParameterizedTest
  @CsvSource({
    "HardBounce, true, HARD_BOUNCED",
    "BadEmailAddress, true, HARD_BOUNCED",
    "ManuallyDeactivated, true, HARD_BOUNCED",
    "SpamComplaint, true, COMPLAINED",
    "Transient, false, SOFT_BOUNCED",
    "SoftBounce, false, SOFT_BOUNCED",
    "SoftBounce, true, HARD_BOUNCED",
    "DnsError, false, SOFT_BOUNCED",
    "Blocked, false, SOFT_BOUNCED",
    "SpamNotification, false, SOFT_BOUNCED",
    "DMARCPolicy, false, SOFT_BOUNCED",
    "SomethingNew, false, SOFT_BOUNCED"
  })
  void bouncesBecomeReports(String type, String inactive, Kind kind) {
    assertThat(read(BOUNCE.formatted(type, inactive)))
        .containsExactly(new DeliveryReport(
            "bounce:4323372036854775807",
            Optional.of("mail_1"),
            Optional.of("883953f4-6105-42a2-a16a-77a8eac79483"),
            "ada@example.com",
            kind,
            Optional.of("The server said <…> is unknown"),
            Instant.parse("2026-03-01T13:59:00.1234567Z")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AutoResponder",
        "AddressChange",
        "ChallengeVerification",
        "Subscribe",
        "Unsubscribe"
      })
  void answersOfReadersAreNoBounces(String type) {
    assertThat(read(BOUNCE.formatted(type, "false"))).isEmpty();
  }

  @Test
  void deliveryBecomesAReport() {
    assertThat(read(DELIVERY))
        .containsExactly(new DeliveryReport(
            "delivery:00000000-0000-0000-0000-000000000000",
            Optional.of("mail_1"),
            Optional.of("00000000-0000-0000-0000-000000000000"),
            "ada@example.com",
            Kind.DELIVERED,
            Optional.of("250 ok"),
            Instant.parse("2026-03-01T08:59:00Z")));
  }

  @Test
  void complaintBecomesAReport() {
    assertThat(read(BOUNCE
            .formatted("SpamComplaint", "true")
            .replace("\"RecordType\":\"Bounce\"", "\"RecordType\":\"SpamComplaint\"")))
        .extracting(DeliveryReport::kind)
        .containsExactly(Kind.COMPLAINED);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      true  | "HardBounce"        | HARD_BOUNCED
      true  | "SpamComplaint"     | COMPLAINED
      true  | "ManualSuppression" |
      true  | null                |
      false | null                |
      """)
  void suppressionsForFailuresBecomeReports(String suppressed, String reason, Kind kind) {
    assertThat(read(SUPPRESSION.formatted(suppressed, reason)).stream()
            .map(DeliveryReport::kind)
            .toList())
        .isEqualTo(kind == null ? List.of() : List.of(kind));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Open", "Click", "Inbound", "SomethingNew"})
  void whatSaysNothingOfDeliveryIsLeftOut(String type) {
    assertThat(read("{\"RecordType\":\"" + type + "\"}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"billing:hush", "billing:", ":hush:hush", "Billing:hush:hush", "billing:hush:hush "
      })
  void wrongCredentialsAreRefused(String credentials) {
    assertRefused(basic(credentials), Reason.NO_MATCHING_SECRET);
  }

  @Test
  void credentialsAreNeeded() {
    assertRefused(Optional.empty(), Reason.MISSING_HEADER);
    assertRefused(Optional.of("Bearer x"), Reason.MALFORMED_HEADER);
    assertRefused(Optional.of("Basic !"), Reason.MALFORMED_HEADER);
    assertThat(read(
            basic("billing:hush:hush").map(value -> value.replace("Basic", "basic")), DELIVERY))
        .hasSize(1);
  }

  private void assertRefused(Optional<String> authorization, Reason reason) {
    assertThatThrownBy(() -> read(authorization, "{"))
        .isInstanceOfSatisfying(InvalidSignature.class, refused -> {
          assertThat(refused.reason()).isEqualTo(reason);
          assertThat(refused.getMessage()).doesNotContain("hush");
        });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      {                                                                  | body
      []                                                                 | body
      {}                                                                 | RecordType
      {"RecordType":"Delivery"}                                          | Recipient
      {"RecordType":"Delivery","Recipient":"a@b"}                        | MessageID
      {"RecordType":"Delivery","Recipient":"a@b","MessageID":"m"}        | DeliveredAt
      {"RecordType":"Delivery","Recipient":"a@b","MessageID":"m","DeliveredAt":"now"} | DeliveredAt
      {"RecordType":"Bounce"}                                            | Type
      {"RecordType":"Bounce","Type":"HardBounce"}                        | Email
      {"RecordType":"Bounce","Type":"HardBounce","Email":"a@b"}          | ID
      {"RecordType":"Bounce","Type":"HardBounce","Email":"a@b","ID":1}   | BouncedAt
      """)
  void unreadableReportNamesItsField(String body, String field) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            failed -> assertThat(failed.errors().get(0).field()).isEqualTo(field));
  }

  @Test
  void credentialsMustBeConfigured() {
    assertThatThrownBy(() -> MailServices.postmarkReports("", "hush"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MailServices.postmarkReports("billing", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MailServices.postmarkReports("bil:ling", "hush"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
