package com.tatame.billing.schema;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that the database refused, or that never reached it. The message names the SQLSTATE and the
 * constraint and nothing else: a database's own words may hold personal data.
 */
public final class SqlFunctionFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<String> sqlState;
  private final transient Optional<String> constraint;

  /**
   * Describes a failed call.
   *
   * @param sqlState empty if the database was not reached
   * @param constraint that a row violated
   * @param cause kept only where it can't hold a row's values
   */
  public SqlFunctionFailed(
      Optional<String> sqlState, Optional<String> constraint, @Nullable Throwable cause) {
    super(
        reason(sqlState, constraint),
        SqlStateMeaning.of(sqlState) == SqlStateMeaning.REFUSED ? null : cause);
    this.sqlState = sqlState;
    this.constraint = constraint;
  }

  private static String reason(Optional<String> sqlState, Optional<String> constraint) {
    return sqlState.map(state -> "SQLSTATE " + state).orElse("no connection")
        + constraint.map(name -> ", constraint " + name).orElse("");
  }

  public Optional<String> sqlState() {
    return sqlState;
  }

  public Optional<String> constraint() {
    return constraint;
  }

  /** Whether the same call can succeed later. */
  public boolean retryable() {
    return meaning() == SqlStateMeaning.UNAVAILABLE;
  }

  SqlStateMeaning meaning() {
    return SqlStateMeaning.of(sqlState);
  }

  /** SQLSTATE and constraint, safe to show. */
  String reason() {
    return reason(sqlState, constraint);
  }
}
