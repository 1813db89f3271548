package com.tatame.billing.server;

import com.tatame.billing.http.BillingRoutes;
import io.javalin.config.JavalinConfig;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;

/** Limits of the HTTP server itself, which a library must not impose on its host. */
final class HttpServer {
  private static final long STOP_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 30_000;
  // By default it is 50, and the 51st connection at a time is retried after a second.
  private static final int CONNECTING = 1_024;
  private static final int HEADER_BYTES = 16 * 1024;
  private static final long LEAST_BYTES_PER_SECOND = 200;

  private HttpServer() {}

  static void configure(JavalinConfig config, BillingRoutes routes, int port) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendDateHeader(true);
      http.setRequestHeaderSize(HEADER_BYTES);
      // Tokens and signatures differ from request to request: to cache them for their connection
      // costs more than to read the few headers that don't.
      http.setHeaderCacheSize(0);
      http.setIdleTimeout(IDLE_MILLIS);
    });
    // Callers are known by their tokens: no request makes a servlet session, nor a cookie for one.
    config.jetty.modifyServletContextHandler(
        context -> context.setSessionHandler(new NoSessions()));
    config.jetty.addConnector((server, http) -> connector(server, http, port));
    config.jetty.modifyServer(server -> {
      server.insertHandler(routes.nonBlockingHandler());
      limit(server);
    });
  }

  private static ServerConnector connector(Server server, HttpConfiguration http, int port) {
    Executor pool = server.getThreadPool();
    // A connection goes on where its answer was sent: what may block is kept off that thread,
    // and to wake another one would cost more than all that is left to do.
    Executor inPlace = task -> {
      if (task instanceof Connection) {
        task.run();
      } else {
        pool.execute(task);
      }
    };
    // By default there is one for two cores, which only reads; here it also works.
    int selectors = Runtime.getRuntime().availableProcessors();
    ServerConnector connector = new ServerConnector(
        server, inPlace, null, null, -1, selectors, new HttpConnectionFactory(http));
    connector.setPort(port);
    connector.setAcceptQueueSize(CONNECTING);
    return connector;
  }

  private static void limit(Server server) {
    server.setStopTimeout(STOP_MILLIS);
    server.setErrorHandler(new ServerErrors());
    server.insertHandler(new WebSocketRefusal());
    server.insertHandler(new MinimumDataRateHandler(LEAST_BYTES_PER_SECOND, 0));
  }
}
