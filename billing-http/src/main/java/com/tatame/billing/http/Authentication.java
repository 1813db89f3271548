package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSessions;
import com.tatame.billing.apikey.ApiKey;
import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Lets in whom a route admits. */
final class Authentication {
  /** Names the account that an API key acts for. */
  static final String ACCOUNT_HEADER = "X-Account-Id";

  private static final String SCHEME = "bearer ";
  private static final String ANONYMOUS_SCHEME = "anonymous ";
  // Behind a proxy that reads the last of two, another caller would be let in than was checked.
  private static final List<String> SINGLE =
      List.of("Authorization", ACCOUNT_HEADER, "Idempotency-Key");

  private final IdentityVerifier identity;
  private final ApiKeyCache keys;
  private final AnonymousSessions visitors;
  private final MetricsAccess metrics;
  private final BillingRoles billingRoles;
  private final Predicate<ClientRequest> webhookSource;

  /**
   * @param billingRoles the roles that decide about an organisation's money
   * @param webhookSource whether a webhook may come from where it comes from
   */
  Authentication(
      IdentityVerifier identity,
      ApiKeyCache keys,
      AnonymousSessions visitors,
      MetricsAccess metrics,
      BillingRoles billingRoles,
      Predicate<ClientRequest> webhookSource) {
    this.identity = identity;
    this.keys = keys;
    this.visitors = visitors;
    this.metrics = metrics;
    this.billingRoles = billingRoles;
    this.webhookSource = webhookSource;
  }

  /**
   * The caller, where the route asks for one.
   *
   * @throws Unauthenticated without a valid proof
   * @throws Forbidden for a caller who may not
   * @throws ValidationFailed for a key that doesn't say for whom it acts, where it must; and for a
   *     header sent twice that decides who the caller is
   */
  Optional<Principal> admit(Route route, Exchange exchange) {
    SINGLE.forEach(header -> requireSingle(header, exchange));
    return switch (route.admission().access()) {
      case PUBLIC -> {
        if (route.admission().fromProvider() && !webhookSource.test(exchange)) {
          throw new Forbidden("Webhooks are not accepted from this address.");
        }
        yield Optional.empty();
      }
      case METRICS -> {
        admitCollector(exchange);
        yield Optional.empty();
      }
      case SIGNED_IN, TRUSTED -> {
        Principal caller = anonymousToken(exchange)
            .map(token -> anonymous(route, token))
            .orElseGet(() -> signedIn(route.admission().scope(), exchange));
        requireMay(caller, route);
        yield Optional.of(caller);
      }
      case ADMINISTRATOR -> {
        anonymousToken(exchange).ifPresent(token -> anonymous(route, token));
        yield Optional.of(administrator(route.admission().scope(), exchange));
      }
    };
  }

  /** Whether the caller may see and change how the account pays. */
  boolean decidesAboutMoney(Principal caller) {
    return billingRoles.include(caller);
  }

  private boolean mayCall(Principal caller, Route route) {
    return (route.admission().access() != Access.TRUSTED || caller.isTrusted())
        && (route.admission().effect() != RouteEffect.BILLING || billingRoles.include(caller));
  }

  private void requireMay(Principal caller, Route route) {
    if (mayCall(caller, route)) {
      return;
    }
    if (route.admission().access() == Access.TRUSTED) {
      throw new Forbidden("Only an administrator or an API key may do this;"
          + " call it from your backend with an API key.");
    }
    billingRoles.require(caller);
  }

  private static void requireSingle(String header, Exchange exchange) {
    if (exchange.headers(header).size() > 1) {
      throw ValidationFailed.of(header, "is sent more than once; send one");
    }
  }

  /** A user whose token is cached and who may call the route; empty for all others. */
  Optional<Principal> cached(Route route, Exchange exchange) {
    if (SINGLE.stream().anyMatch(header -> exchange.headers(header).size() > 1)) {
      return Optional.empty();
    }
    return after(SCHEME, exchange)
        .filter(token -> !ApiKeys.looksLikeKey(token))
        .flatMap(identity::cached)
        .filter(caller -> mayCall(caller, route));
  }

  private Principal anonymous(Route route, String token) {
    Principal visitor = visitors.verify(token);
    if (!route.admission().anonymousToo()) {
      throw new Forbidden("Sign in to do this.");
    }
    return visitor;
  }

  /** A user, or a key that may do this for the account that it names. */
  Principal signedIn(Scope scope, Exchange exchange) {
    SINGLE.forEach(header -> requireSingle(header, exchange));
    String token = token(exchange);
    return ApiKeys.looksLikeKey(token)
        ? permitted(token, scope).actingFor(account(exchange))
        : identity.verify(token);
  }

  private Principal administrator(Scope scope, Exchange exchange) {
    String token = token(exchange);
    if (ApiKeys.looksLikeKey(token)) {
      return permitted(token, scope).asItself();
    }
    Principal principal = identity.verify(token);
    if (!principal.administrator()) {
      throw new Forbidden("Only an administrator may do this.");
    }
    return principal;
  }

  private ApiKey permitted(String token, Scope scope) {
    ApiKey key = keys.verify(token);
    if (!key.permits(scope)) {
      throw new Forbidden("The API key lacks the scope " + scope.code() + ".");
    }
    return key;
  }

  private static AccountId account(Exchange exchange) {
    String account = exchange.header(ACCOUNT_HEADER);
    if (account == null || !InputRules.id(account)) {
      throw ValidationFailed.of(ACCOUNT_HEADER, "must name the account that the API key acts for");
    }
    return new AccountId(account);
  }

  private void admitCollector(Exchange exchange) {
    if (metrics.open()) {
      return;
    }
    byte[] expected = metrics
        .token()
        .map(InputRules::utf8)
        .orElseThrow(() -> new Forbidden("Metrics are off until METRICS_TOKEN is set."));
    if (!MessageDigest.isEqual(expected, InputRules.utf8(token(exchange)))) {
      throw new Unauthenticated("The bearer token is not the one of METRICS_TOKEN.");
    }
  }

  private static String token(Exchange exchange) {
    return after(SCHEME, exchange)
        .orElseThrow(() -> new Unauthenticated("Send the header Authorization: Bearer <token>."));
  }

  private static Optional<String> anonymousToken(Exchange exchange) {
    return after(ANONYMOUS_SCHEME, exchange);
  }

  private static Optional<String> after(String scheme, Exchange exchange) {
    return Optional.ofNullable(exchange.header("Authorization"))
        .filter(header -> header.regionMatches(true, 0, scheme, 0, scheme.length()))
        .map(header -> header.substring(scheme.length()).strip());
  }
}
