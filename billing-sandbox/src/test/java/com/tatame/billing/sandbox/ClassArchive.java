package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.server.Main;
import com.tatame.billing.simulator.StripeSimulator;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the server as a first one has loaded and verified them. The servers of the tests
 * map them into their memory, which halves the work of a start.
 */
final class ClassArchive {
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final Path BUILD = Path.of("target");
  private static @Nullable Path archive;

  private ClassArchive() {}

  /** The options by which a Java program finds its classes. */
  static List<String> optionsFor(Class<?> main) {
    // An archive holds the classes of jars alone. Where the modules are not packaged, as under mvn
    // test, programs start without one.
    if (!Files.isRegularFile(source(Main.class))) {
      return List.of("-cp", System.getProperty("java.class.path"));
    }
    // What stands behind the jars of the archive, such as the classes of this module, is loaded as
    // ever.
    String classPath = main == Main.class ? jars() : jars() + File.pathSeparator + folders();
    return List.of("-XX:SharedArchiveFile=" + archive(), "-cp", classPath);
  }

  private static Path source(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String jars() {
    return classPath(Files::isRegularFile);
  }

  private static String folders() {
    return classPath(Files::isDirectory);
  }

  private static String classPath(Predicate<Path> which) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> which.test(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static synchronized Path archive() {
    if (archive == null) {
      Path shared = BUILD.resolve("server-" + Runtime.version() + ".jsa").toAbsolutePath();
      try (FileChannel lock = FileChannel.open(
          BUILD.resolve("server.jsa.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        // All processes of a build share one: the first writes it, and the others wait.
        lock.lock();
        if (!fits(shared)) {
          Path written = written(BUILD.resolve("server.jsa.new").toAbsolutePath());
          Files.move(written, shared, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      archive = shared;
    }
    return archive;
  }

  // The machine ignores an archive, without a word, once a jar has changed that it was made of.
  private static boolean fits(Path archive) throws IOException {
    if (!Files.exists(archive)) {
      return false;
    }
    FileTime made = Files.getLastModifiedTime(archive);
    for (String jar : jars().split(File.pathSeparator, -1)) {
      if (Files.getLastModifiedTime(Path.of(jar)).compareTo(made) >= 0) {
        return false;
      }
    }
    return true;
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
