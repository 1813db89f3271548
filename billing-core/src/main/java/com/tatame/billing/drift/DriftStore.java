package com.tatame.billing.drift;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: which customers were compared with the provider, and what differed. */
public interface DriftStore {
  /**
   * Mirrored customers that are not gone, by id.
   *
   * @param after only those behind this id
   */
  List<String> customers(Optional<String> after, int limit);

  /**
   * Records that at this instant all that is stored of a customer was equal to what the provider
   * holds.
   */
  void prove(String customerId, Instant at);

  /** When a customer was last proven equal; empty if it never was. */
  Optional<Instant> provenAt(String customerId);

  /**
   * Lists a difference. One of the same row that is open already keeps its id and its time, and takes
   * the new difference and cause.
   */
  void report(Drift drift);

  /** Closes all that is open of a customer. */
  void repaired(String customerId, String by, Instant at);

  /**
   * Reported differences, newest first.
   *
   * @param open only those that are not repaired
   * @param before only those reported before the one with this id; empty for the first page
   * @param limit 1 to 101
   */
  List<Drift> list(boolean open, Optional<String> before, int limit);

  Optional<Drift> find(String id);
}
