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

/** The contract of identity verifiers notices each rule that is omitted. */
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

  abstract static class Omitting implements IdentityVerifierContract {
    private final Rule omitted;

    Omitting(Rule omitted) {
      this.omitted = omitted;
    }

    @Override
    public IdentityVerifier verifier(Trust trust) {
      return new SpecimenVerifier(trust, Set.of(omitted));
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

  static class TrustsAnySignature extends Omitting {
    TrustsAnySignature() {
      super(Rule.SIGNATURE);
    }
  }

  static class TrustsAnyAlgorithm extends Omitting {
    TrustsAnyAlgorithm() {
      super(Rule.ALGORITHM);
    }
  }

  static class TrustsAnyIssuer extends Omitting {
    TrustsAnyIssuer() {
      super(Rule.ISSUER);
    }
  }

  static class NeverExpires extends Omitting {
    NeverExpires() {
      super(Rule.EXPIRY);
    }
  }

  static class IgnoresNotBefore extends Omitting {
    IgnoresNotBefore() {
      super(Rule.NOT_BEFORE);
    }
  }

  static class IgnoresIssuedAt extends Omitting {
    IgnoresIssuedAt() {
      super(Rule.ISSUED_AT);
    }
  }

  static class NeedsNoSession extends Omitting {
    NeedsNoSession() {
      super(Rule.SESSION);
    }
  }

  static class TakesAnyClass extends Omitting {
    TakesAnyClass() {
      super(Rule.CLASS);
    }
  }

  static class TakesAnyOrigin extends Omitting {
    TakesAnyOrigin() {
      super(Rule.ORIGIN);
    }
  }

  static class TakesPending extends Omitting {
    TakesPending() {
      super(Rule.PENDING);
    }
  }

  static class TakesImpersonators extends Omitting {
    TakesImpersonators() {
      super(Rule.IMPERSONATION);
    }
  }

  static class TakesAnyVersion extends Omitting {
    TakesAnyVersion() {
      super(Rule.VERSION);
    }
  }

  static class MixesLayouts extends Omitting {
    MixesLayouts() {
      super(Rule.LAYOUT);
    }
  }

  static class PromotesOrganizers extends Omitting {
    PromotesOrganizers() {
      super(Rule.ORGANIZATION_ROLE);
    }
  }

  static class MixesRoles extends Omitting {
    MixesRoles() {
      super(Rule.BILLING_ROLE);
    }
  }

  static class QuotesTokens extends Omitting {
    QuotesTokens() {
      super(Rule.SILENCE);
    }
  }
}
