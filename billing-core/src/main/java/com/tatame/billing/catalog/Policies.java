package com.tatame.billing.catalog;

/**
 * What is done where an account has more than the catalog sells.
 *
 * @param duplicates about a second subscription of one plan family
 */
public record Policies(DuplicatePolicy duplicates) {
  /** Operators are told, and nothing is changed. */
  public static final Policies DEFAULT = new Policies(DuplicatePolicy.ALERT);
}
