package com.tatame.billing.sandbox;

import com.tatame.billing.testkit.supabase.GatewayFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The product over every store. All tests of this process share one of each: a test that needs peace
 * takes users of its own.
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

  private static final Map<Worlds, LocalServer> SHARED = new ConcurrentHashMap<>();

  /** One of its own for a test, which closes it. */
  abstract LocalServer another();

  /** The one that all share, for as long as this process lives. */
  LocalServer world() {
    return SHARED.computeIfAbsent(this, Worlds::another);
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
