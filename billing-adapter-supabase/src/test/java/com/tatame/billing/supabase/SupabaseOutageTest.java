package com.tatame.billing.supabase;

import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.OutageContract;
import com.tatame.billing.testkit.RestartablePostgres;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The Data API goes on while its database is in trouble, and says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SupabaseOutageTest implements OutageContract {
  private RestartablePostgres database;
  private LocalSupabase project;
  private SupabaseBillingStore store;

  @BeforeAll
  void open(@TempDir Path folder) {
    LocalSupabase.require();
    database = new RestartablePostgres(folder);
    TestProject.migrate(database.jdbcUrl());
    project = LocalSupabase.builder(database.jdbcUrl()).withSchema("billing").start();
    store = SupabaseBillingStore.open(SupabaseConfig.of(project.url(), project.secretKey()));
  }

  @AfterAll
  void close() {
    if (store != null) {
      store.close();
      project.close();
      database.close();
    }
  }

  @Override
  public BillingStore store() {
    return store;
  }

  @Override
  public RestartablePostgres database() {
    return database;
  }
}
