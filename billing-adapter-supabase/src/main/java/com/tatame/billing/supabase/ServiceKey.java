package com.tatame.billing.supabase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** A key that opens everything: a secret key, or the legacy token of the service role. */
final class ServiceKey {
  private static final String NEWER = "sb_";
  private static final String SECRET = "sb_secret_";
  private static final Pattern SENDABLE = Pattern.compile("[A-Za-z0-9._=-]+");
  private static final Pattern TOKEN =
      Pattern.compile("[A-Za-z0-9_-]+\\.([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]+");
  private static final String SERVICE_ROLE = "service_role";
  private static final JsonMapper JSON = new JsonMapper();

  private final String value;

  ServiceKey(String value) {
    this.value = value;
  }

  /** What is wrong with it, in words that don't hold it. */
  Optional<String> problem() {
    if (value.isBlank()) {
      return Optional.of("is missing");
    }
    if (!SENDABLE.matcher(value).matches()) {
      return Optional.of("holds characters that no key has, such as a space or a line break");
    }
    if (value.startsWith(SECRET)) {
      return Optional.empty();
    }
    if (value.startsWith(NEWER)) {
      return Optional.of("is a key for browsers (sb_publishable_); a secret key is needed"
          + " (sb_secret_), which the project's API key settings show");
    }
    Optional<String> role = role();
    if (role.equals(Optional.of(SERVICE_ROLE))) {
      return Optional.empty();
    }
    return Optional.of(
        role.isEmpty()
            ? "is neither a secret key (sb_secret_) nor the token of the service role"
            : "is the token of another role; the service role's is needed");
  }

  private Optional<String> role() {
    var parts = TOKEN.matcher(value);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      JsonNode claims = JSON.readTree(
          new String(Base64.getUrlDecoder().decode(parts.group(1)), StandardCharsets.UTF_8));
      return Optional.of(claims.path("role").asText());
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** As header {@code apikey}. */
  String apiKey() {
    return value;
  }

  /** As header {@code Authorization}. The newer keys are no tokens, and are refused there. */
  Optional<String> bearer() {
    return value.startsWith(NEWER) ? Optional.empty() : Optional.of("Bearer " + value);
  }
}
