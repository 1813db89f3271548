package com.tatame.billing.command;

import java.util.Locale;

/** How far a command got. */
public enum CommandState {
  /** Written down, never sent. */
  PLANNED,
  /** A process is sending it, or died while doing so. */
  SENDING,
  /** Sent, and the answer was lost: it may have been executed. */
  UNKNOWN,
  SUCCEEDED,
  REJECTED,
  /** It can no longer be found out safely by itself; a person decides. */
  NEEDS_OPERATOR;

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it keeps others of its account, kind and target from being written down. */
  public boolean open() {
    return this != SUCCEEDED && this != REJECTED;
  }

  /** Whether nothing more will be done about it by itself. */
  public boolean settled() {
    return this == SUCCEEDED || this == REJECTED || this == NEEDS_OPERATOR;
  }
}
