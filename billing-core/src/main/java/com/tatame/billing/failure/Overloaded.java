package com.tatame.billing.failure;

/** As much of its kind is under way as can be; nothing was begun. Other kinds of work are not affected. */
public final class Overloaded extends BillingException {
  private static final long serialVersionUID = 1L;

  public Overloaded(String message) {
    super("server_busy", true, message);
  }
}
