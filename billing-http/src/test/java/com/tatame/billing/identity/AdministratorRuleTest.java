package com.tatame.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.testkit.TestIssuer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AdministratorRuleTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T09:00:00Z"));
  private static final TestIssuer ISSUER = TestIssuer.create("https://clerk.example.com", CLOCK);

  @Test
  void aClaimMayStandInsideAnother() {
    ClerkVerifier verifier = verifier("metadata.billing.role");

    assertThat(isAdministrator(verifier, Map.of("billing", Map.of("role", "admin"))))
        .isTrue();
    assertThat(isAdministrator(verifier, Map.of("billing", Map.of("role", "member"))))
        .isFalse();
    assertThat(isAdministrator(verifier, Map.of("billing", "admin"))).isFalse();
  }

  @Test
  void aListThatHoldsTheValueIsNotTheValue() {
    assertThat(verifier("role")
            .verify(
                ISSUER.sessionToken("user_ada").claim("role", List.of("admin")).sign())
            .administrator())
        .isFalse();
  }

  @Test
  void claimsAboutAnOrganisationAreRefused() {
    for (String name : new String[] {"org_role", "o.rol", "org_permissions"}) {
      assertThatThrownBy(() -> new AdministratorRule.Claim(name, "admin"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("organisation");
    }
  }

  @Test
  void claimsThatUsersWriteThemselvesAreRefused() {
    for (String name : new String[] {
      "unsafe_metadata",
      "unsafe_metadata.role",
      "unsafeMetadata.billing.role",
      "user_metadata.role",
      "userMetadata.role",
      "app.user_metadata.role",
      "https://example.com/user_metadata.role",
      "https://example.com/unsafe_metadata/role",
      "urn:example:USER-METADATA",
      "email",
      "user.full_name"
    }) {
      assertThatThrownBy(() -> new AdministratorRule.Claim(name, "admin"))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("users write themselves");
    }
    for (String name : new String[] {
      "role",
      "metadata.role",
      "public_metadata.role",
      "app_metadata.role",
      "https://example.com/role"
    }) {
      assertThat(new AdministratorRule.Claim(name, "admin").name()).isEqualTo(name);
    }
  }

  private static boolean isAdministrator(ClerkVerifier verifier, Map<String, Object> metadata) {
    return verifier
        .verify(ISSUER.sessionToken("user_ada").claim("metadata", metadata).sign())
        .administrator();
  }

  private static ClerkVerifier verifier(String claim) {
    return ClerkVerifier.byKey(
        new ClerkConfig(
            ISSUER.issuer(),
            Set.of(),
            new AdministratorRule(
                Set.of(), Optional.of(new AdministratorRule.Claim(claim, "admin")))),
        ISSUER.publicKeyPem(),
        CLOCK);
  }
}
