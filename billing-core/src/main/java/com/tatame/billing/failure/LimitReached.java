package com.tatame.billing.failure;

import java.time.Instant;
import java.util.Optional;

/** The plan gives no more of a feature, or none of it. */
public final class LimitReached extends BillingException {
  private static final long serialVersionUID = 1L;

  private final transient Reached reached;

  /**
   * Where the account stands.
   *
   * @param used of what the plan includes
   * @param remaining of it, at least 0
   * @param resetsAt when there is more at the latest; empty if time changes nothing
   * @param upgrade the tier of the next plan that gives more; empty if none is sold
   */
  public record Reached(
      String feature,
      long limit,
      long used,
      long remaining,
      Optional<Instant> resetsAt,
      Optional<String> upgrade) {}

  public LimitReached(Reached reached, String message) {
    super("limit_reached", false, message);
    this.reached = reached;
  }

  public Reached reached() {
    return reached;
  }
}
