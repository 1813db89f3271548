package com.tatame.billing.identity;

import com.tatame.billing.testkit.IdentityVerifierContract.Trust;
import java.util.Optional;

/** The configuration that says what a test's verifier trusts. */
final class Trusting {
  private Trusting() {}

  static ClerkConfig config(Trust trust) {
    return new ClerkConfig(
        trust.issuer().issuer(),
        trust.authorizedParties(),
        new AdministratorRule(
            trust.administrators(),
            Optional.of(new AdministratorRule.Claim(
                trust.administratorClaim(), trust.administratorValue()))));
  }
}
