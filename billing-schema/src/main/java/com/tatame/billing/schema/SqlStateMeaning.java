package com.tatame.billing.schema;

import java.util.Optional;
import java.util.Set;

/** What an SQLSTATE says about a repetition. */
enum SqlStateMeaning {
  /** The same call can succeed later. */
  UNAVAILABLE,
  /** The store takes no writes at the moment; certainly nothing was executed. */
  PAUSED,
  /** The data can't be stored, now or later. */
  REFUSED,
  /** Program and schema don't fit each other. */
  DEFECT;

  private static final int CLASS_LENGTH = 2;

  /** What the schema raises while the store is frozen, or stands by. */
  private static final String WRITES_PAUSED = "PT503";

  /** Cardinality violation (two units wrote one row), data exception, integrity constraint. */
  private static final Set<String> REFUSED_CLASSES = Set.of("21", "22", "23");

  /**
   * Connection, invalid authorization, invalid catalog name, transaction rollback (a deadlock),
   * read-only transaction and the like, insufficient resources, program limit, object in use,
   * operator intervention (a timeout, a shutdown), system error, internal error.
   */
  private static final Set<String> UNAVAILABLE_CLASSES =
      Set.of("08", "25", "28", "3D", "40", "53", "54", "55", "57", "58", "XX");

  /** An empty state means that there was no answer at all. */
  static SqlStateMeaning of(Optional<String> sqlState) {
    if (sqlState.isEmpty() || sqlState.get().length() < CLASS_LENGTH) {
      return UNAVAILABLE;
    }
    if (sqlState.get().equals(WRITES_PAUSED)) {
      return PAUSED;
    }
    String stateClass = sqlState.get().substring(0, CLASS_LENGTH);
    if (REFUSED_CLASSES.contains(stateClass)) {
      return REFUSED;
    }
    return UNAVAILABLE_CLASSES.contains(stateClass) ? UNAVAILABLE : DEFECT;
  }
}
