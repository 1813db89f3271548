package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of the image and of compose.yaml without a container. */
final class ContainerFilesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern STAGE = Pattern.compile("FROM (\\S+) AS (\\S+)");
  private static final Pattern EXEC = Pattern.compile("\\[\"[^\"]+\"(, *\"[^\"]*\")*]");
  private static final Pattern INTERPOLATED = Pattern.compile("\\$\\{(\\w+)([^}]*)}");
  private static final Set<String> OF_COMPOSE_ALONE =
      Set.of("POSTGRES_PASSWORD", "SANDBOX_PORT", "STRIPE_SIMULATOR_PORT");

  private final List<String> instructions = instructions();
  private final String composeText = read("compose.yaml");
  private final JsonNode services = services(composeText);

  @Test
  void theServerIsWhatIsBuiltByDefault() {
    assertThat(instructions.stream().filter(line -> line.startsWith("FROM ")))
        .last()
        .isEqualTo("FROM base AS server");
  }

  @Test
  void everyImageIsNamedWithItsVersion() {
    Set<String> stages = new HashSet<>();
    List<String> images = new ArrayList<>();
    for (String line : instructions) {
      Matcher stage = STAGE.matcher(line);
      if (stage.matches()) {
        if (!stages.contains(stage.group(1))) {
          images.add(stage.group(1));
        }
        stages.add(stage.group(2));
      }
    }
    services.forEach(service -> images.add(service.path("image").asText()));

    assertThat(images).hasSizeGreaterThan(5).allMatch(image -> image.matches("[a-z-]+:[\\w.-]+"));
    assertThat(images).noneMatch(image -> image.endsWith(":latest"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "sandbox"})
  void anImageRunsAsNobodyAndTakesSignalsItself(String stage) {
    List<String> lines = stage(stage);

    assertThat(lines).contains("USER 65532:65532");
    assertThat(lines)
        .filteredOn(line -> line.startsWith("ENTRYPOINT"))
        .singleElement()
        .satisfies(line -> assertThat(line.substring("ENTRYPOINT ".length())).matches(EXEC))
        .satisfies(line ->
            assertThat(line).contains("-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage="));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("HEALTHCHECK"))
        .singleElement()
        .satisfies(line -> assertThat(line).matches("HEALTHCHECK .* CMD \\[.*\"health\"]"));
    assertThat(stage("base")).contains("STOPSIGNAL SIGTERM");
  }

  @Test
  void theCompositionChecksHealthAsTheImageDoes() {
    for (String name : List.of("server", "sandbox")) {
      String ofImage = stage(name).stream()
          .filter(line -> line.startsWith("HEALTHCHECK"))
          .map(line -> line.replaceFirst(".* CMD \\[(.*)]", "$1").replaceAll(" +", " "))
          .findFirst()
          .orElseThrow();
      JsonNode test = services.at("/" + name + "/healthcheck/test");
      List<String> words = StreamSupport.stream(test.spliterator(), false)
          .skip(1)
          .map(JsonNode::toString)
          .toList();

      assertThat(String.join(", ", words)).as(name).isEqualTo(ofImage);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "sandbox", "database"})
  void noServiceMayDoMoreThanItMust(String name) {
    JsonNode service = services.path(name);

    assertThat(service.path("read_only").asBoolean()).isTrue();
    assertThat(service.path("cap_drop").toString()).isEqualTo("[\"ALL\"]");
    assertThat(service.path("security_opt").toString()).contains("no-new-privileges:true");
    assertThat(service.path("healthcheck").has("test")).isTrue();
    assertThat(service.path("privileged").asBoolean()).isFalse();
    assertThat(service.has("stop_grace_period")).isTrue();
    if (!name.equals("database")) {
      assertThat(service.path("user").asText()).isEqualTo("65532:65532");
      assertThat(service.has("cap_add")).isFalse();
      assertThat(service.has("mem_limit")).isTrue();
      assertThat(service.path("ports"))
          .isNotEmpty()
          .allMatch(port -> port.asText().startsWith("127.0.0.1:"));
    } else {
      assertThat(service.has("ports")).as("published").isFalse();
    }
  }

  @Test
  void launcherIsBesideTheJarAndFoundByItsName() {
    assertThat(stage("runtime"))
        .filteredOn(line -> line.startsWith("COPY billing-server/target/billing-server.jar "))
        .singleElement()
        .asString()
        .endsWith(" billing-server/target/billing /opt/billing/");
    assertThat(stage("base")).anyMatch(line -> line.startsWith("ENV PATH=/opt/billing:"));
    assertThat(Path.of("src/main/launcher/billing")).isExecutable();
  }

  @Test
  void theServerWaitsForItsDatabaseAndTheSandboxForNothing() {
    assertThat(services.at("/server/depends_on/database/condition").asText())
        .isEqualTo("service_healthy");
    assertThat(services.path("server").has("profiles")).isFalse();
    assertThat(services.at("/sandbox/profiles").toString()).isEqualTo("[\"sandbox\"]");
    assertThat(services.path("sandbox").has("depends_on")).isFalse();
  }

  @Test
  void theServerIsGivenEverySettingAndNoOther() {
    Set<Map.Entry<String, JsonNode>> given = services.at("/server/environment").properties();

    assertThat(given)
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(Settings.names());
    for (Map.Entry<String, JsonNode> setting : given) {
      Matcher value = INTERPOLATED.matcher(setting.getValue().asText());
      if (value.matches()) {
        assertThat(value.group(1)).isEqualTo(setting.getKey());
      }
    }
  }

  @Test
  void everyVariableIsKnownAndMayBeMissing() {
    List<String> names = INTERPOLATED
        .matcher(composeText)
        .results()
        .peek(found -> assertThat(found.group(2)).as(found.group()).startsWith(":-"))
        .map(found -> found.group(1))
        .toList();

    assertThat(names)
        .isNotEmpty()
        .allMatch(name -> OF_COMPOSE_ALONE.contains(name) || Settings.names().contains(name));
    assertThat(names).containsAll(OF_COMPOSE_ALONE);
  }

  @Test
  void whatIsCopiedIsLetIntoTheBuildAndNothingElse() {
    List<String> let = Stream.of(read(".dockerignore").split("\n"))
        .filter(line -> !line.startsWith("#"))
        .toList();
    assertThat(let).first().isEqualTo("*");

    Set<String> copied = new HashSet<>();
    for (String line : instructions) {
      if (line.startsWith("COPY ") && !line.contains("--from=")) {
        List<String> words = List.of(line.split(" "));
        copied.addAll(words.subList(1, words.size() - 1));
      }
    }
    assertThat(let.stream().skip(1).map(line -> line.substring(1).replaceFirst("/\\*$", "")))
        .containsExactlyInAnyOrderElementsOf(copied);
  }

  private List<String> stage(String name) {
    int from = instructions.indexOf(instructions.stream()
        .filter(line -> line.endsWith(" AS " + name))
        .findFirst()
        .orElseThrow());
    return instructions.subList(from + 1, instructions.size()).stream()
        .takeWhile(line -> !line.startsWith("FROM "))
        .toList();
  }

  // Comments left out, lines that go on joined.
  private static List<String> instructions() {
    String joined = Stream.of(read("Dockerfile").split("\n"))
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .reduce("", (text, line) -> text + line + "\n")
        .replaceAll("\\\\\n *", "");
    return List.of(joined.split("\n"));
  }

  private static JsonNode services(String text) {
    try {
      return new YAMLMapper().readTree(text).path("services");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
