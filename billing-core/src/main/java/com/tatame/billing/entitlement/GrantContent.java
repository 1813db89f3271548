package com.tatame.billing.entitlement;

/** What an account is given without paying for it. */
public sealed interface GrantContent {
  /**
   * A plan, for as long as the grant holds.
   *
   * @param tier of the catalog
   */
  record Tier(String tier) implements GrantContent {}

  /**
   * Units of a feature that is counted, beyond what the plan includes.
   *
   * @param units in all, at least 1; no window begins them anew
   */
  record Units(String feature, long units) implements GrantContent {}

  /** A feature that is on or off, to be on. */
  record Flag(String feature) implements GrantContent {}
}
