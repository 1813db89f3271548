package com.tatame.billing.audit;

import java.util.Locale;

/**
 * What is audited beside commands, which are audited under the names of their kinds. The stored name
 * must never change.
 */
public enum AuditAction {
  CREATE_GRANT,
  REVOKE_GRANT,
  CREATE_API_KEY,
  REVOKE_API_KEY,
  /** A person decided what became of a command. */
  RESOLVE_COMMAND,
  /** A person decided what became of a usage report. */
  RESOLVE_USAGE_REPORT,
  CLAIM_ANONYMOUS_SESSION,
  REPAIR_DRIFT,
  REPLAY_EVENTS,
  PUBLISH_CATALOG,
  /** An item that cost nothing was taken. */
  TAKE_FREE_ITEM;

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
