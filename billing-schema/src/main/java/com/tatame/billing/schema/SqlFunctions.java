package com.tatame.billing.schema;

import java.util.List;
import java.util.Optional;

/** Port: calls a function of the schema, in one transaction of its own. */
public interface SqlFunctions extends AutoCloseable {
  /**
   * Calls a function, which takes effect at most once. A transport that repeats a call whose answer
   * was lost must see to that; {@code once_v1} does it for any function.
   *
   * @param function its name without the schema, such as {@code claim_events_v1}
   * @param argument one JSON document
   * @return one JSON document, {@code null} as a literal included
   * @throws SqlFunctionFailed if the database refused, or could not be asked
   * @throws com.tatame.billing.failure.StoreUnavailable if the transport knows what stands in the
   *     way of all calls, and what to do about it
   */
  String call(String function, String argument);

  /**
   * As {@link #call(String, String)}, for a function that also takes long texts beside its document,
   * so that they needn't be written as JSON and read again.
   *
   * @return empty, and nothing was called, if this transport sends documents alone
   */
  default Optional<String> call(String function, String argument, List<String> texts) {
    return Optional.empty();
  }

  /**
   * Whether the database takes no writes, as a replica does after a failover. By default it is not
   * known, and false.
   *
   * @throws SqlFunctionFailed if the database could not be asked
   */
  default boolean readOnly() {
    return false;
  }

  /** Whether the database is known to be down: calls fail at once until it answers a probe. */
  default boolean down() {
    return false;
  }

  /** Gives back what calling needs; later calls fail. A second time it does nothing. */
  @Override
  void close();
}
