package com.tatame.billing.postgres;

import com.tatame.billing.testkit.order.BillingUnderProof;
import org.junit.jupiter.api.Test;

/** The core ends in the provider's own state on a real database, too. */
class OrderProofTest {
  private static final int ENOUGH_FOR_SHARES = 100;

  @Test
  void theCoreEndsInTheProvidersOwnState() {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      BillingUnderProof.proof(
              BillingUnderProof.on(store, subject -> StoredFacts.of(config, subject)))
          .runAsAsked("billing.seeds.postgres", 30)
          .ifPresent(report -> {
            System.out.println(report);
            if (report.seeds() >= ENOUGH_FOR_SHARES) {
              report.requireEach(5);
            }
          });
    }
  }
}
