package com.tatame.billing.http;

import com.tatame.billing.failure.BillingException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Counts and logs requests by route template, never by path: paths hold ids; and reports those that
 * failed unexpectedly.
 */
final class RequestLog {
  private static final Logger LOG = LoggerFactory.getLogger("com.tatame.billing.requests");

  private final RequestTimer timer;
  private final LongSupplier nanoTime;
  private final FailureListener failures;
  private final StackTraceLimit stackTraces;

  /**
   * Logs requests.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  RequestLog(RequestTimer timer, LongSupplier nanoTime, FailureListener failures) {
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.failures = failures;
    this.stackTraces = new StackTraceLimit(nanoTime);
  }

  Running start() {
    return new Running(nanoTime.getAsLong());
  }

  /** Logs a failure that was to be expected, such as that the database is down. */
  void expected(BillingException failure) {
    LoggingEventBuilder event = LOG.atWarn()
        .addKeyValue("code", failure.code())
        .addKeyValue("reason", failure.getMessage());
    if (stackTraces.admits(failure.code())) {
      event = event.setCause(failure);
    }
    event.log("request failed");
  }

  /**
   * Logs and reports an unexpected failure.
   *
   * @param route its method and template
   */
  void unexpected(Exception failure, String route, String requestId) {
    LOG.error("request failed unexpectedly", failure);
    failures.unexpected(failure, route, requestId);
  }

  /** A request under way. */
  final class Running {
    private final long startedAt;

    private Running(long startedAt) {
      this.startedAt = startedAt;
    }

    /** Counts and logs it, and gives back its status. */
    int end(String method, String route, int status) {
      Duration took = Duration.ofNanos(nanoTime.getAsLong() - startedAt);
      timer.record(method, route, status, took);
      LOG.atInfo()
          .addKeyValue("method", method)
          .addKeyValue("route", route)
          .addKeyValue("status", status)
          .addKeyValue("ms", took.toMillis())
          .log("request");
      return status;
    }
  }
}
