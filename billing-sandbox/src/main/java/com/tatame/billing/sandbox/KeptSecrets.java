package com.tatame.billing.sandbox;

import com.tatame.billing.testkit.TestIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What the sandbox makes up once and keeps, so that tokens and signatures outlive a restart. */
final class KeptSecrets {
  private final Path directory;

  /**
   * @param directory is there already
   */
  KeptSecrets(Path directory) {
    this.directory = directory;
  }

  TestIssuer issuer(String url, InstantSource wallClock) {
    Path file = directory.resolve("issuer.pem");
    Optional<String> kept = read(file);
    if (kept.isPresent()) {
      return TestIssuer.load(url, kept.get(), wallClock);
    }
    TestIssuer fresh = TestIssuer.create(url, wallClock);
    write(file, fresh.privateKeyPem());
    return fresh;
  }

  String webhookSecret(RandomGenerator random) {
    Path file = directory.resolve("webhook-secret");
    return read(file).orElseGet(() -> {
      HexFormat hex = HexFormat.of();
      String fresh =
          "whsec_" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
      write(file, fresh);
      return fresh;
    });
  }

  private static Optional<String> read(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      PrivateFiles.restrictFile(file);
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
  }

  private static void write(Path file, String content) {
    try {
      PrivateFiles.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written", e);
    }
  }
}
