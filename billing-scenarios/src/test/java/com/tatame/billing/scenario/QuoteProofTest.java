package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Quotes over random plans, days, quantities and discounts, with the world changed between the quote
 * and the change or not: what is charged is what was quoted, to the cent, or nothing is.
 */
class QuoteProofTest {
  private static final long ENOUGH_FOR_SHARES = 200;

  @Test
  void isChargedToTheCentOrRefused() {
    long seeds = Long.getLong("billing.seeds", 200);
    Map<QuoteRun.Outcome, Integer> outcomes = new EnumMap<>(QuoteRun.Outcome.class);
    Map<QuoteRun.Meanwhile, Integer> met = new EnumMap<>(QuoteRun.Meanwhile.class);
    for (long seed = 1; seed <= seeds; seed++) {
      try (QuoteRun run = new QuoteRun(seed)) {
        outcomes.merge(run.play(), 1, Integer::sum);
        met.merge(run.meanwhile(), 1, Integer::sum);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.println("quotes: " + seeds + " seeds, " + outcomes + "; meanwhile " + met);
    if (seeds >= ENOUGH_FOR_SHARES) {
      assertThat(outcomes).containsOnlyKeys(QuoteRun.Outcome.values());
      assertThat(met).containsOnlyKeys(QuoteRun.Meanwhile.values());
    }
  }
}
