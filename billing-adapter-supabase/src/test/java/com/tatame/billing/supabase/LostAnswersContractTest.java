package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.command.Pause;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.schema.ReadOnlyCache;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingStoreContract;
import com.tatame.billing.testkit.supabase.GatewayFault;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/**
 * The contract with a legacy key, over a project that loses one request or answer in seven, cuts
 * lists after 20 rows, has two connections and gives a statement 300 ms.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAnswersContractTest implements BillingStoreContract {
  private final String database = TestProject.migratedDatabase();
  private final LocalSupabase project = LocalSupabase.builder(database)
      .withSchema("billing")
      .withMaxRows(20)
      .withPool(2, Duration.ofSeconds(10))
      .withStatementLimit(Duration.ofMillis(300))
      .start();
  private final SupabaseBillingStore store = new SupabaseBillingStore(new RestFunctions(
      SupabaseConfig.of(project.url(), project.serviceRoleKey()),
      new Random(7),
      pause -> {},
      Pause.blocking()::pause,
      InstantSource.system(),
      new ReadOnlyCache(System::nanoTime)));

  LostAnswersContractTest() {
    project.loseEvery(7, GatewayFault.values());
  }

  @AfterAll
  void close() {
    store.close();
    project.close();
    assertThat(project.requests()).anyMatch(request -> request.fault().isPresent());
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
