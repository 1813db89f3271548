package com.tatame.billing.http;

import io.javalin.http.Context;
import java.util.function.Predicate;

/** Headers that keep browsers from doing more with an answer than they should. */
final class PageHeaders {
  private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String ONE_YEAR = "max-age=31536000; includeSubDomains";

  private final Predicate<Context> secure;

  /**
   * Wires the headers.
   *
   * @param secure whether the client's connection is encrypted
   */
  PageHeaders(Predicate<Context> secure) {
    this.secure = secure;
  }

  void apply(Context context, String contentType) {
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Resource-Policy", "same-site");
    context.header(
        "Content-Security-Policy", contentType.startsWith("text/html") ? PAGE_POLICY : DATA_POLICY);
    if (secure.test(context)) {
      context.header("Strict-Transport-Security", ONE_YEAR);
    }
  }
}
