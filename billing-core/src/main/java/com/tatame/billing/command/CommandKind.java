package com.tatame.billing.command;

import java.util.Locale;

/** What a command does. The stored name must never change. */
public enum CommandKind {
  CREATE_CUSTOMER,
  CREATE_CHECKOUT,
  EXPIRE_CHECKOUT,
  CANCEL_SUBSCRIPTION,
  RESUME_SUBSCRIPTION;

  /** The stored name, lower case. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
