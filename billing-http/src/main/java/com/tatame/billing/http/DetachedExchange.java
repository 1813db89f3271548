package com.tatame.billing.http;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a request says, copied off the server's own object, which serves another request once this one
 * is answered. Has neither a body nor a way to answer.
 */
final class DetachedExchange implements Exchange {
  private final String method;
  private final String path;
  private final @Nullable String queryString;
  private final String scheme;
  private final String remoteAddress;
  private final Map<String, List<String>> headers = new HashMap<>();
  private final Map<String, String> pathParameters = new HashMap<>();
  private final Map<String, String> queryParameters = new HashMap<>();

  DetachedExchange(Exchange exchange, Route route) {
    method = exchange.method();
    path = exchange.path();
    queryString = exchange.queryString();
    scheme = exchange.scheme();
    remoteAddress = exchange.remoteAddress();
    exchange
        .headerNames()
        .forEach(name -> headers.put(name.toLowerCase(Locale.ROOT), exchange.headers(name)));
    route.pathParameters().forEach(name -> pathParameters.put(name, exchange.pathParameter(name)));
    exchange.queryParameterNames().forEach(name -> {
      String value = exchange.queryParameter(name);
      queryParameters.put(name, value == null ? "" : value);
    });
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String queryString() {
    return queryString;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String remoteAddress() {
    return remoteAddress;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers(name);
    return values.isEmpty() ? null : values.get(0);
  }

  @Override
  public List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  @Override
  public Collection<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public String pathParameter(String name) {
    return pathParameters.getOrDefault(name, "");
  }

  @Override
  public @Nullable String queryParameter(String name) {
    return queryParameters.get(name);
  }

  @Override
  public Set<String> queryParameterNames() {
    return queryParameters.keySet();
  }

  @Override
  public Optional<byte[]> body(int limit) {
    throw new UnsupportedOperationException("the body was read before");
  }

  @Override
  public void await(CompletableFuture<?> sent) {
    throw new UnsupportedOperationException("the request itself answers");
  }

  @Override
  public void send(
      int status, Map<String, String> answer, @Nullable String contentType, byte[] body) {
    throw new UnsupportedOperationException("the request itself answers");
  }
}
