package com.tatame.billing.move;

/**
 * A place in the log of changes.
 *
 * @param rev number of the transaction
 * @param table and key of what it changed
 */
record LogPosition(String rev, String table, String key) {
  static final LogPosition START = new LogPosition("0", "", "");

  /** Whether all that was settled then lies before. */
  boolean reached(String settled) {
    return Long.compareUnsigned(Long.parseUnsignedLong(rev), Long.parseUnsignedLong(settled)) >= 0;
  }
}
