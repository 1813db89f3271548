package com.tatame.billing.http;

import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers what the HTTP server refuses before a request reaches a route, such as a header that is too
 * long, with the headers and the problem document of every other answer.
 */
final class ServerErrors implements Request.Handler {
  private final HttpShell shell;

  ServerErrors(HttpShell shell) {
    this.shell = shell;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
    shell.refuse(
        cause instanceof HttpException refusal ? refusal.getCode() : response.getStatus(),
        new JettyExchange(request, response, callback, Map.of(), null));
    return true;
  }
}
