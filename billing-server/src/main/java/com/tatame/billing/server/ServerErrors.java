package com.tatame.billing.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what never reached a route, such as a header that is too long. */
final class ServerErrors extends ErrorHandler {
  private static final long RETRY_SECONDS = 5;

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    boolean busy = status == HttpStatus.SERVICE_UNAVAILABLE_503;
    boolean limited = status == HttpStatus.TOO_MANY_REQUESTS_429;
    if (busy || limited) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
    }
    String code = busy
        ? "store_unavailable"
        : limited ? "rate_limited" : status >= 500 ? "internal_error" : "validation_failed";
    String title = busy || limited ? "The server is busy" : "The request could not be read";
    String body = "{\"type\":\"urn:tatame:billing:problem:" + code
        + "\",\"title\":\"" + title + "\",\"status\":" + status
        + ",\"detail\":\"The server refused it before it reached a route.\",\"code\":\"" + code
        + "\",\"requestId\":\"\",\"errors\":[]}";
    response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }
}
