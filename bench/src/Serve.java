package com.tatame.billing.bench;

import com.tatame.billing.server.BillingConfig;
import com.tatame.billing.server.BillingServer;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The server as `serve` starts it, but it only stores: that leaves ingest alone to be measured. */
final class Serve {
  private Serve() {}

  public static void main(String[] arguments) throws InterruptedException {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    BillingServer server = BillingServer.builder(BillingConfig.fromEnv(System.getenv()))
        .workers(0)
        .projectOnArrival(false)
        .start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    Thread.currentThread().join();
  }
}
