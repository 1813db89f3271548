package com.tatame.billing.mailservice;

import java.net.URI;
import java.util.Locale;

/** Which URIs may be links: a page of the web, and no script. */
final class Links {
  private Links() {}

  static boolean isPage(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals("https") || scheme.equals("http")) && uri.getHost() != null;
  }

  static void check(String field, URI uri) {
    if (!isPage(uri)) {
      throw new IllegalArgumentException(
          field + ": must be a page, such as https://example.com/account");
    }
  }
}
