package com.tatame.billing.move;

import java.util.OptionalLong;

/** Hears how a move gets on, from several threads at once. */
public interface MoveListener {
  /** Ignores everything. */
  MoveListener SILENT = new MoveListener() {};

  /**
   * Rows of a table have been copied.
   *
   * @param rows of this table so far, also by earlier runs
   * @param expected of this table, as estimated
   */
  default void copied(String table, long rows, OptionalLong expected) {}

  /**
   * Changes that were made meanwhile have been brought over.
   *
   * @param rows of all tables since the move began
   */
  default void followed(long rows) {}

  /**
   * Rows of a table have been compared.
   *
   * @param rows of this table so far
   */
  default void compared(String table, long rows, OptionalLong expected) {}
}
