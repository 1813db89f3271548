package com.tatame.billing.testkit.supabase;

/** What goes wrong with one request on its way through the gateway. */
public enum GatewayFault {
  /** 429; the request never reached the database. */
  TOO_MANY_REQUESTS,
  /** 502 with a page of HTML; the request never reached the database. */
  BAD_GATEWAY_BEFORE,
  /** 502 with a page of HTML, after the database has committed. */
  BAD_GATEWAY_AFTER,
  /** The connection is closed without an answer, after the database has committed. */
  DROPPED_AFTER
}
