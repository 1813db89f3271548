package com.tatame.billing.sandbox;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that goes to production holds the server, and nothing that could stand in for Stripe. */
final class ServerJarTest {
  private static final Path JAR = Path.of("../billing-server/target/billing-server.jar");
  private static final Path LAUNCHER = JAR.resolveSibling("billing");
  private static final Path ADAPTER =
      Path.of("../billing-adapter-postgres/target/billing-adapter-postgres-0.1.0-SNAPSHOT.jar");

  @BeforeEach
  void isBuilt() {
    assertThat(JAR).as("build it: mvn -pl billing-server package").isRegularFile();
  }

  @Test
  void itHoldsNothingThatIsMadeForTests() throws IOException {
    List<String> classes = names(JAR).stream()
        .filter(name -> name.endsWith(".class"))
        .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", ""))
        .toList();

    assertThat(classes)
        .contains(
            "com/tatame/billing/server/Main.class",
            "com/tatame/billing/Billing.class",
            "com/tatame/billing/stripe/StripeGateway.class",
            "com/tatame/billing/postgres/PostgresBillingStore.class")
        .noneMatch(name -> name.startsWith("com/tatame/billing/testkit/"))
        .noneMatch(name -> name.startsWith("com/tatame/billing/sandbox/"))
        .noneMatch(name -> name.matches("(org/junit|org/assertj|org/opentest4j|io/zonky)/.*"))
        .noneMatch(name -> name.matches(".*(StripeSimulator|InMemoryBilling|EmbeddedPostgres).*"));
  }

  @Test
  void itRunsByItselfAndDescribesItsApi() {
    try (ChildProcess program = ChildProcess.jar(JAR, "openapi")) {
      assertThat(program.awaitExit(Duration.ofMinutes(1))).isZero();
      JsonNode document = Json.read(String.join("\n", program.output()));
      assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
      assertThat(document.at("/paths").has("/api/v1/checkout")).isTrue();
    }
  }

  @Test
  void launcherRunsTheJarBesideItFromAnywhereAndByALink(@TempDir Path elsewhere)
      throws IOException, InterruptedException {
    assertThat(LAUNCHER).isExecutable();
    Path link = Files.createSymbolicLink(elsewhere.resolve("bill"), LAUNCHER.toRealPath());
    Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));

    assertThat(launched(elsewhere, java, link.toString(), "version"))
        .isEqualTo("0 billing 0.1.0-SNAPSHOT");
    assertThat(launched(elsewhere, java, LAUNCHER.toRealPath().toString(), "doctor"))
        .startsWith("2 The configuration can't be used:")
        .doesNotContain("\tat ");
    assertThat(launched(
            elsewhere,
            Map.of("JAVA_HOME", "/nowhere"),
            LAUNCHER.toRealPath().toString(),
            "version"))
        .isEqualTo(
            "1 billing: JAVA_HOME is /nowhere, where no bin/java is; set it to a Java 17 or newer.");
    Path alone = Files.copy(LAUNCHER, elsewhere.resolve("billing"), COPY_ATTRIBUTES);
    assertThat(launched(elsewhere, java, alone.toString(), "version"))
        .endsWith("billing-server.jar is missing; it belongs beside this script.");
  }

  /** The exit status and all output of a program with this environment alone. */
  private static String launched(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output.strip();
  }

  @Test
  void itMigratesAnEmptyDatabase() {
    Database database = new Database(PostgresServer.shared());
    Map<String, String> settings = LocalServer.environment(
        "http://localhost:1", Map.of("BILLING_STORE", "postgres", "DATABASE_URL", database.url()));

    try (ChildProcess program = ChildProcess.jar(JAR, settings, "schema", "migrate")) {
      assertThat(program.awaitExit(Duration.ofSeconds(60)))
          .as(String.join("\n", program.output()))
          .isZero();
    }
    assertThat(database.count("billing_schema_history where success")).isPositive();
  }

  /** Frameworks switch Flyway on once they find it on the class path. */
  @Test
  void flywayIsRelocated() throws IOException {
    for (Path jar : List.of(JAR, ADAPTER)) {
      assertThat(names(jar))
          .as(jar.toString())
          .contains("com/tatame/shaded/flyway/core/Flyway.class")
          .noneMatch(
              name -> name.contains("org/flywaydb") || name.contains("services/org.flywaydb"));
    }
    assertThat(ADAPTER.resolveSibling("../dependency-reduced-pom.xml"))
        .content()
        .contains("<artifactId>HikariCP</artifactId>")
        .doesNotContain("<artifactId>flyway-core</artifactId>");
  }

  private static List<String> names(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream().map(JarEntry::getName).toList();
    }
  }

  @Test
  void itSaysAllThatIsMissingAtOnce() {
    try (ChildProcess program = ChildProcess.jar(JAR, "serve")) {
      assertThat(program.awaitExit(Duration.ofMinutes(1))).isEqualTo(2);
      assertThat(String.join("\n", program.output()))
          .contains(
              "STRIPE_SECRET_KEY", "DATABASE_URL", "CLERK_PUBLISHABLE_KEY", "BILLING_CATALOG");
    }
  }
}
