package com.tatame.billing.command;

import java.util.Locale;

/** What a command does. The stored name must never change. */
public enum CommandKind {
  CREATE_CUSTOMER,
  CREATE_CHECKOUT,
  EXPIRE_CHECKOUT,
  CANCEL_SUBSCRIPTION,
  RESUME_SUBSCRIPTION;

  /**
   * Whether somebody who asks for {@code wanted} is served by {@code open}. An account has one
   * customer, whatever the callers know about the person; all else must ask for the very same.
   */
  boolean joins(Command open, Command wanted) {
    return this == CREATE_CUSTOMER || open.params().equals(wanted.params());
  }

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
