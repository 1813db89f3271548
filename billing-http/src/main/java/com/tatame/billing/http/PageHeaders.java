package com.tatame.billing.http;

import java.util.Map;
import java.util.function.Predicate;

/** Headers that keep browsers from doing more with an answer than they should. */
final class PageHeaders {
  private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
  private static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String ONE_YEAR = "max-age=31536000; includeSubDomains";

  private final Predicate<ClientRequest> secure;

  /**
   * Wires the headers.
   *
   * @param secure whether the client's connection is encrypted
   */
  PageHeaders(Predicate<ClientRequest> secure) {
    this.secure = secure;
  }

  void apply(ClientRequest request, String contentType, Map<String, String> headers) {
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Resource-Policy", "same-site");
    headers.put(
        "Content-Security-Policy", contentType.startsWith("text/html") ? PAGE_POLICY : DATA_POLICY);
    if (secure.test(request)) {
      headers.put("Strict-Transport-Security", ONE_YEAR);
    }
  }
}
