package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the server as a first one has loaded and verified them. The servers of the tests
 * map them into their memory, which halves the work of a start.
 */
final class ClassArchive {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static @Nullable Path archive;

  private ClassArchive() {}

  /** The options by which a Java program finds its classes. */
  static List<String> optionsFor(Class<?> main) {
    // An archive holds the classes of jars alone. Where the modules are not packaged, as under mvn
    // test, programs start without one.
    return main == Main.class && Files.isRegularFile(source(main))
        ? List.of("-XX:SharedArchiveFile=" + archive(), "-cp", jars())
        : List.of("-cp", System.getProperty("java.class.path"));
  }

  private static Path source(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Files.isRegularFile(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static synchronized Path archive() {
    if (archive == null) {
      Path directory = Worlds.temporaryDirectory();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Worlds.delete(directory)));
      archive = written(directory.resolve("server.jsa"));
    }
    return archive;
  }

  private static Path written(Path file) {
    List<String> options = List.of("-XX:ArchiveClassesAtExit=" + file, "-cp", jars());
    try (StripeSimulator stripe = StripeSimulator.builder().start();
        Backing backing = Backing.postgresql();
        ServerProcess server = ServerProcess.withOptions(options, stripe, backing)) {
      Shopfront.open(stripe);
      // It loads what serving takes when it serves.
      new Buyer(server).subscribe("pro", "monthly", Buyer.PAYS);
      server.process().signal("TERM");
      server.process().awaitExit(MAX_WAIT);
    }
    assertThat(file).isRegularFile();
    return file;
  }
}
