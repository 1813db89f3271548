package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * New projects that hold nothing but the files of docs/testing.md compile and pass their tests on the
 * artifacts of this build. {@code -Dbilling.newcomer.jdk=/path/to/jdk} runs them on another JDK, {@code
 * -Dbilling.newcomer.all=true} those of Spring Boot, too.
 */
final class NewcomerProjectTest {
  private static final Pattern FILE = Pattern.compile(
      "`(?<path>pom\\.xml|src/[^`]+\\.java)`:\n\n```(?:xml|java)\n(?<text>.*?)\n```\n",
      Pattern.DOTALL);
  private static final Path JDK =
      Path.of(System.getProperty("billing.newcomer.jdk", System.getProperty("java.home")));

  @TempDir
  private Path folder = Path.of("");

  @Test
  void aPlainProjectIsTestedAsTheDocumentSays() throws IOException {
    Map<String, String> files = filesOf("## In a plain program", "## In a Spring Boot application");

    test(files, "ShopTest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5.16", "4.1.2"})
  void aSpringBootProjectIsTestedAsTheDocumentSays(String boot) throws IOException {
    assumeTrue(
        Boolean.getBoolean("billing.newcomer.all"),
        "only with -Dbilling.newcomer.all=true, as in -Pnightly");
    Map<String, String> files = filesOf("## In a Spring Boot application", "\0");
    files.put(
        "src/main/java/com/example/Shop.java",
        filesOf("## In a plain program", "\0").get("src/main/java/com/example/Shop.java"));

    test(files, "SpringShopTest", "-Dspring-boot.version=" + boot);
  }

  private void test(Map<String, String> files, String test, String... arguments)
      throws IOException {
    PublishedArtifacts artifacts = PublishedArtifacts.in("newcomer");
    Path project = folder.resolve("project");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path target = project.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue() + "\n");
    }

    String[] goals = new String[arguments.length + 1];
    goals[0] = "test";
    System.arraycopy(arguments, 0, goals, 1, arguments.length);
    artifacts.maven(project, JDK, goals);

    assertThat(project.resolve("target/surefire-reports/TEST-com.example." + test + ".xml"))
        .content()
        .contains("tests=\"1\"", "failures=\"0\"", "errors=\"0\"", "skipped=\"0\"");
  }

  private static Map<String, String> filesOf(String from, String to) throws IOException {
    String document = Files.readString(Path.of("../docs/testing.md"));
    int begin = document.indexOf(from);
    int end = document.indexOf(to);
    assertThat(begin).as(from).isNotNegative();
    Map<String, String> files = new LinkedHashMap<>();
    Matcher shown = FILE.matcher(document.substring(begin, end < 0 ? document.length() : end));
    while (shown.find()) {
      files.put(shown.group("path"), shown.group("text"));
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(3).containsKey("pom.xml");
    return files;
  }
}
