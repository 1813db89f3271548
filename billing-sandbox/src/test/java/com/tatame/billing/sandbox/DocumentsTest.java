package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.configuration.CatalogFile;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.configuration.MappingFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * README.md and docs do what they say: links lead somewhere, routes exist, requests work on a running
 * sandbox, and samples have the fields of today. {@code DocumentedCommandsTest} of the server has the
 * commands of {@code billing}.
 *
 * <p>A JSON sample names what it is in a comment before it: {@code <!-- answers: GET /api/v1/plans 200
 * -->}, with a semicolon between several, one for each line; {@code part: Decision} is a field of a
 * schema with those around it left out; {@code body: POST /api/v1/checkout} is a request.
 */
final class DocumentsTest {
  /** Beginnings of lines that are not run here, and why. All others are. */
  private static final Map<String, String> NOT_RUN = Map.ofEntries(
      Map.entry("billing", "DocumentedCommandsTest has them"),
      Map.entry("billing-server/target/billing", "DocumentedCommandsTest has them"),
      Map.entry("mvn", "builds the product, which the build that runs this test does"),
      Map.entry("./run", "takes the ports 8080 and 12111; RestartTest starts the same class"),
      Map.entry("./run --containers", "needs Docker; bench/containers/run tries it"),
      Map.entry("docker", "needs Docker; bench/containers/run tries it"),
      Map.entry("cp", "copies the example that ConfigurationFilesTest writes"),
      Map.entry("set", "reads the file that the line before made"),
      Map.entry("java", "serves until it is ended; bench measures it"),
      Map.entry("stripe", "needs an account at Stripe"));

  /** Documents whose requests need what no running product has; their bodies are checked. */
  private static final Map<String, String> NOT_REQUESTED =
      Map.of("docs/commands.md", "a command whose outcome nothing but a person can find out");

  private static final String USER = "user_reader";
  private static final Pattern ROUTE =
      Pattern.compile("(?<method>GET|POST|PUT|PATCH|DELETE) (?<path>[/…][^\\s`]*)(?: .*)?");
  private static final Pattern SETTING =
      Pattern.compile("(?:export )?(?<all>(?:[A-Z_]+=\\S* *)+)(?:#.*)?");
  private static final Pattern JSON_BODY = Pattern.compile(
      "(?<path>/api/v1/[^\\s\"]*)(?<rest>(?:(?!curl).)*?)-d '(?<body>\\{.*?})'", Pattern.DOTALL);

  private static final List<Markdown> DOCUMENTS = Markdown.all();

  private static final RunningSandbox SANDBOX = RunningSandbox.shared();
  private static final JsonNode DESCRIPTION =
      ApiClient.of(SANDBOX.url()).get("/openapi.json").json();

  @Test
  void everyLinkLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Markdown document : DOCUMENTS) {
      for (String link : document.links()) {
        links++;
        if (!link.matches("https?://.*|mailto:.*") && !leadsSomewhere(document, link)) {
          broken.add(document.name() + ": " + link);
        }
      }
    }
    assertThat(links).isGreaterThan(200);
    assertThat(broken).isEmpty();
  }

  private static boolean leadsSomewhere(Markdown document, String link) {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? document.file() : document.file().resolveSibling(parts[0]);
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || DOCUMENTS.stream()
            .filter(other -> other.file().normalize().equals(target.normalize()))
            .anyMatch(other -> other.anchors().contains(parts[1]));
  }

  @Test
  void everyDocumentIsInTheIndex() {
    Markdown index = document("docs/README.md");
    List<String> listed = index.links();

    assertThat(DOCUMENTS.stream()
            .map(Markdown::name)
            .filter(name -> name.matches("docs/[^/]+") && !name.equals("docs/README.md")))
        .allSatisfy(name -> assertThat(listed).contains(name.substring("docs/".length())));
  }

  @Test
  void everyRouteExists() {
    List<String> unknown = new ArrayList<>();
    int routes = 0;
    for (Markdown document : DOCUMENTS) {
      for (String code : document.inlineCode()) {
        Matcher route = ROUTE.matcher(code);
        if (route.matches()
            && !route.group("path").matches("/(sandbox|v1|rest|_simulator|\\.well-known)\\b.*|/")) {
          routes++;
          String[] parts = route.group("path").split("\\?", 2);
          List<JsonNode> operations = operations(route.group("method"), parts[0]);
          if (operations.isEmpty()
              || (parts.length > 1 && !takes(operations.get(0), parts[1].split("&", -1)))) {
            unknown.add(document.name() + ": " + code);
          }
        }
      }
    }
    assertThat(routes).isGreaterThan(100);
    assertThat(unknown).isEmpty();
  }

  private static boolean takes(JsonNode operation, String[] query) {
    List<String> names = operation.path("parameters").findValuesAsText("name");
    return Stream.of(query).map(each -> each.replaceFirst("=.*", "")).allMatch(names::contains);
  }

  /** What a document may mean by a path: with or without the prefix, with the rest left out. */
  private static List<JsonNode> operations(String method, String path) {
    String shape = path.replaceAll("\\{[^}]*}", "{}").replaceFirst("^/", "");
    List<JsonNode> found = new ArrayList<>();
    DESCRIPTION.path("paths").properties().forEach(entry -> {
      String known = entry.getKey().replaceAll("\\{[^}]*}", "{}");
      boolean same = shape.startsWith("…")
          ? known.endsWith(shape.substring(1))
          : known.equals("/" + shape)
              || known.equals("/api/v1/" + shape)
              || Pattern.matches(known.replace("{}", "[^/]+"), "/" + shape);
      JsonNode operation = entry.getValue().path(method.toLowerCase(Locale.ROOT));
      if (same && !operation.isMissingNode()) {
        found.add(operation);
      }
    });
    return found;
  }

  @Test
  void everyProblemHasARemedy() {
    String remedies = document("docs/troubleshooting.md").text();
    Set<String> codes = new HashSet<>();
    DESCRIPTION
        .at("/paths")
        .forEach(path -> path.forEach(operation -> operation
            .path("responses")
            .forEach(response -> Pattern.compile("`([a-z_]+)`")
                .matcher(response.path("description").asText())
                .results()
                .filter(any -> response.path("content").has("application/problem+json"))
                .forEach(found -> codes.add(found.group(1))))));

    assertThat(codes).hasSizeGreaterThan(20);
    assertThat(codes).allSatisfy(code -> assertThat(remedies).contains("`" + code + "`"));
  }

  @Test
  void everyLineOfAScriptIsRunOrListed() {
    List<String> strange = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (Markdown document : DOCUMENTS) {
      for (Markdown.Block block : document.blocks()) {
        if (block.language().equals("sh") && !block.code().contains("curl ")) {
          block
              .code()
              .replace("\\\n", " ")
              .lines()
              .map(String::strip)
              .forEach(line -> lineIsKnown(line, used)
                  .ifPresent(why -> strange.add(document.name() + ": " + why)));
        }
      }
    }
    assertThat(strange).isEmpty();
    assertThat(used)
        .as("beginnings that no document has any more")
        .containsExactlyInAnyOrderElementsOf(NOT_RUN.keySet());
  }

  private static Optional<String> lineIsKnown(String line, Set<String> used) {
    if (line.isEmpty() || line.startsWith("#") || line.equals("./run --help")) {
      return Optional.empty();
    }
    Matcher setting = SETTING.matcher(line);
    if (setting.matches()) {
      String known = document("docs/configuration.md").text();
      return Pattern.compile("([A-Z_]+)=")
          .matcher(setting.group("all"))
          .results()
          .map(found -> found.group(1))
          .filter(name -> !known.contains("`" + name + "`"))
          .map(name -> name + " is no setting")
          .findFirst();
    }
    Optional<String> beginning = NOT_RUN.keySet().stream()
        .filter(start -> (line + " ").startsWith(start + " "))
        .reduce((one, other) -> one.length() > other.length() ? one : other);
    beginning.ifPresent(used::add);
    return beginning.isPresent()
        ? Optional.empty()
        : Optional.of("neither run nor listed: " + line);
  }

  @Test
  void runExplainsItself() throws Exception {
    Process run = new ProcessBuilder("bash", "./run", "--help")
        .directory(Path.of("..").toFile())
        .redirectErrorStream(true)
        .start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(run.waitFor()).as(said).isZero();
    assertThat(said).contains("./run", "--containers", "http://localhost:8080");
  }

  /** One after the other: what the tour of README.md bought, the others change. */
  @Test
  void everyRequestWorksAsItIsShown(@TempDir Path folder) throws Exception {
    assumeTrue(hasCurl(folder), "needs bash and curl 7.76 or newer");
    String administrator = RunningSandbox.post(
            SANDBOX.url(), "/sandbox/token", Map.of("user", "user_operator", "role", "admin"))
        .path("token")
        .asText();
    Map<String, String> environment = new HashMap<>();
    environment.put("B", SANDBOX.url());
    environment.put("URL", SANDBOX.url());
    environment.put("TOKEN", administrator);
    environment.put("T", SANDBOX.token(USER));
    environment.put("KEY", key(administrator));

    List<String> requested = new ArrayList<>();
    for (Markdown document : DOCUMENTS) {
      String script = script(document);
      if (!script.isEmpty() && !NOT_REQUESTED.containsKey(document.name())) {
        requested.add(document.name());
        assertThat(bash(folder, environment, script)).as(document.name()).startsWith("0\n");
      }
    }
    assertThat(requested).startsWith("README.md").hasSizeGreaterThan(4);
  }

  private static String key(String administrator) {
    return ApiClient.of(SANDBOX.url())
        .as(administrator)
        .post("/api/v1/api-keys", "{\"name\":\"reader\",\"scopes\":[\"account\",\"usage:write\"]}")
        .at("/key");
  }

  private static String script(Markdown document) {
    return document.blocks().stream()
        .filter(block -> block.language().equals("sh") && block.code().contains("curl "))
        .map(Markdown.Block::code)
        .collect(Collectors.joining("\n"))
        .replace("http://localhost:8080", SANDBOX.url())
        .replace("user_alice", USER)
        // Other tests buy for the sandbox's own users.
        .replace("user_bob", USER + "_of_the_guide")
        // The examples grow old; what they give ends in the future.
        .replaceAll("\\b20\\d\\d-(?=\\d\\d-\\d\\dT)", "2099-");
  }

  private static boolean hasCurl(Path folder) throws Exception {
    try {
      return bash(folder, Map.of(), "curl --fail-with-body --version").startsWith("0\n");
    } catch (IOException e) {
      return false;
    }
  }

  /** The status and all output; each request fails the script unless it succeeds. */
  private static String bash(Path folder, Map<String, String> environment, String script)
      throws Exception {
    Path file = Files.writeString(folder.resolve("script"), """
        set -euo pipefail
        curl() { command curl --fail-with-body -sS --max-time 60 "$@" && echo; }
        """ + script);
    Path log = folder.resolve("log");
    ProcessBuilder bash = new ProcessBuilder("bash", file.toString())
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
    bash.environment().putAll(environment);
    Process process = bash.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return process.waitFor() + "\n" + Files.readString(log);
  }

  @Test
  void everyBodyOfARequestIsOneOfItsRoute() {
    List<String> faults = new ArrayList<>();
    int bodies = 0;
    for (Markdown document : DOCUMENTS) {
      for (Markdown.Block block : document.blocks()) {
        Matcher request = JSON_BODY.matcher(block.code());
        while (block.language().equals("sh") && request.find()) {
          bodies++;
          String path = request.group("path").replaceFirst("\\?.*", "").replaceAll("\\$\\w+", "{}");
          faults.addAll(bodyFaults(document, "POST", path, request.group("body")));
          String command = block
              .code()
              .substring(block.code().lastIndexOf("curl", request.start()), request.end());
          if (!command.contains("Content-Type: application/json")) {
            faults.add(document.name() + ": no Content-Type with " + request.group("body"));
          }
        }
      }
    }
    assertThat(bodies).isGreaterThan(5);
    assertThat(faults).isEmpty();
  }

  private static List<String> bodyFaults(
      Markdown document, String method, String path, String body) {
    List<JsonNode> operations = operations(method, path);
    if (operations.isEmpty()) {
      return List.of(document.name() + ": there is no " + method + " " + path);
    }
    JsonNode schema = operations.get(0).at("/requestBody/content/application~1json/schema");
    return DocumentedSample.faults(leavesOut(body), schema, DESCRIPTION).stream()
        .map(fault -> document.name() + ": " + body + " " + fault)
        .toList();
  }

  // A request may leave out what is optional.
  private static String leavesOut(String json) {
    return json.replaceFirst("}\\s*$", ", …}");
  }

  @Test
  void everyJsonSampleHasTheFieldsOfToday() {
    List<String> faults = new ArrayList<>();
    int samples = 0;
    for (Markdown document : DOCUMENTS) {
      for (Markdown.Block block : document.blocks()) {
        if (block.language().equals("json")) {
          samples++;
          faults.addAll(sampleFaults(document, block));
        }
      }
    }
    assertThat(samples).isGreaterThan(8);
    assertThat(faults).isEmpty();
  }

  private static List<String> sampleFaults(Markdown document, Markdown.Block block) {
    String[] note = block.note().split(": ", 2);
    if (note.length < 2) {
      return List.of(document.name() + ": which route answers " + block.code());
    }
    if (note[0].equals("part")) {
      return faults(document, "{" + block.code() + ", …}", schema(note[1]));
    }
    if (note[0].equals("schema")) {
      return faults(document, block.code(), schema(note[1]));
    }
    String[] answers = note[1].split("; ", -1);
    List<String> samples =
        answers.length == 1 ? List.of(block.code()) : block.code().lines().toList();
    assertThat(samples).as(document.name() + ": " + block.note()).hasSameSizeAs(answers);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      String[] route = answers[i].split(" ", -1);
      if (note[0].equals("body")) {
        faults.addAll(bodyFaults(document, route[0], route[1], samples.get(i)));
      } else if (!route[1].startsWith("/sandbox")) {
        List<JsonNode> operations = operations(route[0], route[1]);
        assertThat(operations).as(answers[i]).isNotEmpty();
        JsonNode content = operations.get(0).path("responses").path(route[2]).path("content");
        JsonNode schema = content
            .path(content.has("application/json") ? "application/json" : "application/problem+json")
            .path("schema");
        assertThat(schema.isMissingNode()).as(answers[i]).isFalse();
        faults.addAll(faults(document, samples.get(i), schema));
      }
    }
    return faults;
  }

  private static JsonNode schema(String name) {
    JsonNode schema = DESCRIPTION.at("/components/schemas/" + name);
    assertThat(schema.isMissingNode()).as(name).isFalse();
    return schema;
  }

  private static List<String> faults(Markdown document, String json, JsonNode schema) {
    return DocumentedSample.faults(json, schema, DESCRIPTION).stream()
        .map(fault -> document.name() + ": " + fault)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"amount\":1}",
        "{\"amount\":1,\"currency\":\"usd\",\"cents\":1}",
        "{\"amount\":\"1\",\"currency\":\"usd\"}",
        "{\"amount\":1,\"cents\":1,…}"
      })
  void aWrongSampleIsFound(String sample) {
    assertThat(DocumentedSample.faults(sample, schema("Money"), DESCRIPTION)).hasSize(1);
  }

  @Test
  void anEllipsisStandsForFieldsAndElements() {
    assertThat(DocumentedSample.faults("{…,\"currency\":\"usd…\"}", schema("Money"), DESCRIPTION))
        .isEmpty();
    assertThat(DocumentedSample.withoutEllipses("{\"a\":[1,…],…}"))
        .isEqualTo("{\"a\":[1,\"…\"],\"…11\":null}");
  }

  @Test
  void everyYamlSampleIsTaken(@TempDir Path folder) throws IOException {
    List<String> refused = new ArrayList<>();
    int samples = 0;
    for (Markdown document : DOCUMENTS) {
      for (Markdown.Block block : document.blocks()) {
        if (block.language().equals("yaml")) {
          samples++;
          try {
            take(folder, block.code());
          } catch (InvalidConfiguration e) {
            refused.add(document.name() + ": " + e.problems());
          }
        }
      }
    }
    assertThat(samples).isGreaterThan(5);
    assertThat(refused).isEmpty();
  }

  // A part of a catalog is put where it belongs.
  private static void take(Path folder, String yaml) throws IOException {
    if (yaml.startsWith("name:")) {
      MappingFile.read(Files.writeString(folder.resolve("import.yaml"), yaml));
      return;
    }
    String free = "defaultTier: free\ntiers:\n  free:\n    name: Free\n";
    String catalog;
    if (yaml.startsWith("features:")) {
      catalog = free
          + "  pro:\n    name: Pro\n    rank: 1\n    prices:\n      monthly: { amount: 999 }\n"
          + yaml.indent(4);
    } else if (yaml.startsWith("tiers:")) {
      catalog = free + yaml.substring("tiers:\n".length());
    } else if (yaml.contains("defaultTier:")) {
      catalog = yaml;
    } else {
      catalog = free + yaml;
    }
    CatalogFile.read(
        new ByteArrayInputStream(catalog.getBytes(StandardCharsets.UTF_8)), "catalog.yaml");
  }

  private static Markdown document(String name) {
    return DOCUMENTS.stream()
        .filter(document -> document.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name));
  }
}
