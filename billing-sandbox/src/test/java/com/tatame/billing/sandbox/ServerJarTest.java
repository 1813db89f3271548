package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The jar that goes to production holds the server, and nothing that could stand in for Stripe. */
final class ServerJarTest {
  private static final Path JAR = Path.of("../billing-server/target/billing-server.jar");

  @BeforeEach
  void isBuilt() {
    assertThat(JAR).as("build it: mvn -pl billing-server package").isRegularFile();
  }

  @Test
  void itHoldsNothingThatIsMadeForTests() throws IOException {
    List<String> classes;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      classes = jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", ""))
          .toList();
    }

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
      assertThat(program.awaitExit(Duration.ofSeconds(30))).isZero();
      JsonNode document = Json.read(String.join("\n", program.output()));
      assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
      assertThat(document.at("/paths").has("/api/v1/checkout")).isTrue();
    }
  }

  @Test
  void itSaysAllThatIsMissingAtOnce() {
    try (ChildProcess program = ChildProcess.jar(JAR, "serve")) {
      assertThat(program.awaitExit(Duration.ofSeconds(30))).isEqualTo(2);
      assertThat(String.join("\n", program.output()))
          .contains(
              "STRIPE_SECRET_KEY", "DATABASE_URL", "CLERK_PUBLISHABLE_KEY", "BILLING_CATALOG");
    }
  }
}
