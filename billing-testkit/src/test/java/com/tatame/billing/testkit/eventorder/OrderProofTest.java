package com.tatame.billing.testkit.eventorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever the order in which events arrive, however often and however late, and wherever programs
 * die: in the end the core holds what the provider holds.
 */
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
    BillingUnderProof.inMemory().runAsAsked("billing.seeds", 150).ifPresent(report -> {
      System.out.println(report);
      if (report.seeds() >= ENOUGH_FOR_SHARES) {
        report.requireEach(5);
      }
    });
  }

  @Test
  void aSeedDoesTheSameAgain() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(BillingUnderProof.inMemory().run(seed))
          .as("seed %d", seed)
          .isEqualTo(BillingUnderProof.inMemory().run(seed))
          .isNotEqualTo(BillingUnderProof.inMemory().run(seed + 1));
    }
  }

  @Test
  void aSeedCanBeRunUnderGivenCircumstances() {
    for (Reads reads : Reads.values()) {
      Report report = BillingUnderProof.inMemory()
          .nodes(5)
          .reads(reads)
          .apiVersion("2024-06-20")
          .crashes(30)
          .turns(80)
          .run(1, 10);

      assertThat(report.percent(Coverage.OTHER_VERSION)).as("%s", report).isEqualTo(100);
    }
  }
}
