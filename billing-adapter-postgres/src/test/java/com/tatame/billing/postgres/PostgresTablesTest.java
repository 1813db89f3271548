package com.tatame.billing.postgres;

import com.tatame.billing.importing.SourceTables;
import com.tatame.billing.testkit.SourceTablesContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTablesTest implements SourceTablesContract {
  private final PostgresConfig database = TestDatabase.freshSchema();
  private final SourceTables source = open();

  private SourceTables open() {
    TestDatabase.run(database, CREATE);
    return PostgresTables.open(database);
  }

  @AfterAll
  void close() {
    source.close();
    TestDatabase.run(database, "drop table public.\"Kept\"");
  }

  @Override
  public SourceTables source() {
    return source;
  }
}
