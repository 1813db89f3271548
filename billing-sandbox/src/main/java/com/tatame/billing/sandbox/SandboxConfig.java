package com.tatame.billing.sandbox;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a sandbox, by environment.
 *
 * @param addresses what it listens on
 * @param dataDirectory what survives a restart
 * @param webhookSecret fixes the signing secret; else one is made on the first start and kept
 * @param store how the server reaches its database
 * @param catalog what is sold; empty for the example of the project's folder
 */
public record SandboxConfig(
    Addresses addresses,
    Path dataDirectory,
    Optional<String> webhookSecret,
    Store store,
    Optional<Path> catalog) {
  /** The sandbox's own PostgreSQL, reached in one of two ways. */
  public enum Store {
    POSTGRES,
    /** Only over a REST API as Supabase has one; needs PostgREST on this machine. */
    SUPABASE
  }

  /**
   * Where its parts listen. A port of 0 takes a free one; the database is on the loopback address.
   *
   * @param host the address of the server and its page
   * @param simulatorHost the address of the simulated Stripe
   */
  public record Addresses(
      String host, int port, String simulatorHost, int simulatorPort, int databasePort) {}

  private static final String LOOPBACK = "127.0.0.1";
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code SANDBOX_HOST} ({@code 127.0.0.1}), {@code PORT} (8080), {@code
   * STRIPE_SIMULATOR_HOST} (as {@code SANDBOX_HOST}), {@code STRIPE_SIMULATOR_PORT} (12111), {@code
   * SANDBOX_DATABASE_PORT} (12110), {@code BILLING_DATA_DIR} ({@code .billing}), {@code
   * STRIPE_WEBHOOK_SECRET}, {@code BILLING_STORE} ({@code postgres} or {@code supabase}) and {@code
   * BILLING_CATALOG}. A blank one counts as missing.
   *
   * @throws ValidationFailed naming the variable
   */
  public static SandboxConfig fromEnv(Map<String, String> env) {
    String host = text(env, "SANDBOX_HOST").orElse(LOOPBACK);
    return new SandboxConfig(
        new Addresses(
            host,
            port(env, "PORT", 8080),
            text(env, "STRIPE_SIMULATOR_HOST").orElse(host),
            port(env, "STRIPE_SIMULATOR_PORT", 12_111),
            port(env, "SANDBOX_DATABASE_PORT", 12_110)),
        Path.of(text(env, "BILLING_DATA_DIR").orElse(".billing")),
        text(env, "STRIPE_WEBHOOK_SECRET"),
        store(text(env, "BILLING_STORE").orElse("postgres")),
        text(env, "BILLING_CATALOG").map(Path::of));
  }

  private static Optional<String> text(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).map(String::trim).filter(value -> !value.isEmpty());
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
    Optional<String> value = text(env, name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int port = Integer.parseInt(value.get());
      if (port >= 0 && port <= MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // falls through: both mistakes get the same advice
    }
    throw ValidationFailed.of(name, "must be a port from 0 to " + MAX_PORT);
  }
}
