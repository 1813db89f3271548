package com.tatame.billing.entitlement;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a decision was derived.
 *
 * @param at the instant that was asked about, by the billing clock
 * @param decision as it was given without explanation
 * @param plan in force
 * @param grounds everything that could have decided, in the order in which it is considered; one of
 *     them decides
 * @param counting where units are counted; empty where nothing is
 * @param hindsight what became known of that instant afterwards; empty if nothing did
 * @param summary all of it in plain English, to be read out
 */
public record Explanation(
    AccountId account,
    Instant at,
    Decision decision,
    Plan plan,
    List<EntitlementCandidate> grounds,
    Optional<Counting> counting,
    Optional<Hindsight> hindsight,
    String summary) {
  public Explanation {
    grounds = List.copyOf(grounds);
  }

  /**
   * Where and how much was counted.
   *
   * @param window by which units are counted anew; empty for a level
   * @param period in which it was asked
   * @param used in it, and in windows before whose units still count
   */
  public record Counting(Optional<Window> window, Period period, UsageTally used) {}

  /**
   * What would have been answered, had everything been known then that had happened by then.
   *
   * @param knownSince by the billing clock
   */
  public record Hindsight(
      Instant knownSince, Decision decision, Plan plan, List<EntitlementCandidate> grounds) {
    public Hindsight {
      grounds = List.copyOf(grounds);
    }
  }

  Explanation with(Hindsight later) {
    return new Explanation(
        account,
        at,
        decision,
        plan,
        grounds,
        counting,
        Optional.of(later),
        summary + " " + ExplanationText.afterwards(later));
  }
}
