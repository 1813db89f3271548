package com.tatame.billing.server;

import io.javalin.config.JavalinConfig;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;

/** Limits of the HTTP server itself, which a library must not impose on its host. */
final class HttpServer {
  private static final long STOP_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 30_000;
  private static final int HEADER_BYTES = 16 * 1024;
  private static final long LEAST_BYTES_PER_SECOND = 200;

  private HttpServer() {}

  static void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendDateHeader(true);
      http.setRequestHeaderSize(HEADER_BYTES);
      http.setIdleTimeout(IDLE_MILLIS);
    });
    config.jetty.modifyServer(HttpServer::limit);
  }

  private static void limit(Server server) {
    server.setStopTimeout(STOP_MILLIS);
    server.setErrorHandler(new ServerErrors());
    server.insertHandler(new MinimumDataRateHandler(LEAST_BYTES_PER_SECOND, 0));
  }
}
