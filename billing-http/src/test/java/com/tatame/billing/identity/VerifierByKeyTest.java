package com.tatame.billing.identity;

import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.testkit.IdentityVerifierContract;

final class VerifierByKeyTest implements IdentityVerifierContract {
  @Override
  public IdentityVerifier verifier(Trust trust) {
    return ClerkVerifier.byKey(
        Trusting.config(trust), trust.issuer().publicKeyPem(), trust.clock());
  }
}
