package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.sandbox.example.EmbeddedBilling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The library inside of a plain program. */
final class EmbeddingTest {
  private static final Path SOURCE =
      Path.of("src/test/java/com/tatame/billing/sandbox/example/EmbeddedBilling.java");

  @Test
  void aPlainMainSellsASubscription() {
    try (ChildProcess program = ChildProcess.java(EmbeddedBilling.class, Map.of())) {
      assertThat(program.awaitExit(Duration.ofSeconds(60))).isZero();
      assertThat(program.output()).contains("PAID, may export: true");
    }
  }

  @Test
  void theReadmeShowsWhatIsCompiledHere() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("../README.md"));
    int begin = readme.indexOf("```java") + 1;
    List<String> shown =
        readme.subList(begin, begin + readme.subList(begin, readme.size()).indexOf("```"));

    assertThat(stripped(shown)).hasSizeBetween(10, 24);
    assertThat(stripped(Files.readAllLines(SOURCE))).containsSequence(stripped(shown));
  }

  private static List<String> stripped(List<String> lines) {
    return lines.stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
