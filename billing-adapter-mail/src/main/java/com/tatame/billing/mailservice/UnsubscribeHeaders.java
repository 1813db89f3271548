package com.tatame.billing.mailservice;

import java.net.URI;
import java.util.Map;

/** The headers of RFC 8058, by which a mail program unsubscribes with one click. */
final class UnsubscribeHeaders {
  static final String LIST_UNSUBSCRIBE = "List-Unsubscribe";
  static final String LIST_UNSUBSCRIBE_POST = "List-Unsubscribe-Post";
  static final String ONE_CLICK = "List-Unsubscribe=One-Click";

  private UnsubscribeHeaders() {}

  static Map<String, String> of(URI uri) {
    return Map.of(
        LIST_UNSUBSCRIBE, "<" + uri.toASCIIString() + ">", LIST_UNSUBSCRIBE_POST, ONE_CLICK);
  }
}
