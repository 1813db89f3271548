package com.tatame.billing.server;

import com.tatame.billing.http.ClientRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** The proxies whose word about a client's connection counts. */
record TrustedProxies(AddressRanges ranges) {

  /** Whether the client's connection is encrypted, to here or to a proxy that says so. */
  boolean encrypted(ClientRequest request) {
    return request.scheme().equals("https")
        || (request.headers("X-Forwarded-Proto").stream().findFirst().equals(Optional.of("https"))
            && ranges.contain(request.remoteAddress()));
  }

  /** The client's address; headers of untrusted proxies are ignored. */
  String client(ClientRequest request) {
    return client(request.remoteAddress(), request.headers("X-Forwarded-For"));
  }

  /** Whose the body of a request is. */
  BodyBudget.Client bodyOf(Request request) {
    String peer = Request.getRemoteAddr(request);
    String client = client(peer, request.getHeaders().getValuesList("X-Forwarded-For"));
    return new BodyBudget.Client(client, !client.equals(peer));
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
