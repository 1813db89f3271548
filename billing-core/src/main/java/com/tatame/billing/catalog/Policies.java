package com.tatame.billing.catalog;

/**
 * What is done where an account has more than the catalog sells.
 *
 * @param duplicates about a second subscription of one plan family
 * @param repeatedTrials about a second trial of one person and plan family
 */
public record Policies(DuplicatePolicy duplicates, RepeatedTrials repeatedTrials) {
  /** Operators are alerted, and nothing is changed. */
  public static final Policies DEFAULT = new Policies(DuplicatePolicy.ALERT, RepeatedTrials.ALERT);

  public Policies with(DuplicatePolicy other) {
    return new Policies(other, repeatedTrials);
  }

  public Policies with(RepeatedTrials other) {
    return new Policies(duplicates, other);
  }
}
