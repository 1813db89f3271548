package com.tatame.billing.http;

/** Who may call a route. */
enum Access {
  PUBLIC,
  /**
   * Any caller whose token proves who it is, and sees its own account only; or an API key with the
   * route's scope, for the account that it names; and where the route says so, a visitor who has not
   * signed in.
   */
  SIGNED_IN,
  /**
   * As {@link #SIGNED_IN} for API keys and administrators only: what moves trust,
   * such as saying what was used, is not the user's to say.
   */
  TRUSTED,
  /** An administrator, or an API key with the route's scope. */
  ADMINISTRATOR,
  /** A collector of metrics, known by its own token. */
  METRICS
}
