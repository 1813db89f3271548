package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;

/**
 * Every line {@code billing …} of README.md and docs is one that the command line understands: the
 * command exists, and so does each option. What the commands do is tested where they are.
 */
final class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINE =
      Pattern.compile("(?:^|&& |exec server |/target/|`)(billing [^`#\n&]+)", Pattern.MULTILINE);
  private static final Pattern CHOICE = Pattern.compile("\\S+\\|\\S+");
  private static final Pattern CODE = Pattern.compile(
      "^```(?:sh)?\n(.*?)^```$|(`billing [^`\n]+`)", Pattern.DOTALL | Pattern.MULTILINE);

  @ParameterizedTest
  @MethodSource("documented")
  void isUnderstood(String line) {
    parse(line);
  }

  @Test
  void manyAreDocumented() throws IOException {
    assertThat(documented())
        .hasSizeGreaterThan(25)
        .contains("billing setup --dry-run", "billing migrate cutover --yes", "billing serve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"billing setup --dryrun", "billing migrat plan", "billing keys make"})
  void aWrongOneIsFound(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(ParameterException.class);
  }

  private static void parse(String line) {
    String[] words = line.replaceAll("[\\[\\]\"]", "")
        .replace("nightly reports", "reports")
        .replace("…", "2026-01-01T00:00:00Z")
        .split(" +", -1);
    Main.commandLine(Map::of).parseArgs(Stream.of(words).skip(1).toArray(String[]::new));
  }

  private static List<String> documented() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> others = Files.walk(ROOT, 2)) {
      for (Path file : Stream.concat(docs, others)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.getFileName().toString().equals("CHANGELOG.md"))
          .distinct()
          .sorted()
          .toList()) {
        CODE.matcher(Files.readString(file))
            .results()
            .flatMap(code -> LINE.matcher(code.group(1) == null ? code.group(2) : code.group(1))
                .results())
            .map(found -> found.group(1).strip())
            .filter(line -> !line.startsWith("billing is "))
            .flatMap(DocumentedCommandsTest::alternatives)
            .forEach(lines::add);
      }
    }
    return lines.stream().distinct().toList();
  }

  private static Stream<String> alternatives(String line) {
    Matcher choice = CHOICE.matcher(line);
    return choice.find()
        ? Stream.of(choice.group().split("\\|", -1)).map(one -> line.replace(choice.group(), one))
        : Stream.of(line);
  }
}
