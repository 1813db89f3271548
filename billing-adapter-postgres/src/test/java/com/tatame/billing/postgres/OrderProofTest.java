package com.tatame.billing.postgres;

import com.tatame.billing.testkit.eventorder.BillingUnderProof;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The core ends in the provider's own state on a real database, too. */
class OrderProofTest {
  private static final int ENOUGH_FOR_SHARES = 100;
  private static final Logger CORE = Logger.getLogger("com.tatame.billing");

  // What goes wrong in here goes wrong on purpose, thousands of times.
  @BeforeAll
  static void silence() {
    CORE.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    CORE.setLevel(null);
  }

  @Test
  void theCoreEndsInTheProvidersOwnState() {
    PostgresConfig config = TestDatabase.freshSchema();
    try (PostgresBillingStore store = PostgresBillingStore.open(config)) {
      BillingUnderProof.proof(
              BillingUnderProof.on(store, subject -> TestDatabase.factsOf(config, subject)))
          .runAsAsked("billing.seeds.postgres", 30)
          .ifPresent(report -> {
            System.out.println(report);
            if (report.seeds() >= ENOUGH_FOR_SHARES) {
              report.requireEach(5);
            }
          });
    }
  }

  @Test
  void eachCauseIsMailedOnceAndNoMailContradictsWhatIsKnown() {
    Queue<PostgresBillingStore> opened = new ConcurrentLinkedQueue<>();
    try {
      BillingUnderProof.proof(world -> {
            PostgresConfig config = TestDatabase.freshSchema();
            PostgresBillingStore store = PostgresBillingStore.open(config);
            opened.add(store);
            return BillingUnderProof.withMail(
                    store, subject -> TestDatabase.factsOf(config, subject))
                .open(world);
          })
          .runAsAsked("billing.mail.seeds.postgres", 3)
          .ifPresent(System.out::println);
    } finally {
      opened.forEach(PostgresBillingStore::close);
    }
  }
}
