package com.tatame.billing.server;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.server.BillingConfig.Store;
import com.tatame.billing.supabase.SupabaseConfig;
import java.util.Optional;

/** Reads where everything is kept, and where it is being moved to. */
final class StoreVariables {
  private static final String POSTGRES = "postgres";
  private static final String SUPABASE = "supabase";
  private static final String NO_DATABASE = "postgres://missing/missing";
  private static final String NO_PROJECT = "https://missing.supabase.co";
  private static final String NO_KEY = "sb_secret_missing";

  private final EnvironmentReader env;

  StoreVariables(EnvironmentReader env) {
    this.env = env;
  }

  Store configured() {
    String kind = kind();
    if (!kind.equals(POSTGRES) && !kind.equals(SUPABASE)) {
      env.problem(Variable.BILLING_STORE, "must be postgres or supabase");
    }
    return kind.equals(SUPABASE)
        ? supabase(Variable.SUPABASE_URL, Variable.SUPABASE_SERVICE_ROLE_KEY)
        : postgres(Variable.DATABASE_URL);
  }

  /** Where to, if anywhere; the variables of the other kind of store need not be repeated. */
  Optional<Store> moveTo() {
    return env.text(Variable.BILLING_MOVE_TO).flatMap(kind -> switch (kind) {
      case POSTGRES -> Optional.of(postgresTarget());
      case SUPABASE -> Optional.of(supabaseTarget());
      default -> {
        env.problem(Variable.BILLING_MOVE_TO, "must be postgres or supabase");
        yield Optional.empty();
      }
    });
  }

  /** Where an application's own tables are; by default, where everything is kept. */
  Store importFrom() {
    Optional<String> from = env.text(Variable.BILLING_IMPORT_FROM);
    if (from.isEmpty()) {
      return configured();
    }
    return from.get().startsWith("http")
        ? supabase(Variable.BILLING_IMPORT_FROM, Variable.BILLING_IMPORT_KEY)
        : postgres(Variable.BILLING_IMPORT_FROM);
  }

  private String kind() {
    return env.text(Variable.BILLING_STORE).orElse(POSTGRES);
  }

  private Store postgresTarget() {
    Variable url = kind().equals(SUPABASE) && missing(Variable.BILLING_MOVE_DATABASE_URL)
        ? Variable.DATABASE_URL
        : Variable.BILLING_MOVE_DATABASE_URL;
    if (!kind().equals(SUPABASE) && env.text(url).equals(env.text(Variable.DATABASE_URL))) {
      env.text(url)
          .ifPresent(same ->
              env.problem(url, "is DATABASE_URL again; name the database to move to, another one"));
    }
    return postgres(url);
  }

  private Store supabaseTarget() {
    boolean another = kind().equals(SUPABASE);
    Variable url = !another && missing(Variable.BILLING_MOVE_SUPABASE_URL)
        ? Variable.SUPABASE_URL
        : Variable.BILLING_MOVE_SUPABASE_URL;
    Variable key = !another && missing(Variable.BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY)
        ? Variable.SUPABASE_SERVICE_ROLE_KEY
        : Variable.BILLING_MOVE_SUPABASE_SERVICE_ROLE_KEY;
    if (another && env.text(url).equals(env.text(Variable.SUPABASE_URL))) {
      env.text(url)
          .ifPresent(same ->
              env.problem(url, "is SUPABASE_URL again; name the project to move to, another one"));
    }
    return supabase(url, key);
  }

  private boolean missing(Variable variable) {
    return env.text(variable).isEmpty();
  }

  private Store postgres(Variable variable) {
    String url = env.required(
        variable, NO_DATABASE, "set it to postgres://user:password@host:5432/database");
    try {
      return new Store.Postgres(PostgresConfig.of(url).withMaxPoolSize(poolMax()));
    } catch (ValidationFailed e) {
      e.errors().forEach(error -> env.problem(variable, error.message()));
      return new Store.Postgres(PostgresConfig.of(NO_DATABASE));
    }
  }

  private int poolMax() {
    return env.number(Variable.DATABASE_POOL_MAX, 1, 1000, PostgresConfig.DEFAULT_MAX_POOL_SIZE);
  }

  private Store supabase(Variable urlVariable, Variable keyVariable) {
    String url = env.required(
        urlVariable,
        NO_PROJECT,
        "copy the project's URL from Supabase, Project Settings, Data API");
    String key = env.required(
        keyVariable, NO_KEY, "copy a secret key from Supabase, Project Settings, API Keys");
    try {
      return new Store.Supabase(SupabaseConfig.of(url, key));
    } catch (ValidationFailed e) {
      for (ValidationFailed.FieldError error : e.errors()) {
        boolean ofUrl = error.field().equals("supabaseUrl");
        env.problem(ofUrl ? urlVariable : keyVariable, error.message());
      }
      return new Store.Supabase(SupabaseConfig.of(NO_PROJECT, NO_KEY));
    }
  }
}
