package com.tatame.billing.identity;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * Which tokens of Clerk are believed.
 *
 * @param issuer the instance's frontend API, such as {@code https://clerk.example.com}
 * @param authorizedParties the origins that tokens may have been made for; empty for any
 */
public record ClerkConfig(
    String issuer, Set<String> authorizedParties, AdministratorRule administrators) {
  public ClerkConfig {
    authorizedParties = Set.copyOf(authorizedParties);
  }

  /**
   * The issuer that a publishable key names.
   *
   * @throws IllegalArgumentException saying what is wrong with the key
   */
  public static String issuerOf(String publishableKey) {
    String encoded = publishableKey.replaceFirst("^pk_(test|live)_", "");
    if (encoded.equals(publishableKey)) {
      throw new IllegalArgumentException("must start with pk_test_ or pk_live_");
    }
    String host = decoded(encoded);
    if (!host.matches("[A-Za-z0-9.:-]+\\$")) {
      throw new IllegalArgumentException("does not hold the address of a frontend API");
    }
    return "https://" + host.substring(0, host.length() - 1);
  }

  private static String decoded(String encoded) {
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is not complete: its last part can't be decoded", e);
    }
  }
}
