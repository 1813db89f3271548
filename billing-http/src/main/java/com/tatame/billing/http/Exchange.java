package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request and the way to its answer, on whichever kind of server. */
interface Exchange extends ClientRequest {
  String method();

  String path();

  @Nullable
  String queryString();

  @Nullable
  String header(String name);

  Collection<String> headerNames();

  String pathParameter(String name);

  @Nullable
  String queryParameter(String name);

  Set<String> queryParameterNames();

  /**
   * The whole body; empty if it is larger than the limit, whatever its Content-Length says.
   *
   * @throws ValidationFailed if it ends too early
   */
  Optional<byte[]> body(int limit);

  /** Keeps the connection, but no thread, until an answer is sent. */
  void await(CompletableFuture<?> sent);

  /** Sends the answer, without a Content-Type if that is null. */
  void send(int status, Map<String, String> headers, @Nullable String contentType, byte[] body);
}
