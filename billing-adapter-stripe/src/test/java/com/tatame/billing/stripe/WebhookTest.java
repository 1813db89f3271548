package com.tatame.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.inbox.EventSource;
import com.tatame.billing.inbox.ReceivedEvent;
import com.tatame.billing.observation.ObjectKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final long T = NOW.getEpochSecond();
  private static final String OLD = "whsec_old";
  private static final String NEW = "whsec_new";
  private static final String EVENT =
      Dialect.DAHLIA.event("invoice.paid", Dialect.DAHLIA.object(ObjectKind.INVOICE));

  private final EventSource events = events(OLD, NEW);

  @Test
  void theEnvelopeIsReadAndThePayloadKept() {
    ReceivedEvent event = events.verify(bytes(EVENT), header(T, NEW, EVENT));

    assertThat(event)
        .isEqualTo(new ReceivedEvent(
            "evt_1",
            "invoice.paid",
            Instant.ofEpochSecond(1_767_225_601),
            false,
            Optional.empty(),
            Optional.of("2026-07-29.dahlia"),
            Optional.of("cus_1"),
            EVENT));
  }

  @Test
  void whatIsTakenInIsNoDeeperThanWhatIsReadLater() {
    String deep = nested(254);
    String deeper = nested(255);

    ReceivedEvent event = events.verify(bytes(deep), header(T, NEW, deep));

    assertThat(events.translate(event.payload())).isInstanceOf(EventSource.Observed.class);
    assertThatThrownBy(() -> events.verify(bytes(deeper), header(T, NEW, deeper)))
        .isInstanceOf(InvalidSignature.class);
  }

  private static String named(String name) {
    return EVENT.replaceFirst("\\{", "{\"name\": \"" + name + "\",");
  }

  /** The event with a field of that many arrays in one another. */
  private static String nested(int arrays) {
    return EVENT.replaceFirst("\\{", "{\"deep\": " + "[".repeat(arrays) + "]".repeat(arrays) + ",");
  }

  @Test
  void aSignatureThatAnotherProgramMadeIsAccepted() {
    // printf '1767225610.{}' | openssl dgst -sha256 -hmac whsec_old
    String header =
        "t=1767225610,v1=33c950efaf0a5ddfe8ef03512b91e31667e506eb78e19026a5d93fe891a9ad82";

    assertThatCode(() -> Signing.check(NOW, OLD).check(bytes("{}"), header))
        .doesNotThrowAnyException();
  }

  @Test
  void anySignatureByAnyOfOurSecretsIsEnough() {
    String byOld = Signing.hmac(OLD, T + "." + EVENT);
    String byOther = Signing.hmac("whsec_other", T + "." + EVENT);

    assertAccepted(events, "t=" + T + ",v1=" + byOld);
    assertAccepted(events, "t=" + T + ",v1=" + byOther + ",v1=" + byOld + ",v0=abc");
    assertAccepted(events, "v1=" + byOld + " , t=" + T);
    assertRefused(events, "t=" + T + ",v1=" + byOther);
    assertRefused(events(NEW), "t=" + T + ",v1=" + byOld);
    assertRefused(events(), "t=" + T + ",v1=" + byOld);
  }

  @Test
  void aSignatureCoversTimestampAndEveryByte() {
    String signature = Signing.hmac(NEW, T + "." + EVENT);

    assertRefused(events, "t=" + (T + 1) + ",v1=" + signature);
    assertRefused(events, "t=0" + T + ",v1=" + signature);
    assertRefused(events, "t=" + T + ",v0=" + signature);
    assertRefused(events, "t=" + T + ",v1=" + signature.toUpperCase(Locale.ROOT));
    assertThatThrownBy(() -> events.verify(bytes(EVENT + " "), "t=" + T + ",v1=" + signature))
        .isInstanceOf(InvalidSignature.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, -299, 0, 299, 300})
  void timestampsWithinToleranceAreAccepted(long offset) {
    assertAccepted(events, header(T + offset, NEW, EVENT));
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -301, 301, 86_400})
  void timestampsTooOldOrTooFarAheadAreRefused(long offset) {
    assertRefused(events, header(T + offset, NEW, EVENT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "t",
        "v1",
        "t=,v1=",
        "t=abc,v1=aa",
        "t=-1,v1=aa",
        "t=1",
        "v1=aa",
        "t=1,v1",
        "t=1,,v1=aa",
        "t=99999999999999999999,v1=aa",
        "t=1.5,v1=aa",
        "=,=",
        ",",
        "t=\u0661,v1=aa"
      })
  void malformedHeadersAreRefused(String header) {
    assertRefused(events, header);
  }

  @Test
  void aSecondTimestampIsRefused() {
    assertRefused(events, header(T, NEW, EVENT) + ",t=" + T);
  }

  @Test
  void aMissingHeaderIsRefused() {
    assertThatThrownBy(
            () -> new StripeEvents(Signing.check(NOW, OLD), false).verify(bytes(EVENT), null))
        .isInstanceOf(InvalidSignature.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{}",
        "{} {}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\"}",
        "{\"id\":\"evt_1\",\"created\":1}",
        "{\"type\":\"a.b\",\"created\":1}",
        "{\"id\":1,\"type\":\"a.b\",\"created\":1}",
        "{\"id\":\"\",\"type\":\"a.b\",\"created\":1}",
        "{\"id\":\"a\\u0000b\",\"type\":\"a.b\",\"created\":1}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1.5}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":-1}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":99999999999999}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":null}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1,\"livemode\":\"yes\"}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1,\"account\":{}}",
        "{id:\"evt_1\",\"type\":\"a.b\",\"created\":1}",
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1}\u0000"
      })
  void bodiesThatAreNoEventAreRefused(String body) {
    assertThatThrownBy(() -> events.verify(bytes(body), header(T, NEW, body)))
        .isInstanceOf(InvalidSignature.class);
  }

  @Test
  void aBodyThatIsNotUtf8IsRefused() {
    byte[] body = named("Ad\u00e4").getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> events.verify(body, "t=" + T + ",v1=" + Signing.hmac(NEW, T, body)))
        .isInstanceOf(InvalidSignature.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void whatStandsForMalformedBytesMayBeSentItself() {
    String body = named("Ad\uFFFD \u00e4 \uD83D\uDE00");

    assertThat(events.verify(bytes(body), header(T, NEW, body)).payload()).isEqualTo(body);
  }

  @Test
  void aThinEventIsAccepted() {
    String thin = """
        {"id":"evt_65","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",\
        "created":"2026-01-01T00:00:00.123Z","livemode":true,"context":null,\
        "related_object":{"id":"mtr_1"}}""";

    ReceivedEvent event = events.verify(bytes(thin), header(T, NEW, thin));
    assertThat(event.createdAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
    assertThat(event.live()).isTrue();
    assertThat(event.apiVersion()).isEmpty();
    assertThat(event.lane()).isEmpty();
  }

  @Test
  void theLaneIsTheCustomerElseTheObject() {
    assertThat(lane("{\"id\":\"in_1\",\"customer\":\"cus_1\"}")).contains("cus_1");
    assertThat(lane("{\"customer\":{\"name\":{},\"id\":\"cus_2\"},\"id\":\"in_1\"}"))
        .contains("cus_2");
    assertThat(lane("{\"id\":\"prod_1\",\"customer\":null}")).contains("prod_1");
    assertThat(lane("{\"id\":[7],\"customer\":7}")).isEmpty();
    assertThat(lane("[]")).isEmpty();
  }

  @Test
  void connectedAccountAndVersionAreRead() {
    String body =
        "{\"account\":\"acct_1\",\"api_version\":null,\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1}";

    ReceivedEvent event = events.verify(bytes(body), header(T, NEW, body));
    assertThat(event.providerAccount()).contains("acct_1");
    assertThat(event.apiVersion()).isEmpty();
  }

  private Optional<String> lane(String object) {
    String body =
        "{\"id\":\"evt_1\",\"type\":\"a.b\",\"created\":1,\"data\":{\"previous_attributes\":"
            + "{\"id\":\"no\"},\"object\":" + object + "}}";
    return events.verify(bytes(body), header(T, NEW, body)).lane();
  }

  private static void assertAccepted(EventSource events, String header) {
    assertThatCode(() -> events.verify(bytes(EVENT), header)).doesNotThrowAnyException();
  }

  private static void assertRefused(EventSource events, String header) {
    assertThatThrownBy(() -> events.verify(bytes(EVENT), header))
        .isInstanceOf(InvalidSignature.class)
        .hasMessageNotContainingAny("whsec", "cus_1");
  }

  private static String header(long t, String secret, String body) {
    return "t=" + t + ",v1=" + Signing.hmac(secret, t + "." + body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static EventSource events(String... secrets) {
    return new StripeEvents(Signing.check(NOW, secrets), false);
  }
}
