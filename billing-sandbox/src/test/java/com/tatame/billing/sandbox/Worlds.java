package com.tatame.billing.sandbox;

import com.tatame.billing.testkit.supabase.LocalSupabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Worlds that all tests of this process share: a test that needs peace takes users of its own. */
enum Worlds {
  IN_MEMORY {
    @Override
    World world() {
      return Memory.WORLD;
    }
  },
  ON_POSTGRESQL {
    @Override
    World world() {
      return Postgres.WORLD;
    }
  },
  ON_SUPABASE {
    @Override
    World world() {
      LocalSupabase.require();
      return Supabase.WORLD;
    }
  };

  abstract World world();

  private static final class Memory {
    static final ServerInMemory WORLD = ServerInMemory.start();
  }

  private static final class Postgres {
    static final RunningSandbox WORLD = sandbox(SandboxConfig.Store.POSTGRES);
  }

  private static final class Supabase {
    static final RunningSandbox WORLD = sandbox(SandboxConfig.Store.SUPABASE);
  }

  private static RunningSandbox sandbox(SandboxConfig.Store store) {
    Path directory = temporaryDirectory();
    RunningSandbox world = RunningSandbox.start(directory, store);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      world.close();
      delete(directory);
    }));
    return world;
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
