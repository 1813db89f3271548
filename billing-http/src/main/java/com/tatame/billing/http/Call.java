package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import java.util.Optional;
import java.util.Set;

/** One request, as far as handlers may see it. */
final class Call {
  private final Exchange exchange;
  private final Optional<Principal> principal;
  private final byte[] body;
  private final boolean strict;

  /**
   * A call of a caller who was admitted.
   *
   * @param strict whether body fields that the type doesn't have are refused
   */
  Call(Exchange exchange, Optional<Principal> principal, byte[] body, boolean strict) {
    this.exchange = exchange;
    this.principal = principal;
    this.body = body;
    this.strict = strict;
  }

  Principal principal() {
    return principal.orElseThrow(() -> new Unauthenticated("Send a bearer token."));
  }

  /** The caller, where the route asks for one. */
  Optional<Principal> caller() {
    return principal;
  }

  /** Where the request comes from. */
  ClientRequest client() {
    return exchange;
  }

  AccountId account() {
    return principal().account();
  }

  /** A path parameter; what can't be an id is not found. */
  String id(String name) {
    String value = exchange.pathParameter(name);
    if (!InputRules.id(value)) {
      throw new NotFound("object", "the id is not well formed");
    }
    return value;
  }

  /** A path parameter that is longer than an id may be, such as a sealed one. */
  String token(String name) {
    return exchange.pathParameter(name);
  }

  /** A query parameter; empty if it is missing or blank. */
  Optional<String> query(String name) {
    return query(name, 255);
  }

  /** As {@link #query(String)}, with at most so many characters. */
  Optional<String> query(String name, int most) {
    Optional<String> value =
        Optional.ofNullable(exchange.queryParameter(name)).filter(text -> !text.isBlank());
    if (value.filter(text -> !InputRules.plain(text) || text.length() > most).isPresent()) {
      throw ValidationFailed.of(name, "must be a text of at most " + most + " characters");
    }
    return value;
  }

  /** A query parameter that is true or false. */
  Optional<Boolean> flag(String name) {
    return query(name).map(text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ValidationFailed.of(name, "must be true or false");
    });
  }

  Set<String> queryNames() {
    return exchange.queryParameterNames();
  }

  PageRequest page() {
    return PageRequest.of(query("limit"), query("cursor"));
  }

  /** What the caller sends under this idempotency key. */
  RequestKey request(String idempotencyKey) {
    return RequestKey.of(account().value(), CallerKeys.kept(principal(), idempotencyKey));
  }

  String header(String name) {
    String value = exchange.header(name);
    return value == null ? "" : value;
  }

  Optional<String> idempotencyKey() {
    return Optional.ofNullable(exchange.header("Idempotency-Key"));
  }

  byte[] rawBody() {
    return body;
  }

  <T> T body(Class<T> type) {
    return Json.request(body, type, strict);
  }

  /** The fields that the body has, also those that are null; call after {@link #body}. */
  Set<String> bodyNames() {
    return Json.names(body);
  }

  /** As {@link #body}, where an empty body stands for an empty object. */
  <T> T optionalBody(Class<T> type) {
    return Json.request(body.length == 0 ? new byte[] {'{', '}'} : body, type, strict);
  }
}
