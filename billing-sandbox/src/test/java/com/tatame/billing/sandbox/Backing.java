package com.tatame.billing.sandbox;

import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.schema.Migrations;
import com.tatame.billing.schema.SupabaseSql;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.supabase.SupabaseBillingStore;
import com.tatame.billing.supabase.SupabaseConfig;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A database without rows, as a server reaches it and as a test looks into it.
 *
 * @param environment all that the server knows of it
 * @param project the only way to it, if there is one
 */
record Backing(Database database, Map<String, String> environment, Optional<LocalSupabase> project)
    implements AutoCloseable {
  private static @Nullable Database migrated;
  private static @Nullable Database migratedProject;

  static Backing postgresql() {
    return postgresql(migrated().copy());
  }

  /** On this server, with nothing in the database, so that who comes first has to migrate. */
  static Backing empty(PostgresServer server) {
    return postgresql(new Database(server));
  }

  private static Backing postgresql(Database database) {
    return new Backing(
        database,
        Map.of("DATABASE_URL", database.url(), "DATABASE_POOL_MAX", "10"),
        Optional.empty());
  }

  static Backing supabase() {
    return supabase(UnaryOperator.identity());
  }

  /** In a project that is set up in a way of its own. There is no other way to its database. */
  static Backing supabase(UnaryOperator<LocalSupabase.Builder> settings) {
    LocalSupabase.require();
    PostgresServer server = PostgresServer.offline();
    Database database = migratedProject().copy();
    LocalSupabase project = settings
        .apply(LocalSupabase.builder(database.jdbcUrl())
            .overSocket(server.sockets(), server.port())
            .withSchema(Migrations.DEFAULT_SCHEMA))
        .start();
    return new Backing(
        database,
        Map.of(
            "BILLING_STORE", "supabase",
            "SUPABASE_URL", project.url(),
            "SUPABASE_SERVICE_ROLE_KEY", project.secretKey()),
        Optional.of(project));
  }

  // To migrate takes seconds and to copy what is migrated a moment, so each process does it once.
  private static synchronized Database migrated() {
    if (migrated == null) {
      Database template = new Database(PostgresServer.shared());
      PostgresBillingStore.open(PostgresConfig.of(template.url())).close();
      migrated = template;
    }
    return migrated;
  }

  private static synchronized Database migratedProject() {
    if (migratedProject == null) {
      Database template = new Database(PostgresServer.offline());
      LocalSupabase.createRoles(template.jdbcUrl());
      template.run(SupabaseSql.migrations(Migrations.DEFAULT_SCHEMA));
      migratedProject = template;
    }
    return migratedProject;
  }

  /** As the server opens it, by its settings. */
  BillingStore open() {
    return project
        .<BillingStore>map(supabase ->
            SupabaseBillingStore.open(SupabaseConfig.of(supabase.url(), supabase.secretKey())))
        .orElseGet(() -> PostgresBillingStore.open(PostgresConfig.of(database.url())));
  }

  @Override
  public void close() {
    project.ifPresent(LocalSupabase::close);
  }
}
