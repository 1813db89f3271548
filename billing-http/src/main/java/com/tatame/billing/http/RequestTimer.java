package com.tatame.billing.http;

import java.time.Duration;

/** Where the time that requests take is counted. */
interface RequestTimer {
  /** Counts nothing. */
  RequestTimer NONE = (method, route, status, took) -> {};

  /**
   * Counts one request.
   *
   * @param route the template, never the path
   */
  void record(String method, String route, int status, Duration took);
}
