package com.tatame.billing.simulator.engine;

import org.jspecify.annotations.Nullable;

/** A refusal, as Stripe words it. */
final class StripeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int status;
  final String type;
  final @Nullable String code;
  final @Nullable String param;
  final @Nullable String declineCode;
  final @Nullable String intent;
  /** Whether the request was taken up before it was refused; only then is the answer stored under its idempotency key. */
  final boolean executed;

  /** What the error body says. */
  private record Body(
      String type,
      @Nullable String code,
      @Nullable String param,
      String message,
      @Nullable String declineCode,
      @Nullable String intent) {}

  private StripeException(int status, Body body, boolean executed) {
    super(body.message());
    this.status = status;
    this.type = body.type();
    this.code = body.code();
    this.param = body.param();
    this.declineCode = body.declineCode();
    this.intent = body.intent();
    this.executed = executed;
  }

  static StripeException invalid(@Nullable String code, @Nullable String param, String message) {
    return new StripeException(
        400, new Body("invalid_request_error", code, param, message, null, null), false);
  }

  static StripeException notModelled(String param) {
    return invalid(
        "parameter_unknown", param, "The simulator does not know the parameter " + param + " yet.");
  }

  static StripeException refused(@Nullable String code, String message) {
    return new StripeException(
        400, new Body("invalid_request_error", code, null, message, null, null), true);
  }

  static StripeException missing(String kind, String id, @Nullable String param) {
    return new StripeException(
        404,
        new Body(
            "invalid_request_error",
            "resource_missing",
            param,
            "No such " + kind + ": '" + id + "'",
            null,
            null),
        true);
  }

  static StripeException card(Decline decline, @Nullable String intent) {
    return new StripeException(
        402,
        new Body(
            "card_error", decline.code(), null, decline.message(), decline.declineCode(), intent),
        true);
  }

  static StripeException declining(
      int status,
      String type,
      @Nullable String code,
      @Nullable String declineCode,
      String message) {
    return new StripeException(
        status, new Body(type, code, null, message, declineCode, null), false);
  }

  static StripeException of(int status, String type, @Nullable String code, String message) {
    return new StripeException(status, new Body(type, code, null, message, null, null), false);
  }
}
