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
  TAKE_FREE_ITEM,
  CREATE_EVENT_ENDPOINT,
  UPDATE_EVENT_ENDPOINT,
  /** An endpoint got another secret, or its secret was sealed under another key. */
  ROLL_EVENT_SECRET,
  /** Entries are sent to a subscriber again. */
  REPLAY_DELIVERIES,
  RETRY_DELIVERY,
  /** A subscriber never receives an entry. */
  SKIP_DELIVERY,
  REMOVE_SUBSCRIBER,
  /** A copy of a mail is sent. */
  RESEND_MAIL,
  /** An address is written to again. */
  LIFT_MAIL_SUPPRESSION,
  UPDATE_MAIL_PREFERENCES,
  /** With all its messages. */
  DELETE_CONVERSATION,
  DELETE_CHECK_IN;

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
