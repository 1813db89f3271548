package com.tatame.billing.http;

import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.Unauthenticated;
import io.javalin.http.Context;
import java.security.MessageDigest;
import java.util.Optional;

/** Lets in whom a route admits. */
final class Authentication {
  private static final String SCHEME = "bearer ";

  private final IdentityVerifier identity;
  private final MetricsAccess metrics;

  Authentication(IdentityVerifier identity, MetricsAccess metrics) {
    this.identity = identity;
    this.metrics = metrics;
  }

  /**
   * The caller, where the route asks for one.
   *
   * @throws Unauthenticated without a valid proof
   * @throws Forbidden for a caller who may not
   */
  Optional<Principal> admit(Access access, Context context) {
    return switch (access) {
      case PUBLIC -> Optional.empty();
      case METRICS -> {
        admitCollector(context);
        yield Optional.empty();
      }
      case SIGNED_IN -> Optional.of(principal(context));
      case ADMINISTRATOR -> Optional.of(administrator(context));
    };
  }

  private Principal administrator(Context context) {
    Principal principal = principal(context);
    if (!principal.administrator()) {
      throw new Forbidden("Only an administrator may do this.");
    }
    return principal;
  }

  Principal principal(Context context) {
    return identity.verify(token(context));
  }

  private void admitCollector(Context context) {
    if (metrics.open()) {
      return;
    }
    byte[] expected = metrics
        .token()
        .map(Texts::utf8)
        .orElseThrow(() -> new Forbidden("Metrics are off until METRICS_TOKEN is set."));
    if (!MessageDigest.isEqual(expected, Texts.utf8(token(context)))) {
      throw new Unauthenticated("The bearer token is not the one of METRICS_TOKEN.");
    }
  }

  private static String token(Context context) {
    String header = context.header("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new Unauthenticated("Send the header Authorization: Bearer <token>.");
    }
    return header.substring(SCHEME.length()).strip();
  }
}
