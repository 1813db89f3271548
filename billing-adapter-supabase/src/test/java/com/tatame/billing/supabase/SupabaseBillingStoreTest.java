package com.tatame.billing.supabase;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingStoreContract;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The contract with a secret key, over a project with the limits of a hosted one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SupabaseBillingStoreTest implements BillingStoreContract {
  private final String database = TestProject.migratedDatabase();
  private final LocalSupabase project =
      LocalSupabase.builder(database).withSchema("billing").start();
  private final SupabaseBillingStore store =
      SupabaseBillingStore.open(SupabaseConfig.of(project.url(), project.secretKey()));

  @AfterAll
  void close() {
    store.close();
    project.close();
  }

  @Override
  public BillingStore store() {
    return store;
  }

  @Override
  public List<Fact> factsOf(SubjectId subject) {
    return TestProject.factsOf(database, subject);
  }
}
