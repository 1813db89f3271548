package com.tatame.billing.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A type that was renamed takes its file along: a reader opens files by the names of types. */
final class FileNamesTest {
  @Test
  void everyFileDeclaresTheTypeOfItsName() throws IOException {
    List<Path> files = files();

    assertThat(files).hasSizeGreaterThan(1_000);
    assertThat(files)
        .allMatch(FileNamesTest::declaresItsName, "declares the type that its file is called by");
  }

  @Test
  void aFileThatKeptItsFormerNameIsFound() {
    assertThat(declares("RetryingFunctionsTest", "final class AwaitedFunctionsTest {}"))
        .isFalse();
    assertThat(declares("RetryingFunctionsTest", "final class RetryingFunctionsTest {}"))
        .isTrue();
  }

  private static boolean declaresItsName(Path file) {
    try {
      return declares(file.getFileName().toString().replace(".java", ""), Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(file + " can't be read", e);
    }
  }

  private static boolean declares(String name, String source) {
    return Pattern.compile("\\b(class|interface|record|enum) " + name + "\\b")
        .matcher(source)
        .find();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(FileNamesTest::sources)
          .toList();
    }
  }

  private static Stream<Path> sources(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError(folder + " can't be read", e);
    }
  }
}
