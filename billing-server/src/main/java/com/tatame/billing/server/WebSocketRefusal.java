package com.tatame.billing.server;

import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses WebSocket handshakes in front of everything, since nothing here speaks WebSocket and the
 * servlet behind it makes an HTTP session for each. Other upgrades, such as a client's offer of
 * HTTP/2, are ignored as the protocol allows.
 */
final class WebSocketRefusal extends Handler.Wrapper {
  private static final String HANDSHAKE = "sec-websocket-";

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!isHandshake(request)) {
      return super.handle(request, response, callback);
    }
    Response.writeError(
        request, response, callback, HttpStatus.BAD_REQUEST_400, "WebSockets are not served here.");
    return true;
  }

  private static boolean isHandshake(Request request) {
    for (HttpField field : request.getHeaders()) {
      if (field.getName().toLowerCase(Locale.ROOT).startsWith(HANDSHAKE)
          || (field.getHeader() == HttpHeader.UPGRADE && field.contains("websocket"))) {
        return true;
      }
    }
    return false;
  }
}
