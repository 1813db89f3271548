package com.tatame.billing.supabase;

/** The project, or this program, is not set up as needed, which waiting doesn't mend. */
final class NotSetUp extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without a trace: it only marks its effect. */
  NotSetUp(String message) {
    super(message, null, false, false);
  }
}
