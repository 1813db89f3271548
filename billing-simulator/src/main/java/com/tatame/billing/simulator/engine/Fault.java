package com.tatame.billing.simulator.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An outage on request.
 *
 * @param route what the request must begin with, for example {@code POST /v1/customers}; {@code *} stands for any characters
 *     within one segment of the path, as in {@code GET /v1/customers/cus_*}
 * @param status what is answered instead, for example 429 or 500
 * @param when whether the request is carried out, and what is stored under its idempotency key
 * @param connection what becomes of the connection over HTTP; callers in the process are answered with the status
 * @param refusal what the error says; empty for what is usual with the status
 */
public record Fault(
    String route, int status, When when, Connection connection, Optional<Refusal> refusal) {
  private static final int TIMED_OUT = 504;
  private static final int RATE_LIMITED = 429;

  public enum When {
    /** Nothing is done and nothing is stored under the key. */
    BEFORE,
    /** It is done, but the failure is stored under the key. */
    AFTER,
    /** It is done and stored under the key, but the answer is lost on the way. */
    LOST
  }

  /** How a failing call looks from outside. */
  public enum Connection {
    /** It carries the status. */
    ANSWERS,
    /** It ends in the middle of the answer. */
    CUT,
    /** It stays open and silent, until the caller gives up or the faults are cleared. */
    HANGS
  }

  /** What an error says of itself, such as {@code card_error}, {@code card_declined}, {@code lost_card}. */
  public record Refusal(String type, Optional<String> code, Optional<String> declineCode) {}

  /** Rejects a status that is no failure. */
  public Fault {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("a fault's status is from 400 to 599, it is " + status);
    }
  }

  /** A failure that is answered. */
  public Fault(String route, int status, When when) {
    this(route, status, when, Connection.ANSWERS, Optional.empty());
  }

  /** As usual with the status, over such a connection. */
  public Fault(String route, int status, When when, Connection connection) {
    this(route, status, when, connection, Optional.empty());
  }

  /** A call that is refused with just this error, and not carried out. */
  public static Fault refusing(String route, int status, Refusal refusal) {
    return new Fault(route, status, When.BEFORE, Connection.ANSWERS, Optional.of(refusal));
  }

  /** A call whose connection ends without a whole answer. */
  public static Fault cut(String route, When when) {
    return new Fault(route, TIMED_OUT, when, Connection.CUT);
  }

  /** A call that is not answered within any time. */
  public static Fault hang(String route, When when) {
    return new Fault(route, TIMED_OUT, when, Connection.HANGS);
  }

  /** Whether it says that the request itself is wrong, and not that this is no time for it. */
  boolean judges() {
    return status < 500 && status != RATE_LIMITED && connection == Connection.ANSWERS;
  }

  StripeException error() {
    String message = "This was asked for, by +1 555 0100 of ada@example.com.";
    if (refusal.isPresent()) {
      return StripeException.declining(
          status,
          refusal.get().type(),
          refusal.get().code().orElse(null),
          refusal.get().declineCode().orElse(null),
          message);
    }
    return status == RATE_LIMITED
        ? StripeException.of(status, "invalid_request_error", "rate_limit", message)
        : StripeException.of(status, "api_error", null, message);
  }

  boolean hits(String method, String path) {
    String begins = Arrays.stream(route.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("[^/]*"));
    return Pattern.compile(begins).matcher(method + " " + path).lookingAt();
  }
}
