package com.tatame.billing.move;

import com.tatame.billing.failure.ValidationFailed;

/**
 * How hard a move may work.
 *
 * @param lanes tables that are copied and compared at the same time
 * @param pageBytes size of a page to aim at, in characters of its rows
 * @param digestRows rows that are compared by one digest
 */
public record MoveLimits(int lanes, int pageBytes, int digestRows) {
  public static final MoveLimits DEFAULT = new MoveLimits(2, 2_000_000, 20_000);

  /**
   * Checks the values.
   *
   * @throws ValidationFailed if one is below 1
   */
  public MoveLimits {
    if (lanes < 1) {
      throw ValidationFailed.of("lanes", "must be at least 1");
    }
    if (pageBytes < 1) {
      throw ValidationFailed.of("pageBytes", "must be at least 1");
    }
    if (digestRows < 1) {
      throw ValidationFailed.of("digestRows", "must be at least 1");
    }
  }
}
