package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request that Jetty itself has read to its end. */
final class JettyExchange implements Exchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Map<String, String> pathParameters;
  private final byte @Nullable [] body;

  /**
   * Answers nothing yet.
   *
   * @param body null if it could not be read
   */
  JettyExchange(
      Request request,
      Response response,
      Callback callback,
      Map<String, String> pathParameters,
      byte @Nullable [] body) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.pathParameters = pathParameters;
    this.body = body;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return Request.getPathInContext(request);
  }

  @Override
  public @Nullable String queryString() {
    return request.getHttpURI().getQuery();
  }

  @Override
  public String scheme() {
    // A request that could not be read has an address without a scheme.
    return request.isSecure() ? "https" : "http";
  }

  @Override
  public String remoteAddress() {
    return Request.getRemoteAddr(request);
  }

  @Override
  public @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  @Override
  public List<String> headers(String name) {
    return request.getHeaders().getValuesList(name);
  }

  @Override
  public Collection<String> headerNames() {
    return request.getHeaders().getFieldNamesCollection();
  }

  @Override
  public String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the path has no " + name);
    }
    return value;
  }

  @Override
  public @Nullable String queryParameter(String name) {
    return Request.extractQueryParameters(request).getValue(name);
  }

  @Override
  public Set<String> queryParameterNames() {
    return Request.extractQueryParameters(request).getNames();
  }

  @Override
  public Optional<byte[]> body(int limit) {
    if (body == null) {
      throw ValidationFailed.of("body", "could not be read to its end");
    }
    return body.length > limit ? Optional.empty() : Optional.of(body);
  }

  @Override
  public void await(CompletableFuture<?> sent) {
    // Jetty keeps the connection until the callback completes, which an answer does.
    var unused = sent.whenComplete((nothing, failure) -> {
      if (failure != null) {
        callback.failed(failure);
      }
    });
  }

  @Override
  public void send(
      int status, Map<String, String> headers, @Nullable String contentType, byte[] body) {
    response.setStatus(status);
    headers.forEach(response.getHeaders()::put);
    if (contentType != null) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    }
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
