package com.tatame.billing.testkit.supabase;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a project and what the gateway makes of them. Legacy keys are tokens themselves and
 * travel twice, as {@code apikey} and as bearer; for the newer ones, which are no tokens, the gateway
 * makes a short-lived one.
 */
final class ApiKeys {
  static final String SERVICE_ROLE = "service_role";
  static final String ANON = "anon";

  /** The year 2100. */
  private static final long LEGACY_UNTIL = 4_102_444_800L;

  private static final Duration SHORT_LIFE = Duration.ofMinutes(5);

  private final String signingSecret;
  private final InstantSource clock;
  private final int generation;

  ApiKeys(String signingSecret, InstantSource clock, int generation) {
    this.signingSecret = signingSecret;
    this.clock = clock;
    this.generation = generation;
  }

  String legacy(String role) {
    return token(role, LEGACY_UNTIL + generation);
  }

  String secret() {
    return "sb_secret_local_" + generation + "_0123456789abcdef";
  }

  String publishable() {
    return "sb_publishable_local_" + generation + "_0123456789abcdef";
  }

  boolean knows(String apiKey) {
    return isLegacy(apiKey) || apiKey.equals(secret()) || apiKey.equals(publishable());
  }

  boolean isSecret(String apiKey) {
    return apiKey.equals(secret());
  }

  private boolean isLegacy(String apiKey) {
    return apiKey.equals(legacy(SERVICE_ROLE)) || apiKey.equals(legacy(ANON));
  }

  /** What PostgREST is given as {@code Authorization}; a bearer that was sent is not touched. */
  Optional<String> authorization(String apiKey, @Nullable String sent) {
    if (sent != null || isLegacy(apiKey)) {
      return Optional.ofNullable(sent);
    }
    long until = clock.instant().plus(SHORT_LIFE).getEpochSecond();
    return Optional.of("Bearer " + token(isSecret(apiKey) ? SERVICE_ROLE : ANON, until));
  }

  private String token(String role, long until) {
    String signed = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
        + encoded("{\"iss\":\"supabase\",\"role\":\"" + role + "\",\"exp\":" + until + "}");
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(signingSecret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return signed + "." + encoded(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String json) {
    return encoded(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
