package com.tatame.billing.stripe;

/** An object whose JSON lacks what we need, or says what we don't know. */
final class UnreadableShape extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableShape(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
