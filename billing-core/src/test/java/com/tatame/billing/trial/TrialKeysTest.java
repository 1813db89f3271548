package com.tatame.billing.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.customer.TaxId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrialKeysTest {
  private static final String OLD = "the old key, of thirty-two characters or more";
  private static final String NEW = "the new key, of thirty-two characters or more";

  @Test
  void hashesAsHmacSha256OfKindAndValueDo() {
    // printf 'card\\0fp_1' | openssl dgst -sha256 -hmac '<key>'
    assertThat(TrialKeys.of(List.of(OLD)).written(TrialEvidence.ofCard("fp_1")).hash())
        .isEqualTo("f9a4c4e4958485a7f6bb648d0471fd9868b336a2699ed552d9be098a19e63a15");
  }

  @Test
  void writeWithTheFirstAndReadWithAll() {
    TrialEvidence card = TrialEvidence.ofCard("fp_1");
    TrialKeys rotated = TrialKeys.of(List.of(NEW, OLD));

    assertThat(rotated.written(card)).isEqualTo(TrialKeys.of(List.of(NEW)).written(card));
    assertThat(rotated.read(card))
        .containsExactly(
            TrialKeys.of(List.of(NEW)).written(card), TrialKeys.of(List.of(OLD)).written(card));
  }

  @Test
  void tellOneKindOfEvidenceFromAnother() {
    TrialKeys keys = TrialKeys.of(List.of(OLD));

    assertThat(keys.written(TrialEvidence.ofCard("user_1")).hash())
        .isNotEqualTo(keys.written(TrialEvidence.of(new AccountId("user_1"))).hash());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ada@example.com", " Ada@Example.COM ", "\uff41da@example.com", "ADA@EXAMPLE.COM\t"
      })
  void oneAddressHasOneSpelling(String address) {
    assertThat(TrialEvidence.ofEmail(address)).isEqualTo(TrialEvidence.ofEmail("ada@example.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada+1@example.com", "a.da@example.com", "ada@example.org"})
  void whatMayBeAnotherPersonsIsAnother(String address) {
    assertThat(TrialEvidence.ofEmail(address))
        .isNotEqualTo(TrialEvidence.ofEmail("ada@example.com"));
  }

  @Test
  void aBlankAddressIsNone() {
    assertThat(TrialEvidence.ofEmail(" \u3000")).isEmpty();
  }

  @Test
  void aTaxIdIsTheSameHoweverItIsGrouped() {
    assertThat(TrialEvidence.of(taxId("DE 123.456-789")))
        .isEqualTo(TrialEvidence.of(taxId("de123456789")));
  }

  @Test
  void nothingIsShown() {
    TrialKeys keys = TrialKeys.of(List.of(OLD));
    TrialEvidence email = TrialEvidence.ofEmail("ada@example.com").orElseThrow();

    assertThat(email).hasToString("email");
    assertThat(keys.written(email)).hasToString("email");
    assertThat(keys).hasToString("1 keys");
  }

  @Test
  void aShortKeyIsRefused() {
    assertThatThrownBy(() -> TrialKeys.of(List.of(OLD, "short")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must have at least 32 characters each");
  }

  private static TaxId taxId(String value) {
    return new TaxId(
        "txi_1",
        Optional.of("cus_1"),
        "eu_vat",
        value,
        Optional.of("DE"),
        Optional.empty(),
        Instant.EPOCH);
  }
}
