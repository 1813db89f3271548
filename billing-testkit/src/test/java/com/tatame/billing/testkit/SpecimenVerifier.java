package com.tatame.billing.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.IdentityVerifier;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.testkit.IdentityVerifierContract.Trust;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A verifier by the book, which can omit some of its rules. */
final class SpecimenVerifier implements IdentityVerifier {
  enum Rule {
    SIGNATURE,
    ALGORITHM,
    ISSUER,
    EXPIRY,
    NOT_BEFORE,
    ISSUED_AT,
    SESSION,
    CLASS,
    ORIGIN,
    PENDING,
    IMPERSONATION,
    VERSION,
    LAYOUT,
    ORGANIZATION_ROLE,
    BILLING_ROLE,
    SILENCE
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SKEW = IdentityVerifierContract.SKEW.toSeconds();

  private final Trust trust;
  private final Set<Rule> omitted;

  SpecimenVerifier(Trust trust, Set<Rule> omitted) {
    this.trust = trust;
    this.omitted = omitted.isEmpty() ? EnumSet.noneOf(Rule.class) : EnumSet.copyOf(omitted);
  }

  @Override
  public Principal verify(String token) {
    try {
      return verified(token);
    } catch (IOException
        | GeneralSecurityException
        | IllegalArgumentException
        | ValidationFailed e) {
      throw refusal(token, "unreadable");
    }
  }

  private Principal verified(String token) throws IOException, GeneralSecurityException {
    String[] parts = token.split("\\.", -1);
    require(parts.length == 3, token, "not a token");
    JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
    JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
    String category = header.path("cat").asText("cl_B7d4PD111AAA");
    require(header.path("alg").asText().equals("RS256") || omits(Rule.ALGORITHM), token, "alg");
    require(
        (category.equals("cl_B7d4PD111AAA") && header.path("typ").asText("JWT").equals("JWT"))
            || omits(Rule.CLASS),
        token,
        "class");
    require(omits(Rule.SIGNATURE) || signed(parts, header), token, "signature");
    String subject = text(claims, "sub").filter(sub -> !sub.isEmpty()).orElse("");
    require(!subject.isEmpty(), token, "sub");
    require(!subject.startsWith("mch_") || omits(Rule.CLASS), token, "class");
    require(
        text(claims, "iss").filter(trust.issuer().issuer()::equals).isPresent()
            || omits(Rule.ISSUER),
        token,
        "iss");
    requireTimes(claims, token);
    require(text(claims, "sid").isPresent() || omits(Rule.SESSION), token, "sid");
    require(
        trust.authorizedParties().isEmpty()
            || text(claims, "azp").filter(trust.authorizedParties()::contains).isPresent()
            || omits(Rule.ORIGIN),
        token,
        "azp");
    require(!claims.path("sts").asText().equals("pending") || omits(Rule.PENDING), token, "sts");
    require(!claims.has("act") || omits(Rule.IMPERSONATION), token, "act");
    return principal(claims, subject, token);
  }

  private void requireTimes(JsonNode claims, String token) {
    long now = trust.clock().instant().getEpochSecond();
    require(claims.path("exp").isNumber(), token, "exp");
    require(claims.path("exp").asLong() > now - SKEW || omits(Rule.EXPIRY), token, "exp");
    require(absentOrUntil(claims.path("nbf"), now + SKEW) || omits(Rule.NOT_BEFORE), token, "nbf");
    require(absentOrUntil(claims.path("iat"), now + SKEW) || omits(Rule.ISSUED_AT), token, "iat");
  }

  private static boolean absentOrUntil(JsonNode time, long latest) {
    return time.isMissingNode() || (time.isNumber() && time.asLong() <= latest);
  }

  private Principal principal(JsonNode claims, String subject, String token) {
    JsonNode version = claims.path("v");
    boolean first = version.isMissingNode();
    boolean second = version.isInt() && version.asInt() == 2;
    require(first || second || omits(Rule.VERSION), token, "v");
    Optional<String> organization = first ? text(claims, "org_id") : text(claims.path("o"), "id");
    if (omits(Rule.LAYOUT)) {
      organization = text(claims, "org_id").or(() -> text(claims.path("o"), "id"));
    }
    boolean administrator = trust.administrators().contains(subject)
        || text(claims, trust.administratorClaim())
            .filter(trust.administratorValue()::equals)
            .isPresent()
        || (omits(Rule.ORGANIZATION_ROLE)
            && claims.path("o").path("rol").asText().equals("admin"));
    return new Principal(
        new AccountId(organization.orElse(subject)),
        trust.issuer().issuer(),
        subject,
        Optional.empty(),
        Optional.empty(),
        administrator,
        organization.map(id -> role(claims, first)));
  }

  private String role(JsonNode claims, boolean first) {
    Optional<String> role = omits(Rule.BILLING_ROLE)
        ? text(claims, "org_role").or(() -> text(claims.path("o"), "rol"))
        : first ? text(claims, "org_role") : text(claims.path("o"), "rol");
    return role.orElse("").replaceFirst("^org:", "");
  }

  private boolean signed(String[] parts, JsonNode header)
      throws IOException, GeneralSecurityException {
    JsonNode key = JSON.readTree(trust.issuer().jwks()).path("keys").path(0);
    if (!key.path("kid").equals(header.path("kid"))) {
      return false;
    }
    PublicKey publicKey = KeyFactory.getInstance("RSA")
        .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
    String algorithm =
        header.path("alg").asText().equals("RS512") ? "SHA512withRSA" : "SHA256withRSA";
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(publicKey);
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
  }

  private static BigInteger number(JsonNode key, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(name).asText()));
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.of(node.path(name)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }

  private boolean omits(Rule rule) {
    return omitted.contains(rule);
  }

  private void require(boolean condition, String token, String reason) {
    if (!condition) {
      throw refusal(token, reason);
    }
  }

  private Unauthenticated refusal(String token, String reason) {
    return new Unauthenticated(
        omits(Rule.SILENCE) ? reason + " in " + token : "The token is refused: " + reason);
  }
}
