package com.tatame.billing.testkit;

import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.testkit.SpecimenVerifier.Rule;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of identity verifiers notices each rule that is forgotten. */
class BadVerifiersTest {

  static Stream<Arguments> forgetful() {
    return Stream.of(
        Arguments.of(TrustsAnySignature.class, "aForeignKeyUnderOurKeyIdIsRefused"),
        Arguments.of(TrustsAnySignature.class, "aTokenThatWasTamperedWithIsRefused"),
        Arguments.of(TrustsAnyAlgorithm.class, "anAlgorithmOfTheTokensOwnChoiceIsRefused"),
        Arguments.of(TrustsAnyIssuer.class, "aTokenOfAnotherIssuerIsRefused"),
        Arguments.of(NeverExpires.class, "anExpiredTokenIsRefused"),
        Arguments.of(NeverExpires.class, "aTokenThatWasVerifiedBeforeStillExpires"),
        Arguments.of(IgnoresNotBefore.class, "aTokenBeforeItsTimeIsRefused"),
        Arguments.of(IgnoresIssuedAt.class, "aTokenFromTheFutureIsRefused"),
        Arguments.of(NeedsNoSession.class, "aTokenWithoutSessionIsRefused"),
        Arguments.of(TakesAnyClass.class, "tokensOfAnotherClassAreRefused"),
        Arguments.of(TakesAnyOrigin.class, "aTokenThatAnUnknownOriginAskedForIsRefused"),
        Arguments.of(TakesPending.class, "aSessionThatIsStillPendingIsRefused"),
        Arguments.of(TakesImpersonators.class, "impersonatedUserIsRefused"),
        Arguments.of(TakesAnyVersion.class, "anUnknownVersionOfClaimsIsRefused"),
        Arguments.of(MixesRoles.class, "roleInTheActiveOrganizationIsReadFromEitherLayout"),
        Arguments.of(MixesLayouts.class, "eachLayoutHasItsOwnPlaceForTheOrganization"),
        Arguments.of(
            PromotesOrganizers.class, "aRoleInsideAnOrganizationNeverMakesAnAdministrator"),
        Arguments.of(QuotesTokens.class, "anExpiredTokenIsRefused"),
        Arguments.of(
            RemembersForEver.class, "onlyWhatWasVerifiedIsRememberedAndOnlyWhileItIsGood"));
  }

  @ParameterizedTest
  @MethodSource("forgetful")
  void isCaught(Class<?> binding, String test) {
    FailingContractTests.assertThatItFails(binding, test);
  }

  abstract static class Forgetful implements IdentityVerifierContract {
    private final Rule forgotten;

    Forgetful(Rule forgotten) {
      this.forgotten = forgotten;
    }

    @Override
    public IdentityVerifier verifier(Trust trust) {
      return new SpecimenVerifier(trust, Set.of(forgotten));
    }
  }

  static class RemembersForEver implements IdentityVerifierContract {
    @Override
    public IdentityVerifier verifier(Trust trust) {
      IdentityVerifier right = new SpecimenVerifier(trust, Set.of());
      Map<String, Principal> verified = new HashMap<>();
      return new IdentityVerifier() {
        @Override
        public Principal verify(String token) {
          Principal principal = right.verify(token);
          verified.put(token, principal);
          return principal;
        }

        @Override
        public Optional<Principal> cached(String token) {
          return Optional.ofNullable(verified.get(token));
        }
      };
    }
  }

  static class TrustsAnySignature extends Forgetful {
    TrustsAnySignature() {
      super(Rule.SIGNATURE);
    }
  }

  static class TrustsAnyAlgorithm extends Forgetful {
    TrustsAnyAlgorithm() {
      super(Rule.ALGORITHM);
    }
  }

  static class TrustsAnyIssuer extends Forgetful {
    TrustsAnyIssuer() {
      super(Rule.ISSUER);
    }
  }

  static class NeverExpires extends Forgetful {
    NeverExpires() {
      super(Rule.EXPIRY);
    }
  }

  static class IgnoresNotBefore extends Forgetful {
    IgnoresNotBefore() {
      super(Rule.NOT_BEFORE);
    }
  }

  static class IgnoresIssuedAt extends Forgetful {
    IgnoresIssuedAt() {
      super(Rule.ISSUED_AT);
    }
  }

  static class NeedsNoSession extends Forgetful {
    NeedsNoSession() {
      super(Rule.SESSION);
    }
  }

  static class TakesAnyClass extends Forgetful {
    TakesAnyClass() {
      super(Rule.CLASS);
    }
  }

  static class TakesAnyOrigin extends Forgetful {
    TakesAnyOrigin() {
      super(Rule.ORIGIN);
    }
  }

  static class TakesPending extends Forgetful {
    TakesPending() {
      super(Rule.PENDING);
    }
  }

  static class TakesImpersonators extends Forgetful {
    TakesImpersonators() {
      super(Rule.IMPERSONATION);
    }
  }

  static class TakesAnyVersion extends Forgetful {
    TakesAnyVersion() {
      super(Rule.VERSION);
    }
  }

  static class MixesLayouts extends Forgetful {
    MixesLayouts() {
      super(Rule.LAYOUT);
    }
  }

  static class PromotesOrganizers extends Forgetful {
    PromotesOrganizers() {
      super(Rule.ORGANIZATION_ROLE);
    }
  }

  static class MixesRoles extends Forgetful {
    MixesRoles() {
      super(Rule.BILLING_ROLE);
    }
  }

  static class QuotesTokens extends Forgetful {
    QuotesTokens() {
      super(Rule.SILENCE);
    }
  }
}
