package com.tatame.billing.sandbox;

import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.supabase.GatewayFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The product over every store. The tests of this process share one of each, until it is crowded: a
 * test that needs peace takes users of its own.
 */
enum Worlds {
  IN_MEMORY {
    @Override
    LocalServer another() {
      return LocalServer.start();
    }
  },
  ON_POSTGRESQL {
    @Override
    LocalServer another() {
      return LocalServer.on(Durable.ON_POSTGRESQL.open());
    }
  },
  ON_SUPABASE {
    @Override
    LocalServer another() {
      return LocalServer.on(Durable.ON_SUPABASE.open());
    }
  },
  /** With the least that a project may be given, and a way to it that loses every seventh answer. */
  ON_SUPABASE_IN_TROUBLE {
    @Override
    LocalServer another() {
      Backing backing = Backing.supabase(project -> project
          .withMaxRows(20)
          .withPool(2, Duration.ofSeconds(10))
          .withStatementLimit(Duration.ofMillis(300)));
      LocalServer world = LocalServer.on(backing);
      backing.project().orElseThrow().loseEvery(7, GatewayFault.values());
      return world;
    }
  };

  // Each move of time waits for every renewal in it, so a test pays for those who came before.
  private static final int CROWD = 6;

  private static final Map<Worlds, LocalServer> SHARED = new ConcurrentHashMap<>();

  /** One of its own for a test, which closes it. */
  abstract LocalServer another();

  /** The one that all share. To begin a new one ends the one that the tests before had. */
  LocalServer world() {
    return SHARED.compute(this, (worlds, shared) -> {
      if (shared == null) {
        return worlds.another();
      }
      if (!isCrowded(shared)) {
        return shared;
      }
      // It waits a second for connections that are kept alive, and the tests need not wait with it.
      CompletableFuture<Void> unused = CompletableFuture.runAsync(shared::close);
      return worlds.another();
    });
  }

  private static boolean isCrowded(LocalServer world) {
    Request living =
        Request.of("GET", "/v1/subscriptions", Map.of("limit", Integer.toString(CROWD)));
    return Json.read(world.stripe().call(living).body()).path("data").size() == CROWD;
  }

  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("billing-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
