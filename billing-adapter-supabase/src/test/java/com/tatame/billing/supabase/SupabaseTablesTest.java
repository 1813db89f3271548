package com.tatame.billing.supabase;

import com.tatame.billing.importing.SourceTables;
import com.tatame.billing.testkit.SourceTablesContract;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** Over a project that gives less on a page than is asked for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SupabaseTablesTest implements SourceTablesContract {
  private final String database = prepared();
  private final LocalSupabase project =
      LocalSupabase.builder(database).withSchema("public").withMaxRows(5).start();
  private final SourceTables source =
      SupabaseTables.open(SupabaseConfig.of(project.url(), project.secretKey()));

  private static String prepared() {
    String database = TestProject.emptyDatabase();
    LocalSupabase.createRoles(database);
    TestProject.run(
        database,
        CREATE,
        "grant usage on schema public to service_role",
        "grant select on public.\"Kept\" to service_role");
    return database;
  }

  @AfterAll
  void close() {
    source.close();
    project.close();
  }

  @Override
  public SourceTables source() {
    return source;
  }
}
