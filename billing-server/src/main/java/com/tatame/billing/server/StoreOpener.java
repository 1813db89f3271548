package com.tatame.billing.server;

import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.schema.FunctionBackedStore;
import com.tatame.billing.server.BillingConfig.Store;
import com.tatame.billing.supabase.SupabaseBillingStore;

/** How a configured store is opened: only a server and {@code schema migrate} change its schema. */
enum StoreOpener {
  /** Brings the schema of a PostgreSQL up to date first. */
  MIGRATING {
    @Override
    PostgresBillingStore open(Store.Postgres store) {
      return PostgresBillingStore.open(store.config());
    }
  },
  /**
   * Changes nothing.
   *
   * @see com.tatame.billing.schema.SchemaNotReady
   */
  AS_IT_IS {
    @Override
    PostgresBillingStore open(Store.Postgres store) {
      return PostgresBillingStore.openExisting(store.config());
    }
  };

  abstract PostgresBillingStore open(Store.Postgres store);

  /**
   * Opens one store, whatever it is for.
   *
   * @param role what it is for, as measured
   */
  FunctionBackedStore open(Store store, Telemetry telemetry, String role) {
    return store instanceof Store.Postgres postgres
        ? telemetry.watchPool(open(postgres), role)
        : SupabaseBillingStore.open(((Store.Supabase) store).config());
  }
}
