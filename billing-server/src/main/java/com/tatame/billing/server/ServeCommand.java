package com.tatame.billing.server;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Serves until the process is told to end. */
@Command(
    name = "serve",
    description = {
      "Run the server until it is told to stop.",
      "At the start it brings the schema of a PostgreSQL up to date, or makes it.",
      "Where there are signals, HUP reads the catalog's file again and puts it in force on all servers."
    })
final class ServeCommand implements Callable<Integer> {
  private final Supplier<Map<String, String>> environment;

  ServeCommand(Supplier<Map<String, String>> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicReference<@Nullable RuntimeException> mistake = new AtomicReference<>();
    BillingServer server = BillingServer.builder(BillingConfig.fromEnv(environment.get()))
        .storeMistake(failure -> {
          mistake.set(failure);
          stopped.countDown();
        })
        .start();
    Signals.onHangup(new CatalogReload(
        () -> BillingConfig.catalogFromEnv(environment.get()), server.billing().catalogs()));
    Runtime.getRuntime()
        .addShutdownHook(new Thread(
            () -> {
              Signals.endAtOnce();
              server.close();
              stopped.countDown();
            },
            "shutdown"));
    stopped.await();
    RuntimeException failure = mistake.get();
    if (failure != null) {
      server.closeNow();
      throw failure;
    }
    return 0;
  }
}
