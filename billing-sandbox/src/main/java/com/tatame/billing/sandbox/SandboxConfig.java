package com.tatame.billing.sandbox;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a sandbox, by environment.
 *
 * @param port of the server and its page
 * @param simulatorPort of the simulated Stripe
 * @param simulatorHost the address that the simulated Stripe listens on
 * @param dataDirectory what survives a restart
 * @param webhookSecret fixes the signing secret; else one is made on the first start and kept
 * @param store how the server reaches its database
 */
public record SandboxConfig(
    int port,
    int simulatorPort,
    String simulatorHost,
    Path dataDirectory,
    Optional<String> webhookSecret,
    Store store) {
  /** The sandbox's own PostgreSQL, reached in one of two ways. */
  public enum Store {
    POSTGRES,
    /** Only over a REST API as Supabase has one; needs PostgREST on this machine. */
    SUPABASE
  }

  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code PORT} (8080), {@code STRIPE_SIMULATOR_PORT} (12111), {@code STRIPE_SIMULATOR_HOST}
   * ({@code 127.0.0.1}), {@code BILLING_DATA_DIR} ({@code .billing}), {@code STRIPE_WEBHOOK_SECRET} and {@code BILLING_STORE} ({@code postgres} or
   * {@code supabase}).
   *
   * @throws ValidationFailed naming the variable
   */
  public static SandboxConfig fromEnv(Map<String, String> env) {
    return new SandboxConfig(
        port(env, "PORT", 8080),
        port(env, "STRIPE_SIMULATOR_PORT", 12_111),
        env.getOrDefault("STRIPE_SIMULATOR_HOST", "127.0.0.1"),
        Path.of(env.getOrDefault("BILLING_DATA_DIR", ".billing")),
        Optional.ofNullable(env.get("STRIPE_WEBHOOK_SECRET")).filter(value -> !value.isBlank()),
        store(env.getOrDefault("BILLING_STORE", "postgres")));
  }

  private static Store store(String name) {
    for (Store store : Store.values()) {
      if (store.name().toLowerCase(Locale.ROOT).equals(name)) {
        return store;
      }
    }
    throw ValidationFailed.of("BILLING_STORE", "must be postgres or supabase");
  }

  private static int port(Map<String, String> env, String name, int otherwise) {
    String value = env.get(name);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    try {
      int port = Integer.parseInt(value.trim());
      if (port >= 0 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // falls through: both mistakes get the same advice
    }
    throw ValidationFailed.of(name, "must be a port from 0 to " + MAX_PORT);
  }
}
