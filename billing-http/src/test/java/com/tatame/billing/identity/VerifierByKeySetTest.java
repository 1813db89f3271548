package com.tatame.billing.identity;

import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.testkit.IdentityVerifierContract;

final class VerifierByKeySetTest implements IdentityVerifierContract {
  @Override
  public IdentityVerifier verifier(Trust trust) {
    return ClerkVerifier.byKeySet(Trusting.config(trust), trust.issuer()::jwks, trust.clock());
  }
}
