package com.tatame.billing.server;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The proxies whose word about a client's connection counts. */
record TrustedProxies(AddressRanges ranges) {

  /** Whether the client's connection is encrypted, to here or to a proxy that says so. */
  boolean encrypted(Context context) {
    return context.scheme().equals("https")
        || ("https".equals(context.header("X-Forwarded-Proto"))
            && ranges.contain(context.req().getRemoteAddr()));
  }

  /** The client's address; what a proxy of somebody else claims counts for nothing. */
  String client(Context context) {
    return client(
        context.req().getRemoteAddr(),
        Collections.list(context.req().getHeaders("X-Forwarded-For")));
  }

  /**
   * The nearest address that no trusted proxy has.
   *
   * @param peer who is connected
   * @param forwarded the values of X-Forwarded-For, to which each proxy appends who was connected to
   *     it
   */
  String client(String peer, List<String> forwarded) {
    List<String> hops = new ArrayList<>();
    forwarded.forEach(value -> hops.addAll(Arrays.asList(value.split(",", -1))));
    String nearest = peer;
    while (ranges.contain(nearest) && !hops.isEmpty()) {
      nearest = hops.remove(hops.size() - 1).strip();
    }
    return nearest;
  }
}
