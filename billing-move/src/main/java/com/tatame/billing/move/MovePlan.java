package com.tatame.billing.move;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a move will have to do.
 *
 * @param tables largest first
 * @param rowsPerSecond that the source handed out when it was tried; 0 if it holds nothing
 * @param copying how long copying will take, roughly
 * @param blockers that will hold the move up until they end
 */
public record MovePlan(
    List<Table> tables, double rowsPerSecond, Duration copying, List<Blocker> blockers) {
  public MovePlan {
    tables = List.copyOf(tables);
    blockers = List.copyOf(blockers);
  }

  /**
   * One table.
   *
   * @param rows by the database's statistics; empty if it has none yet
   * @param bytes on disk with indexes; 0 in files
   */
  public record Table(String name, OptionalLong rows, long bytes) {}
}
