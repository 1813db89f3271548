package com.tatame.billing.server;

import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.server.BillingConfig.Store;
import com.tatame.billing.supabase.SupabaseConfig;
import java.util.Optional;

/**
 * Reads where everything is kept, and where it is being moved to. What is empty had a problem, which is
 * reported.
 */
final class StoreVariables {
  private static final String SUPABASE = "supabase";

  private final EnvironmentReader env;

  StoreVariables(EnvironmentReader env) {
    this.env = env;
  }

  Optional<Store> configured() {
    // Of a kind that is unknown, nothing is known to be missing.
    return env.find(StoreSettings.BILLING_STORE).isEmpty()
        ? Optional.empty()
        : onSupabase()
            ? supabase(StoreSettings.SUPABASE_URL, StoreSettings.SUPABASE_SERVICE_ROLE_KEY)
            : postgres(StoreSettings.DATABASE_URL);
  }

  /** Where to, if anywhere; the variables of the other kind of store need not be repeated. */
  Optional<Store> moveTo() {
    return env.findIfGiven(MoveSettings.BILLING_MOVE_TO)
        .flatMap(kind -> kind.equals(SUPABASE) ? supabaseTarget() : postgresTarget());
  }

  /** Where an application's own tables are; by default, where everything is kept. */
  Optional<Store> importFrom() {
    Optional<String> from = env.text(ImportSourceSettings.BILLING_IMPORT_FROM);
    if (from.isEmpty()) {
      return configured();
    }
    if (env.find(ImportSourceSettings.BILLING_IMPORT_FROM).isEmpty()) {
      return Optional.empty();
    }
    return from.get().startsWith("http")
        ? supabase(
            ImportSourceSettings.BILLING_IMPORT_FROM, ImportSourceSettings.BILLING_IMPORT_KEY)
        : Optional.of(new Store.Postgres(sized(PostgresConfig.of(from.get()))));
  }

  private boolean onSupabase() {
    return env.text(StoreSettings.BILLING_STORE).equals(Optional.of(SUPABASE));
  }

  private Optional<Store> postgresTarget() {
    Setting<PostgresConfig> url = onSupabase() && !env.has(MoveSettings.BILLING_MOVE_DATABASE_URL)
        ? StoreSettings.DATABASE_URL
        : MoveSettings.BILLING_MOVE_DATABASE_URL;
    if (!onSupabase()
        && env.has(url)
        && env.text(url).equals(env.text(StoreSettings.DATABASE_URL))) {
      env.problem(url, "is DATABASE_URL again; name the database to move to, another one");
    }
    return postgres(url);
  }

  private Optional<Store> supabaseTarget() {
    Setting<String> url = !onSupabase() && !env.has(MoveSettings.BILLING_MOVE_SUPABASE_URL)
        ? StoreSettings.SUPABASE_URL
        : MoveSettings.BILLING_MOVE_SUPABASE_URL;
    Setting<Secret> key =
        !onSupabase() && !env.has(MoveSettings.BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY)
            ? StoreSettings.SUPABASE_SERVICE_ROLE_KEY
            : MoveSettings.BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY;
    if (onSupabase()
        && env.has(url)
        && env.text(url).equals(env.text(StoreSettings.SUPABASE_URL))) {
      env.problem(url, "is SUPABASE_URL again; name the project to move to, another one");
    }
    return supabase(url, key);
  }

  private Optional<Store> postgres(Setting<PostgresConfig> url) {
    return required(url).map(config -> new Store.Postgres(sized(config)));
  }

  private PostgresConfig sized(PostgresConfig config) {
    return config.withMaxPoolSize(
        env.find(StoreSettings.DATABASE_POOL_MAX).orElse(PostgresConfig.DEFAULT_MAX_POOL_SIZE));
  }

  private Optional<Store> supabase(Setting<String> urlSetting, Setting<Secret> keySetting) {
    Optional<String> url = required(urlSetting);
    Optional<Secret> key = required(keySetting);
    return url.isPresent() && key.isPresent()
        ? Optional.of(new Store.Supabase(SupabaseConfig.of(url.get(), key.get().value())))
        : Optional.empty();
  }

  private <T> Optional<T> required(Setting<T> setting) {
    if (!env.has(setting)) {
      env.missing(setting);
    }
    return env.findIfGiven(setting);
  }
}
