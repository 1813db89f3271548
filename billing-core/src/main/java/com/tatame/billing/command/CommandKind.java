package com.tatame.billing.command;

import com.tatame.billing.observation.ObjectKind;
import java.util.Locale;

/** What a command does. The stored name must never change. */
public enum CommandKind {
  CREATE_CUSTOMER(ObjectKind.CUSTOMER),
  CREATE_CHECKOUT(ObjectKind.CHECKOUT_SESSION),
  EXPIRE_CHECKOUT(ObjectKind.CHECKOUT_SESSION),
  CANCEL_SUBSCRIPTION(ObjectKind.SUBSCRIPTION),
  RESUME_SUBSCRIPTION(ObjectKind.SUBSCRIPTION);

  private final ObjectKind object;

  CommandKind(ObjectKind object) {
    this.object = object;
  }

  /** The kind of object that it makes or changes, which its result names. */
  public ObjectKind object() {
    return object;
  }

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
