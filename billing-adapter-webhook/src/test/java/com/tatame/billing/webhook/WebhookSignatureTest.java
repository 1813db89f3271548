package com.tatame.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.outbox.EventSender.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookSignatureTest {
  private static final Instant AT = Instant.parse("2026-11-25T10:15:30.900Z");
  private static final String BODY = "{\"name\":\"Zoë\",\"amount\":2499}";
  private static final byte[] FIRST_KEY = bytes("first key of the endpoint, 32 by");
  private static final byte[] SECOND_KEY =
      bytes("second key of the endpoint, of more bytes than the first one");

  @Test
  void idTimestampAndBodyAreSignedAsComputedByHand() throws Exception {
    WebhookSignature signature = sign(List.of(secret(FIRST_KEY)), "in_1:paid");

    assertThat(signature.id()).isEqualTo("in_1:paid");
    assertThat(signature.timestamp()).isEqualTo("1795601730");
    assertThat(signature.signatures())
        .isEqualTo("v1," + byHand(FIRST_KEY, "in_1:paid.1795601730." + BODY));
  }

  @Test
  void eachSecretSignsInItsOrder() throws Exception {
    WebhookSignature signature = sign(List.of(secret(SECOND_KEY), secret(FIRST_KEY)), "evt_1");

    String signed = "evt_1.1795601730." + BODY;
    assertThat(signature.signatures())
        .isEqualTo("v1," + byHand(SECOND_KEY, signed) + " v1," + byHand(FIRST_KEY, signed));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      in_1:paid            | in_1:paid
      sub_1:canceled/2026  | sub_1:canceled/2026
      a.b                  | a%2Eb
      100%                 | 100%25
      a%2Eb                | a%252Eb
      'one two'            | one%20two
      'a\tb'               | a%09b
      Zoë                  | Zo%C3%AB
      a,b                  | a%2Cb
      """)
  void idIsSafeAsHeader(String id, String header) {
    assertThat(WebhookSignature.headerSafe(id.replace("\\t", "\t"))).isEqualTo(header);
  }

  @Test
  void idCannotBeginAnotherHeader() {
    assertThat(WebhookSignature.headerSafe("in_1\r\nx-admin: true"))
        .isEqualTo("in_1%0D%0Ax-admin:%20true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "whsec_", "whsec_not base64!", "sk_live_hush", "whsec_a"})
  void unusableSecretIsRefusedAndNotQuoted(String secret) {
    assertThatThrownBy(() -> sign(List.of(secret), "evt_1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the endpoint's secret is not whsec_ and Base64: replace it")
        .hasNoCause();
  }

  @Test
  void nothingIsSentUnsigned() {
    assertThatThrownBy(() -> sign(List.of(), "evt_1")).hasMessageContaining("no secret");
  }

  private static WebhookSignature sign(List<String> secrets, String id) {
    return WebhookSignature.of(
        new Request(URI.create("https://hooks.example.com"), secrets, id, BODY, AT), bytes(BODY));
  }

  private static String secret(byte[] key) {
    return "whsec_" + Base64.getEncoder().encodeToString(key);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // HMAC as RFC 2104 has it, for keys of at most one block.
  private static String byHand(byte[] key, String text) throws NoSuchAlgorithmException {
    byte[] inner = Arrays.copyOf(key, 64);
    byte[] outer = inner.clone();
    for (int i = 0; i < inner.length; i++) {
      inner[i] ^= 0x36;
      outer[i] ^= 0x5c;
    }
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(inner);
    byte[] within = sha256.digest(bytes(text));
    sha256.update(outer);
    return Base64.getEncoder().encodeToString(sha256.digest(within));
  }
}
