package com.tatame.billing.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what never reached a route, such as a header that is too long. */
final class ServerErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    String code = status >= 500 ? "internal_error" : "validation_failed";
    String body = "{\"type\":\"urn:tatame:billing:problem:" + code
        + "\",\"title\":\"The request could not be read\",\"status\":" + status
        + ",\"detail\":\"The server refused it before it reached a route.\",\"code\":\"" + code
        + "\",\"requestId\":\"\",\"errors\":[]}";
    response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }
}
