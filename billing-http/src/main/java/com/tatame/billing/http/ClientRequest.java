package com.tatame.billing.http;

import java.util.List;

/** What a request tells about where it comes from, on whichever kind of server. */
public interface ClientRequest {
  /** The scheme of the connection itself, {@code http} or {@code https}. */
  String scheme();

  /** The address of the connection, which may be a proxy's. */
  String remoteAddress();

  /** All values of a header, in their order. */
  List<String> headers(String name);
}
