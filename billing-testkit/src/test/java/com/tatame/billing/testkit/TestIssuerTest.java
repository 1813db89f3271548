package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestIssuerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
  private final SettableClock clock = new SettableClock(NOW);
  private final TestIssuer issuer = TestIssuer.create("https://id.example.com", clock);

  @Test
  void aLoadedIssuerIsTheSameIssuer() {
    TestIssuer loaded = TestIssuer.load(issuer.issuer(), issuer.privateKeyPem(), clock);

    assertThat(loaded.jwks()).isEqualTo(issuer.jwks());
    assertThat(loaded.publicKeyPem()).isEqualTo(issuer.publicKeyPem());
    assertThat(loaded.keyId()).isEqualTo(issuer.keyId());
    assertThat(new SpecimenVerifier(trust(issuer), Set.of())
            .verify(loaded.sessionToken("user_1").sign())
            .subject())
        .isEqualTo("user_1");
  }

  @Test
  void twoIssuersHaveTwoKeys() {
    assertThat(TestIssuer.create(issuer.issuer(), clock).keyId()).isNotEqualTo(issuer.keyId());
  }

  @Test
  void aSavedKeyThatIsNoneIsRefusedWithoutQuotingIt() {
    assertThatThrownBy(() -> TestIssuer.load(issuer.issuer(), "c2VjcmV0", clock))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("c2VjcmV0");
    assertThatThrownBy(() -> TestIssuer.load(issuer.issuer(), issuer.publicKeyPem(), clock))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tokensAreIssuedAtTheTimeOfTheClock() {
    clock.set(NOW.plusSeconds(3600));

    String token = issuer.sessionToken("user_1").sign();

    assertThat(new SpecimenVerifier(trust(issuer), Set.of()).verify(token)).isNotNull();
  }

  private IdentityVerifierContract.Trust trust(TestIssuer trusted) {
    return new IdentityVerifierContract.Trust(trusted, Set.of(), Set.of(), "role", "admin", clock);
  }
}
