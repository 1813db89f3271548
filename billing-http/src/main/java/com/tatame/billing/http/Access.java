package com.tatame.billing.http;

/** Who may call a route. */
enum Access {
  PUBLIC,
  /** Any caller whose token proves who it is; sees its own account only. */
  SIGNED_IN,
  ADMINISTRATOR,
  /** A collector of metrics, known by its own token. */
  METRICS
}
