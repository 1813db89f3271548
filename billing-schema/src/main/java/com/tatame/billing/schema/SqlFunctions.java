package com.tatame.billing.schema;

/** Port: calls a function of the schema, in one transaction of its own. */
public interface SqlFunctions extends AutoCloseable {
  /**
   * Calls a function once. It is never repeated here: whether that is safe, the caller knows.
   *
   * @param function its name without the schema, such as {@code claim_events_v1}
   * @param argument one JSON document
   * @return one JSON document, {@code null} as a literal included
   * @throws SqlFunctionFailed if the database refused, or could not be asked
   */
  String call(String function, String argument);

  /** Gives back what calling needs; later calls fail. A second time it does nothing. */
  @Override
  void close();
}
