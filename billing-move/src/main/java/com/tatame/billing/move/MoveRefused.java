package com.tatame.billing.move;

/** The present state of the two stores forbids the step; the message says what to do instead. */
public final class MoveRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MoveRefused(String message) {
    super(message);
  }
}
