package com.tatame.billing.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Evicts a connection whose database refused a write since it is read-only. After a failover behind
 * one address the pool still holds connections to the server that was primary before; the next one
 * leads to the server that is primary now.
 */
final class ReadOnlyEviction implements SQLExceptionOverride {
  private static final String READ_ONLY = "25006";

  @java.lang.Override
  public Override adjudicate(SQLException failure) {
    return READ_ONLY.equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
  }
}
