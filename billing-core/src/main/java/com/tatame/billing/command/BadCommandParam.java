package com.tatame.billing.command;

/** A stored command that can't be sent, because a parameter is missing or malformed. */
public final class BadCommandParam extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  BadCommandParam(CommandKind kind, String param) {
    super("a stored " + kind.code() + " command has no parameter " + param);
  }

  // Its cause may show the value, but text, which may be personal, is never malformed.
  BadCommandParam(CommandKind kind, String param, Throwable cause) {
    super("a stored " + kind.code() + " command has a malformed parameter " + param, cause);
  }
}
