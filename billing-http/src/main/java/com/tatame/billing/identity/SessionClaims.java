package com.tatame.billing.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/** What a session token claims, once its signature was checked. */
final class SessionClaims {
  private static final Duration SKEW = Duration.ofSeconds(5);
  private static final int MAX_LENGTH = 254;
  private static final double LATEST_SECOND = 1e11;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final ClerkConfig config;
  private final InstantSource wallClock;

  SessionClaims(ClerkConfig config, InstantSource wallClock) {
    this.config = config;
    this.wallClock = wallClock;
  }

  /** Who it is, and until when that is proven. */
  record Session(Principal principal, Instant expiresAt) {}

  Session read(String payload) {
    JsonNode claims = parse(payload);
    if (!config.issuer().equals(claims.path("iss").textValue())) {
      throw new Unauthenticated("The token is of another issuer.");
    }
    Instant expiresAt = times(claims);
    requireSession(claims);
    requireAuthorizedParty(claims);
    String subject = text(claims, "sub");
    Optional<Organisation> organisation = organisation(claims);
    return new Session(
        new Principal(
            account(organisation.map(Organisation::id).orElse(subject)),
            config.issuer(),
            subject,
            optional(claims, "email"),
            optional(claims, "name"),
            config.administrators().admits(subject, claims),
            organisation.map(Organisation::role)),
        expiresAt);
  }

  void requireUnexpired(Instant expiresAt) {
    if (expired(expiresAt)) {
      throw new Unauthenticated("The token has expired.");
    }
  }

  boolean expired(Instant expiresAt) {
    return !expiresAt.isAfter(wallClock.instant().minus(SKEW));
  }

  private static JsonNode parse(String payload) {
    try {
      JsonNode claims = MAPPER.readTree(
          new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
      if (claims.isObject()) {
        return claims;
      }
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw malformed("body");
    }
    throw malformed("body");
  }

  private Instant times(JsonNode claims) {
    Instant latest = wallClock.instant().plus(SKEW);
    Instant expiresAt = instant(claims, "exp").orElseThrow(() -> malformed("exp"));
    requireUnexpired(expiresAt);
    if (instant(claims, "nbf").filter(latest::isBefore).isPresent()) {
      throw new Unauthenticated("The token is not valid yet.");
    }
    if (instant(claims, "iat").filter(latest::isBefore).isPresent()) {
      throw new Unauthenticated("The token was issued in the future.");
    }
    return expiresAt;
  }

  private static void requireSession(JsonNode claims) {
    text(claims, "sid");
    if (text(claims, "sub").startsWith("mch_")) {
      throw new Unauthenticated("The token is of a machine.");
    }
    if ("pending".equals(claims.path("sts").asText())) {
      throw new Unauthenticated("The session is pending: the sign-in was not finished.");
    }
    if (claims.hasNonNull("act")) {
      throw new Unauthenticated(
          "Another user impersonates this one; only the user may use billing.");
    }
  }

  private void requireAuthorizedParty(JsonNode claims) {
    if (config.authorizedParties().isEmpty()) {
      return;
    }
    String party = claims.path("azp").textValue();
    if (party == null || !config.authorizedParties().contains(party)) {
      throw new Unauthenticated("The token was made for another application.");
    }
  }

  /**
   * The active organisation.
   *
   * @param role without the prefix {@code org:}; empty if the token names none
   */
  private record Organisation(String id, String role) {
    static Organisation of(JsonNode claims, String id, String role) {
      return new Organisation(
          text(claims, id), claims.path(role).asText().replaceFirst("^org:", ""));
    }
  }

  // The layouts are told apart by their version alone: a mixture would let one shadow the other.
  private static Optional<Organisation> organisation(JsonNode claims) {
    JsonNode version = claims.path("v");
    if (version.isMissingNode()) {
      return claims.hasNonNull("org_id")
          ? Optional.of(Organisation.of(claims, "org_id", "org_role"))
          : Optional.empty();
    }
    if (!version.isIntegralNumber() || version.intValue() != 2) {
      throw new Unauthenticated("The token has a version that this server does not know.");
    }
    if (!claims.hasNonNull("o")) {
      return Optional.empty();
    }
    if (!claims.get("o").isObject()) {
      throw malformed("o");
    }
    return Optional.of(Organisation.of(claims.get("o"), "id", "rol"));
  }

  private static AccountId account(String id) {
    try {
      return new AccountId(id);
    } catch (ValidationFailed e) {
      throw malformed("sub");
    }
  }

  private static Optional<Instant> instant(JsonNode claims, String name) {
    JsonNode value = claims.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    double seconds = value.doubleValue();
    if (!value.isNumber() || !(seconds >= 0 && seconds <= LATEST_SECOND)) {
      throw malformed(name);
    }
    return Optional.of(Instant.ofEpochMilli((long) (seconds * 1000)));
  }

  private static String text(JsonNode claims, String name) {
    String value = claims.path(name).textValue();
    if (value == null || value.isBlank() || !value.chars().allMatch(c -> c > ' ' && c != 0x7f)) {
      throw malformed(name);
    }
    return value;
  }

  private static Optional<String> optional(JsonNode claims, String name) {
    return Optional.ofNullable(claims.path(name).textValue())
        .filter(text -> !text.isBlank() && text.length() <= MAX_LENGTH)
        .filter(text -> text.chars().noneMatch(c -> c < ' '));
  }

  private static Unauthenticated malformed(String claim) {
    return new Unauthenticated("The token's claim is missing or malformed: " + claim);
  }
}
