package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The product as others get it: jars of the classes of this build in a Maven repository of their own,
 * beside all that the machine's repository holds. Maven runs on it as it would in another project.
 */
final class PublishedArtifacts {
  static final String VERSION = "0.1.0-SNAPSHOT";
  private static final Path PRODUCT = Path.of("..").toAbsolutePath().normalize();
  private static final Path MAVENS_REPOSITORY = Path.of(
      System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository"));
  private static final String GROUP = "com/tatame/billing";
  /** The jar of this one differs from its classes: it has Flyway inside, under another name. */
  private static final String SHADED = "billing-adapter-postgres";

  private static final List<String> MODULES = List.of(
      "billing-core",
      "billing-configuration",
      "billing-schema",
      "billing-simulator",
      "billing-testkit",
      "billing-adapter-stripe",
      "billing-adapter-supabase",
      "billing-adapter-webhook",
      "billing-adapter-mail",
      "billing-http");
  private static final long MAX_MINUTES = 10;

  private final Path repository;

  private PublishedArtifacts(Path repository) {
    this.repository = repository;
  }

  /**
   * Publishes into a repository of this name. Of the PostgreSQL adapter it needs the jar of the present classes, which
   * {@code mvn test} doesn't make: then the test is skipped, and fails where {@code CI} is set.
   */
  static PublishedArtifacts in(String name) {
    // Below target, and kept: nothing that follows links may ever clean it up.
    Path folder = Path.of("target/published", name).toAbsolutePath();
    boolean packaged = isShadedJarOfPresentClasses();
    if (System.getenv("CI") != null) {
      assertThat(packaged).as("mvn verify packages the modules before this one").isTrue();
    }
    assumeTrue(packaged, "needs the jar of " + SHADED + ": mvn package -pl " + SHADED + " -am");
    try {
      linkAllButTheProduct(folder);
      copy(PRODUCT.resolve("pom.xml"), file(folder, "billing-parent", "pom"));
      for (String module : MODULES) {
        copy(PRODUCT.resolve(module).resolve("pom.xml"), file(folder, module, "pom"));
        jar(PRODUCT.resolve(module).resolve("target/classes"), file(folder, module, "jar"));
      }
      Path shaded = PRODUCT.resolve(SHADED);
      copy(shaded.resolve("dependency-reduced-pom.xml"), file(folder, SHADED, "pom"));
      copy(shadedJar(), file(folder, SHADED, "jar"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PublishedArtifacts(folder);
  }

  private static Path shadedJar() {
    return PRODUCT.resolve(SHADED).resolve("target/" + SHADED + "-" + VERSION + ".jar");
  }

  // By content: the times of files are those of checkouts and copies.
  private static boolean isShadedJarOfPresentClasses() {
    Path classes = PRODUCT.resolve(SHADED).resolve("target/classes");
    if (!Files.exists(shadedJar())) {
      return false;
    }
    try (JarFile jar = new JarFile(shadedJar().toFile())) {
      for (Path file : filesOf(classes)) {
        ZipEntry entry = jar.getEntry(entryName(classes, file));
        if (entry == null) {
          return false;
        }
        byte[] compiled = Files.readAllBytes(file);
        try (InputStream packaged = jar.getInputStream(entry)) {
          if (!isRelocated(compiled) && !Arrays.equals(compiled, packaged.readAllBytes())) {
            return false;
          }
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRelocated(byte[] compiled) {
    String text = new String(compiled, StandardCharsets.ISO_8859_1);
    return text.contains("org/flywaydb") || text.contains("org.flywaydb");
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String entryName(Path classes, Path file) {
    return classes.relativize(file).toString().replace('\\', '/');
  }

  // With entries for folders, as Maven's jars have them: Flyway finds migrations by theirs.
  private static void jar(Path classes, Path target) throws IOException {
    try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(target));
        Stream<Path> entries = Files.walk(classes)) {
      for (Path entry : entries.filter(any -> !any.equals(classes)).sorted().toList()) {
        if (Files.isDirectory(entry)) {
          jar.putNextEntry(new ZipEntry(entryName(classes, entry) + "/"));
        } else {
          jar.putNextEntry(new ZipEntry(entryName(classes, entry)));
          Files.copy(entry, jar);
        }
        jar.closeEntry();
      }
    }
  }

  private static void copy(Path from, Path target) throws IOException {
    Files.copy(from, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path file(Path folder, String artifact, String extension) throws IOException {
    Path home = folder.resolve(GROUP).resolve(artifact).resolve(VERSION);
    Files.createDirectories(home);
    return home.resolve(artifact + "-" + VERSION + "." + extension);
  }

  /** Another build may have installed its own, which must not be found. */
  private static void linkAllButTheProduct(Path folder) throws IOException {
    Files.createDirectories(folder);
    link(MAVENS_REPOSITORY, folder, Path.of(GROUP));
  }

  private static void link(Path from, Path to, Path leftOut) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        Path name = entry.getFileName();
        if (!name.equals(leftOut.getName(0))) {
          Files.deleteIfExists(to.resolve(name));
          Files.createSymbolicLink(to.resolve(name), entry.toAbsolutePath());
        } else if (leftOut.getNameCount() > 1) {
          Files.createDirectories(to.resolve(name));
          link(entry, to.resolve(name), leftOut.subpath(1, leftOut.getNameCount()));
        }
      }
    }
  }

  /**
   * Runs Maven, without a network if it can; fails with its output. Where neither the machine's
   * repository nor a network has what is needed, the test is skipped, and fails where {@code CI} is set.
   */
  void maven(Path project, Path jdk, String... arguments) {
    Run run = run(project, jdk, true, arguments);
    if (run.status() != 0 && run.output().contains("in offline mode")) {
      run = run(project, jdk, false, arguments);
      assumeTrue(
          System.getenv("CI") != null || !run.output().contains("Could not transfer"),
          "needs a network for the libraries of other programs");
    }
    assertThat(run.status()).as(run.output()).isZero();
  }

  private record Run(int status, String output) {}

  private Run run(Path project, Path jdk, boolean offline, String... arguments) {
    List<String> command = new ArrayList<>(List.of(
        "mvn", "-B", "-ntp", "-q", "-Dstyle.color=never", "-Dmaven.repo.local=" + repository));
    if (offline) {
      command.add("-o");
    }
    command.addAll(List.of(arguments));
    try {
      Path log = Files.createTempFile(project, "maven", ".log");
      ProcessBuilder maven = new ProcessBuilder(command)
          .directory(project.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile());
      maven.environment().put("JAVA_HOME", jdk.toString());
      maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
      Process process = maven.start();
      if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("Maven hangs: " + Files.readString(log));
      }
      return new Run(process.exitValue(), Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
