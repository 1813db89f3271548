package com.tatame.billing.testkit;

import com.tatame.billing.account.IdentityVerifier;
import java.util.Set;

class SpecimenVerifierTest implements IdentityVerifierContract {
  @Override
  public IdentityVerifier verifier(Trust trust) {
    return new SpecimenVerifier(trust, Set.of());
  }
}
