package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request to a route of Javalin's. Never holds more of its body than is allowed. */
final class JavalinExchange implements Exchange {
  private static final int MAX_IGNORED_BYTES = 4 << 20;

  private final Context context;

  JavalinExchange(Context context) {
    this.context = context;
  }

  @Override
  public String method() {
    return context.method().name();
  }

  @Override
  public String path() {
    return context.path();
  }

  @Override
  public @Nullable String queryString() {
    return context.queryString();
  }

  @Override
  public String scheme() {
    return context.scheme();
  }

  @Override
  public String remoteAddress() {
    return context.req().getRemoteAddr();
  }

  @Override
  public @Nullable String header(String name) {
    return context.header(name);
  }

  @Override
  public List<String> headers(String name) {
    return Collections.list(context.req().getHeaders(name));
  }

  @Override
  public Collection<String> headerNames() {
    return context.headerMap().keySet();
  }

  @Override
  public String pathParameter(String name) {
    return context.pathParam(name);
  }

  @Override
  public @Nullable String queryParameter(String name) {
    return context.queryParam(name);
  }

  @Override
  public Set<String> queryParameterNames() {
    return context.queryParamMap().keySet();
  }

  @Override
  public Optional<byte[]> body(int limit) {
    if (context.req().getContentLengthLong() <= limit) {
      byte[] body = readUpTo(limit + 1);
      if (body.length <= limit) {
        return Optional.of(body);
      }
    }
    ignoreRest();
    return Optional.empty();
  }

  // A client that is still sending when the connection closes never sees the answer.
  private void ignoreRest() {
    byte[] buffer = new byte[8192];
    try (InputStream rest = context.req().getInputStream()) {
      int read = rest.read(buffer);
      for (int ignored = 0; read >= 0 && ignored < MAX_IGNORED_BYTES; ignored += read) {
        read = rest.read(buffer);
      }
    } catch (IOException | RuntimeException e) {
      // The client has gone and needs no answer.
    }
  }

  private byte[] readUpTo(int most) {
    try {
      return context.req().getInputStream().readNBytes(most);
    } catch (IOException | RuntimeException e) {
      // The server throws either, for a broken chunk as for a client that has gone.
      throw ValidationFailed.of("body", "could not be read to its end");
    }
  }

  @Override
  public void await(CompletableFuture<?> sent) {
    context.future(() -> sent);
  }

  @Override
  public void send(
      int status, Map<String, String> headers, @Nullable String contentType, byte[] body) {
    context.status(status);
    headers.forEach((name, value) -> {
      if (name.equals("Vary")) {
        // A host's own handler may have named more that an answer depends on.
        context.res().addHeader(name, value);
      } else {
        context.header(name, value);
      }
    });
    if (contentType != null) {
      context.result(body).contentType(contentType);
    }
  }
}
