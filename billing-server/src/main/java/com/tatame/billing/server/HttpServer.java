package com.tatame.billing.server;

import com.tatame.billing.http.BillingRoutes;
import io.javalin.config.JavalinConfig;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Limits of the HTTP server itself, which a library must not impose on its host. */
final class HttpServer {
  private static final long STOP_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 30_000;
  // By default it is 50, and the 51st connection at a time is retried after a second.
  private static final int CONNECTING = 1_024;
  private static final int HEADER_BYTES = 16 * 1024;

  /** An office behind one address has fewer; a proxy may have more. */
  private static final int MAX_CONNECTIONS_PER_ADDRESS = 1_000;

  private static final int MAX_CONNECTIONS = 8_000;
  private static final long IDLE_MILLIS_AT_MAX = 5_000;

  private HttpServer() {}

  /**
   * Sets the server up.
   *
   * @param bodies what the bodies of all requests may take
   * @param pace how slowly each of them may arrive
   * @param host the address to listen on; empty for all of the machine's
   * @param port 0 for any that is free
   */
  static void configure(
      JavalinConfig config,
      BillingRoutes routes,
      TrustedProxies proxies,
      BodyBudget bodies,
      BodyPace pace,
      Optional<String> host,
      int port) {
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
    config.jetty.addConnector((server, http) -> connector(server, http, proxies, host, port));
    config.jetty.modifyServer(server -> {
      server.setStopTimeout(STOP_MILLIS);
      server.setErrorHandler(routes.serverErrors());
      server.insertHandler(routes.nonBlockingHandler());
      server.insertHandler(new RequestBodies(
          bodies, proxies::bodyOf, pace, BillingRoutes.MAX_BODY_BYTES, System::nanoTime));
      server.insertHandler(new WebSocketRefusal());
      boundConnections(server);
    });
  }

  private static ServerConnector connector(
      Server server,
      HttpConfiguration http,
      TrustedProxies proxies,
      Optional<String> host,
      int port) {
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
    host.ifPresent(connector::setHost);
    connector.setPort(port);
    connector.setAcceptQueueSize(CONNECTING);
    connector.addBean(
        new ConnectionsPerAddress(MAX_CONNECTIONS_PER_ADDRESS, proxies.ranges()::contain));
    return connector;
  }

  private static void boundConnections(Server server) {
    NetworkConnectionLimit all = new NetworkConnectionLimit(MAX_CONNECTIONS, server);
    all.setEndPointIdleTimeout(IDLE_MILLIS_AT_MAX);
    server.addBean(all);
  }
}
