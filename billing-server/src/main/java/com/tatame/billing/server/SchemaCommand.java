package com.tatame.billing.server;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.schema.SchemaStatus;
import com.tatame.billing.server.BillingConfig.Store;
import com.tatame.billing.supabase.SupabaseBillingStore;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at the schema of the configured store, or brings it up to date. */
@Command(
    name = "schema",
    description = {
      "Look at the schema of the configured store, or bring it up to date.",
      "Reads the settings of the store alone; with BILLING_MOVE_TO, those of both stores."
    })
final class SchemaCommand {
  private static final int NOT_READY = 1;

  private final Supplier<Map<String, String>> environment;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  SchemaCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  /** What is the matter with a schema, and the command that mends it. */
  static String remedy(SchemaStatus status) {
    return status.describe()
        + (status.foreign()
            ? " If nothing in it is needed, run: drop schema \"" + status.schema()
                + "\" cascade; then 'billing schema migrate'."
            : " Run 'billing schema migrate', which brings it up to date; so does a server when it"
                + " starts.");
  }

  @Command(
      name = "status",
      description = {
        "Tell which migrations the schema has and lacks. Changes nothing.",
        "Ends with 0 if this release can work on it and with 1 if not."
      })
  int status() {
    return both(this::tell);
  }

  @Command(
      name = "migrate",
      description = {
        "Bring the schema up to date, or make it. Harmless if it is up to date.",
        "A PostgreSQL alone can be migrated; for a Supabase project it tells what is missing."
      })
  int migrate() {
    return both((role, store) -> {
      if (store instanceof Store.Postgres postgres) {
        int run = PostgresBillingStore.migrate(postgres.config());
        out()
            .println(
                role + ": " + (run == 1 ? "1 migration was run. " : run + " migrations were run. ")
                    + PostgresBillingStore.schemaStatus(postgres.config()).describe());
        return true;
      }
      return tell(role, store);
    });
  }

  private interface BatchStep {
    boolean on(String role, Store store);
  }

  private int both(BatchStep step) {
    BillingConfig.Stores stores = BillingConfig.storesFromEnv(environment.get());
    boolean ready =
        step.on("The configured store (" + stores.configured().kind() + ")", stores.configured());
    Optional<Store> target = stores.moveTo();
    if (target.isPresent()) {
      ready &= step.on("The store to move to (" + target.get().kind() + ")", target.get());
    }
    out().flush();
    return ready ? 0 : NOT_READY;
  }

  private boolean tell(String role, Store store) {
    if (store instanceof Store.Postgres postgres) {
      SchemaStatus status = PostgresBillingStore.schemaStatus(postgres.config());
      out().println(role + ": " + (status.usable() ? status.describe() : remedy(status)));
      return status.usable();
    }
    try {
      SupabaseBillingStore.open(((Store.Supabase) store).config()).close();
    } catch (StoreUnavailable | IllegalStateException e) {
      out()
          .println(role + ": " + e.getMessage() + " 'billing supabase-sql' prints the migrations.");
      return false;
    }
    out().println(role + ": Everything that this release needs is there.");
    return true;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
