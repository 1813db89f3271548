package com.tatame.billing.testkit.simulator.engine;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An outage on request.
 *
 * @param route what the request must begin with, for example {@code POST /v1/customers}; {@code *} stands for any characters
 *     within one segment of the path, as in {@code GET /v1/customers/cus_*}
 * @param status what is answered instead, for example 429 or 500
 * @param when whether the request is carried out, and what its idempotency key remembers
 * @param connection what becomes of the connection over HTTP; callers in the process are answered with the status
 */
public record Fault(String route, int status, When when, Connection connection) {
  private static final int TIMED_OUT = 504;

  public enum When {
    /** Nothing is done and nothing is remembered. */
    BEFORE,
    /** It is done, but the failure is what the key remembers. */
    AFTER,
    /** It is done and remembered, but the answer is lost on the way. */
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

  /** Rejects a status that is no failure. */
  public Fault {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("a fault's status is from 400 to 599, it is " + status);
    }
  }

  /** A failure that is answered. */
  public Fault(String route, int status, When when) {
    this(route, status, when, Connection.ANSWERS);
  }

  /** A call whose connection ends without a whole answer. */
  public static Fault cut(String route, When when) {
    return new Fault(route, TIMED_OUT, when, Connection.CUT);
  }

  /** A call that is not answered within any time. */
  public static Fault hang(String route, When when) {
    return new Fault(route, TIMED_OUT, when, Connection.HANGS);
  }

  boolean hits(String method, String path) {
    String begins = Arrays.stream(route.split("\\*", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("[^/]*"));
    return Pattern.compile(begins).matcher(method + " " + path).lookingAt();
  }
}
