package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BillingStoreContract;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PostgresBillingStoreTest implements BillingStoreContract {
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);

  @AfterAll
  static void close() {
    STORE.close();
  }

  @Override
  public BillingStore store() {
    return STORE;
  }

  @Override
  public List<Fact> factsOf(SubjectId subject) {
    return TestDatabase.factsOf(CONFIG, subject);
  }

  @Test
  void theSessionsOfTheseTestsAreNotInUtc() {
    assertThat(TestDatabase.query(CONFIG, "show timezone")).containsExactly("Asia/Kathmandu");
  }
}
