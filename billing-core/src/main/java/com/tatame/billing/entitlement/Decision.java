package com.tatame.billing.entitlement;

import com.tatame.billing.catalog.Feature;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.failure.LimitReached;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether an account may use a feature.
 *
 * @param name of the feature
 * @param allowed whether one more unit would be granted, or the feature is on
 * @param feature as the plan in force defines it
 * @param allowance what is left of it; empty where nothing is counted
 * @param reason why not, in words for the user; empty when allowed
 * @param upgrade the next plan that gives more; empty if none is sold
 * @param grants what was given of it on top of the plan, and is left, the earliest to expire first
 * @param staleSince when what it is derived from was read, by wall time, if the store is down since;
 *     empty for an answer as of now
 */
public record Decision(
    String name,
    boolean allowed,
    Feature feature,
    Optional<Allowance> allowance,
    Optional<String> reason,
    Optional<Plan> upgrade,
    List<GrantLeft> grants,
    Optional<Instant> staleSince) {
  public Decision {
    grants = List.copyOf(grants);
  }

  /**
   * What is left.
   *
   * @param limit of the plan's included units; empty for any number
   * @param used of them, also of a plan before whose windows have not ended
   * @param resetsAt when the window ends; empty if it never does
   * @param overage what holds beyond the limit; empty if nothing does
   * @param granted how many units grants have left
   */
  public record Allowance(
      Optional<Long> limit,
      long used,
      Optional<Instant> resetsAt,
      Optional<OverageLeft> overage,
      long granted) {
    /** Of an account without grants. */
    public Allowance(
        Optional<Long> limit,
        long used,
        Optional<Instant> resetsAt,
        Optional<OverageLeft> overage) {
      this(limit, used, resetsAt, overage, 0);
    }

    /**
     * How many units are left that cost nothing, included and granted ones, never less than 0; empty
     * for any number.
     */
    public Optional<Long> remaining() {
      return limit.map(most -> Math.max(0, most - used) + granted);
    }
  }

  /**
   * What is left of a grant.
   *
   * @param units of it that are left; empty where it makes a flag be on
   */
  public record GrantLeft(String id, Optional<Long> units, Optional<Instant> expiresAt) {}

  /**
   * What is left beyond the limit.
   *
   * @param remaining how many at this discount; empty for any number
   */
  public record OverageLeft(int discountPercent, Optional<Long> remaining) {}

  /** This, as the exception for a caller that needs it to be allowed. */
  public LimitReached refusal() {
    return new LimitReached(
        new LimitReached.Reached(
            name,
            allowance.flatMap(Allowance::limit).orElse(0L),
            allowance.map(Allowance::used).orElse(0L),
            allowance.flatMap(Allowance::remaining).orElse(0L),
            allowance.flatMap(Allowance::resetsAt),
            upgrade.map(Plan::tier)),
        reason.orElse("There is not enough left of " + name + "."));
  }
}
