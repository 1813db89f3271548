package com.tatame.billing.postgres;

import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.OutageContract;
import com.tatame.billing.testkit.RestartablePostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresOutageTest implements OutageContract {
  private RestartablePostgres database;
  private PostgresBillingStore store;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = new RestartablePostgres(folder);
    store = PostgresBillingStore.open(PostgresConfig.of(database.url()));
  }

  @AfterAll
  void close() {
    store.close();
    database.close();
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
