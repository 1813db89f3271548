package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Which session tokens prove a principal, and which one. Bound once for each way in which a verifier can
 * get the issuer's key.
 */
public interface IdentityVerifierContract {
  /** Wall time of every test, until it moves the clock. */
  Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

  /** How far the clocks of issuer and verifier may differ. */
  Duration SKEW = Duration.ofSeconds(5);

  /** The origin that test tokens name, unless they are told otherwise. */
  String OUR_ORIGIN = "http://localhost:3000";

  /** The one issuer that verifiers under test trust; making a key takes a while. */
  TestIssuer ISSUER = TestIssuer.create("https://clerk.example.com", InstantSource.fixed(NOW));

  /** An issuer that is not trusted. */
  TestIssuer FOREIGN = TestIssuer.create("https://clerk.example.net", InstantSource.fixed(NOW));

  /**
   * What a verifier is to trust.
   *
   * @param issuer the URL and the key, by {@link TestIssuer#jwks} or {@link TestIssuer#publicKeyPem}
   * @param authorizedParties origins that may ask for tokens; empty to take tokens of any
   * @param administrators subjects that are administrators
   * @param administratorClaim a token whose claim of this name is {@code administratorValue} is an
   *     administrator's
   * @param clock wall time
   */
  record Trust(
      TestIssuer issuer,
      Set<String> authorizedParties,
      Set<String> administrators,
      String administratorClaim,
      String administratorValue,
      InstantSource clock) {}

  /** A new verifier. */
  IdentityVerifier verifier(Trust trust);

  @Test
  default void aUserWithoutOrganizationIsItsOwnAccount() {
    Principal principal = verify(token().sign());

    assertThat(principal.account().value()).isEqualTo("user_ada");
    assertThat(principal.subject()).isEqualTo("user_ada");
    assertThat(principal.issuer()).isEqualTo(ISSUER.issuer());
    assertThat(principal.administrator()).isFalse();
  }

  @Test
  default void theActiveOrganizationIsTheAccount() {
    Principal principal = verify(token().inOrganization("org_acme", "member").sign());

    assertThat(principal.account().value()).isEqualTo("org_acme");
    assertThat(principal.subject()).isEqualTo("user_ada");
  }

  @Test
  default void tokensOfTheFirstLayoutAreUnderstood() {
    assertThat(verify(token().inFirstLayout().sign()).account().value()).isEqualTo("user_ada");
    assertThat(verify(token().inFirstLayout("org_acme", "org:member").sign())
            .account()
            .value())
        .isEqualTo("org_acme");
  }

  @Test
  default void roleInTheActiveOrganizationIsReadFromEitherLayout() {
    assertThat(verify(token().inOrganization("org_acme", "admin").sign()).organizationRole())
        .contains("admin");
    assertThat(verify(token().inFirstLayout("org_acme", "org:billing").sign()).organizationRole())
        .contains("billing");
    assertThat(verify(token().claim("org_role", "org:admin").sign()).organizationRole())
        .as("a personal account")
        .isEmpty();
    assertThat(verify(token()
                .inOrganization("org_acme", "member")
                .claim("org_role", "org:admin")
                .sign())
            .organizationRole())
        .as("a role smuggled in by the other layout")
        .contains("member");
    assertThat(verify(token().claim("o", Map.of("id", "org_acme")).sign()).organizationRole())
        .as("an organisation without a role")
        .contains("");
  }

  @Test
  default void eachLayoutHasItsOwnPlaceForTheOrganization() {
    String second = token().claim("org_id", "org_smuggled").sign();
    String first =
        token().inFirstLayout().claim("o", Map.of("id", "org_smuggled")).sign();

    assertThat(verify(second).account().value()).isEqualTo("user_ada");
    assertThat(verify(first).account().value()).isEqualTo("user_ada");
  }

  @Test
  default void aConfiguredSubjectIsAnAdministrator() {
    Principal root = verify(ISSUER.sessionToken("user_root").sign());

    assertThat(root.administrator()).isTrue();
    assertThat(root.account().value()).isEqualTo("user_root");
  }

  @Test
  default void theConfiguredClaimMakesAnAdministrator() {
    assertThat(verify(token().claim("role", "admin").sign()).administrator()).isTrue();
    assertThat(verify(token().claim("role", "Admin").sign()).administrator()).isFalse();
    assertThat(verify(token().claim("role", "member").sign()).administrator()).isFalse();
    assertThat(verify(token().claim("rank", "admin").sign()).administrator()).isFalse();
  }

  @Test
  default void aRoleInsideAnOrganizationNeverMakesAnAdministrator() {
    for (String role : List.of("admin", "org:admin", "owner")) {
      assertThat(verify(token().inOrganization("org_acme", role).sign()).administrator())
          .isFalse();
      assertThat(verify(token().inFirstLayout("org_acme", role).sign()).administrator())
          .isFalse();
    }
    assertThat(verify(token().inOrganization("user_root", "admin").sign()).administrator())
        .as("an organisation named like an administrator")
        .isFalse();
  }

  @Test
  default void anExpiredTokenIsRefused() {
    assertThat(verify(token().expiresAt(NOW.minus(SKEW).plusSeconds(1)).sign())).isNotNull();
    refuses(token().expiresAt(NOW.minus(SKEW)).sign());
    refuses(token().expiresAt(Instant.EPOCH).sign());
  }

  @Test
  default void aTokenThatWasVerifiedBeforeStillExpires() {
    SettableClock clock = new SettableClock(NOW);
    IdentityVerifier verifier = verifier(trust(Set.of(OUR_ORIGIN), clock));
    String token = token().sign();
    assertThat(verifier.verify(token).subject()).isEqualTo("user_ada");
    assertThat(verifier.verify(token).subject()).isEqualTo("user_ada");

    clock.advance(Duration.ofSeconds(60).plus(SKEW));

    refuses(verifier, token);
  }

  @Test
  default void onlyWhatWasVerifiedIsRememberedAndOnlyWhileItIsGood() {
    SettableClock clock = new SettableClock(NOW);
    IdentityVerifier verifier = verifier(trust(Set.of(OUR_ORIGIN), clock));
    String token = token().expiresAt(NOW.plusSeconds(60)).sign();
    assertThat(verifier.cached(token)).isEmpty();

    Principal principal = verifier.verify(token);
    assertThat(verifier.cached(token)).isIn(Optional.empty(), Optional.of(principal));
    assertThat(verifier.cached(token + "x")).isEmpty();
    String foreign = FOREIGN.sessionToken("user_ada").sign();
    refuses(verifier, foreign);
    assertThat(verifier.cached(foreign)).isEmpty();

    clock.advance(Duration.ofSeconds(60).plus(SKEW));
    assertThat(verifier.cached(token)).isEmpty();
  }

  @Test
  default void aTokenBeforeItsTimeIsRefused() {
    assertThat(verify(token().notBefore(NOW.plus(SKEW)).sign())).isNotNull();
    refuses(token().notBefore(NOW.plus(SKEW).plusSeconds(1)).sign());
    assertThat(verify(token().without("nbf").sign())).isNotNull();
  }

  @Test
  default void aTokenFromTheFutureIsRefused() {
    assertThat(verify(token().issuedAt(NOW.plus(SKEW)).sign())).isNotNull();
    refuses(token().issuedAt(NOW.plus(SKEW).plusSeconds(1)).sign());
  }

  @Test
  default void timesThatAreNoNumbersAreRefused() {
    refuses(token().without("exp").sign());
    refuses(token().claim("exp", "never").sign());
    refuses(token().claim("nbf", "always").sign());
    refuses(token().claim("iat", List.of()).sign());
  }

  @Test
  default void aTokenOfAnotherIssuerIsRefused() {
    refuses(FOREIGN.sessionToken("user_ada").sign());
    refuses(FOREIGN.sessionToken("user_ada").claim("iss", ISSUER.issuer()).sign());
    refuses(token().claim("iss", FOREIGN.issuer()).sign());
    refuses(token().claim("iss", ISSUER.issuer() + "/").sign());
    refuses(token().without("iss").sign());
  }

  @Test
  default void aForeignKeyUnderOurKeyIdIsRefused() {
    refuses(token().signedBy(FOREIGN));
  }

  @Test
  default void anAlgorithmOfTheTokensOwnChoiceIsRefused() {
    refuses(token().unsigned());
    refuses(token().signedWithPublicKeyAsSecret());
    refuses(token().signedWithRs512());
    refuses(token().header("alg", "none").sign());
  }

  @Test
  default void aTokenThatWasTamperedWithIsRefused() {
    String[] ada = token().sign().split("\\.", -1);
    String[] root = ISSUER.sessionToken("user_root").sign().split("\\.", -1);

    refuses(ada[0] + "." + root[1] + "." + ada[2]);
    refuses(ada[0] + "." + ada[1] + ".");
    refuses(ada[0] + "." + ada[1]);
    refuses(String.join(".", ada) + "." + ada[2]);
    refuses(ada[0] + "." + ada[1] + "." + ada[2].substring(0, ada[2].length() - 4));
  }

  @Test
  default void whatIsNoTokenIsRefused() {
    for (String garbage : List.of(
        "", " ", ".", "..", "a.b.c", "null", "{}", "e30.e30.e30", "é.é.é", "x".repeat(100_000))) {
      assertThatThrownBy(() -> verifier(trust()).verify(garbage))
          .isInstanceOf(Unauthenticated.class);
    }
  }

  @Test
  default void aTokenWithoutSessionIsRefused() {
    refuses(token().without("sid").sign());
    refuses(token().fromTemplate().sign());
    refuses(token().fromTemplate().claim("sid", "sess_1").sign());
  }

  @Test
  default void tokensOfAnotherClassAreRefused() {
    refuses(ISSUER.sessionToken("mch_worker").sign());
    refuses(token().header("typ", "at+jwt").sign());
    refuses(token().header("typ", "application/at+jwt").sign());
    refuses(token().header("cat", "cl_unheard_of").sign());
  }

  @Test
  default void aTokenThatAnUnknownOriginAskedForIsRefused() {
    refuses(token().askedForBy("https://evil.example.com").sign());
    refuses(token().askedForBy(OUR_ORIGIN + ".evil.example.com").sign());
    refuses(token().without("azp").sign());
  }

  @Test
  default void withoutConfiguredOriginsAnyMayAsk() {
    IdentityVerifier open = verifier(trust(Set.of(), InstantSource.fixed(NOW)));

    assertThat(open.verify(token().askedForBy("https://shop.example.com").sign()))
        .isNotNull();
    assertThat(open.verify(token().without("azp").sign())).isNotNull();
  }

  @Test
  default void aSessionThatIsStillPendingIsRefused() {
    refuses(token().claim("sts", "pending").sign());
  }

  @Test
  default void impersonatedUserIsRefused() {
    refuses(token().impersonatedBy("user_support").sign());
  }

  @Test
  default void anUnknownVersionOfClaimsIsRefused() {
    refuses(token().claim("v", 3).sign());
    refuses(token().claim("v", "2").sign());
    refuses(token().claim("v", 1.5).sign());
  }

  @Test
  default void aTokenThatNamesNobodyIsRefused() {
    refuses(token().without("sub").sign());
    refuses(token().claim("sub", 7).sign());
    refuses(token().claim("sub", "").sign());
    refuses(token().claim("sub", "u".repeat(300)).sign());
  }

  @Test
  default void aVerifierThatHasItsKeyIsReady() {
    IdentityVerifier verifier = verifier(trust());
    verifier.verify(token().sign());

    assertThat(verifier.ready()).isTrue();
  }

  private static SessionToken token() {
    return ISSUER.sessionToken("user_ada");
  }

  private static Trust trust() {
    return trust(Set.of(OUR_ORIGIN, "https://app.example.com"), InstantSource.fixed(NOW));
  }

  private static Trust trust(Set<String> authorizedParties, InstantSource clock) {
    return new Trust(ISSUER, authorizedParties, Set.of("user_root"), "role", "admin", clock);
  }

  private Principal verify(String token) {
    return verifier(trust()).verify(token);
  }

  private void refuses(String token) {
    refuses(verifier(trust()), token);
  }

  private static void refuses(IdentityVerifier verifier, String token) {
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOfSatisfying(Unauthenticated.class, refusal -> {
          for (String part : token.split("\\.", -1)) {
            assertThat(part.isEmpty() || !String.valueOf(refusal.getMessage()).contains(part))
                .as("the message is silent about the token")
                .isTrue();
          }
        });
  }
}
