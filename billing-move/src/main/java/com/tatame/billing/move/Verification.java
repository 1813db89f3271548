package com.tatame.billing.move;

import java.util.List;

/**
 * The result of comparing all rows.
 *
 * @param rows that were compared
 * @param differences the first of each table; none if all is equal
 */
public record Verification(long rows, List<Difference> differences) {
  public Verification {
    differences = List.copyOf(differences);
  }

  public boolean equal() {
    return differences.isEmpty();
  }

  /**
   * A row that is not the same on both sides.
   *
   * @param key the primary key's values, as a JSON array
   */
  public record Difference(String table, String key, Kind kind) {}

  /** What is wrong with the target's row. */
  public enum Kind {
    MISSING,
    SUPERFLUOUS,
    DIFFERENT
  }
}
