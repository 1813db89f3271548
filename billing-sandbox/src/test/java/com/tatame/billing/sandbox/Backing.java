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

/**
 * An empty database, as a server reaches it and as a test looks into it.
 *
 * @param environment all that the server knows of it
 * @param project the only way to it, if there is one
 */
record Backing(Database database, Map<String, String> environment, Optional<LocalSupabase> project)
    implements AutoCloseable {
  static Backing postgresql() {
    return postgresql(PostgresServer.shared());
  }

  /** On a server that may be stopped. */
  static Backing postgresql(PostgresServer server) {
    Database database = new Database(server);
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
    Database database = new Database(server);
    LocalSupabase.createRoles(database.jdbcUrl());
    database.run(SupabaseSql.migrations(Migrations.DEFAULT_SCHEMA));
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
