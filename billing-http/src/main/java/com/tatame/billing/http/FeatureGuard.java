package com.tatame.billing.http;

import com.tatame.billing.account.Principal;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.entitlement.Decision;
import com.tatame.billing.entitlement.Entitlements;
import com.tatame.billing.failure.Forbidden;

/** Stands in front of the host's routes and lets entitled callers through. */
final class FeatureGuard {
  private final Authentication authentication;
  private final Entitlements entitlements;

  FeatureGuard(Authentication authentication, Entitlements entitlements) {
    this.authentication = authentication;
    this.entitlements = entitlements;
  }

  void require(String feature, Exchange exchange) {
    Principal caller = authentication.signedIn(Scope.ENTITLEMENTS, exchange);
    Decision decision = entitlements.check(caller.account(), feature);
    if (!decision.allowed() && decision.allowance().isPresent()) {
      throw decision.refusal();
    }
    if (!decision.allowed()) {
      throw new Forbidden(decision.reason().orElse("The plan does not include " + feature + "."));
    }
  }
}
