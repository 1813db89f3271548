package com.tatame.billing.http;

import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * Takes in events where Jetty reads them, so that none of them costs a change of threads, and leaves
 * everything else to the handlers behind it, which may block, on threads of their own.
 */
final class WebhookIntake extends Handler.Wrapper {
  private final HttpShell shell;
  private final Map<String, Route> routes;
  private final RouteHandler.Later handler;

  /**
   * Wires it.
   *
   * @param routes at which the provider may call; each is done by the same handler
   */
  WebhookIntake(HttpShell shell, List<Route> routes, RouteHandler.Later handler) {
    this.shell = shell;
    this.routes = routes.stream().collect(Collectors.toMap(Route::path, route -> route));
    this.handler = handler;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Route route = routes.get(Request.getPathInContext(request));
    if (route != null && takes(request, route)) {
      Content.Source.asByteArrayAsync(
          request,
          route.bodyRule().limit(),
          Promise.Invocable.from(
              InvocationType.NON_BLOCKING,
              (body, failure) ->
                  receive(route, new JettyExchange(request, response, callback, body), callback)));
    } else {
      leave(request, response, callback);
    }
    return true;
  }

  /** Those of a known length that is allowed, as the provider sends them. */
  private static boolean takes(Request request, Route route) {
    return request.getMethod().equals(route.method())
        && request.getLength() >= 0
        && request.getLength() <= route.bodyRule().limit();
  }

  private void receive(Route route, Exchange exchange, Callback callback) {
    try {
      shell.answer(route, handler, exchange);
    } catch (RuntimeException e) {
      callback.failed(e);
    }
  }

  private void leave(Request request, Response response, Callback callback) {
    try {
      VirtualThreads.execute(
          getServer().getThreadPool(), () -> answer(request, response, callback));
    } catch (RejectedExecutionException e) {
      Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
    }
  }

  private void answer(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }
}
