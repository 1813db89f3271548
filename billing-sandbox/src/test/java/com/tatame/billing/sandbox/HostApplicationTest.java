package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The product's jars switch nothing on in an application that has them on its class path: the same
 * Spring Boot application is started without and with them, on a database of its own. A build tries
 * two of the four kinds of hosts, {@code -Dbilling.newcomer.all=true} all of them.
 */
final class HostApplicationTest {
  private static final Path SOURCES = Path.of("src/test/hosts").toAbsolutePath();
  private static final Path JDK = Path.of(System.getProperty("java.home"));
  private static final String OLDER = "3.5.16";
  private static final String NEWER = "4.1.2";
  private static final Host OLDER_WITH_FLYWAY = new Host(OLDER, true, Ours.NONE);
  private static final Host NEWER_WITHOUT = new Host(NEWER, false, Ours.NONE);
  private static final boolean ALL = Boolean.getBoolean("billing.newcomer.all");
  /** What Spring Boot offers where Gson is, which stripe-java brings. */
  private static final Pattern GSON = Pattern.compile("bean .*[gG]son.*");
  /** Javalin needs a newer Jetty than Spring Boot 3.5 manages; docs/embedding.md shows this line. */
  private static final String JETTY = "<jetty.version>12.1.12</jetty.version>";

  /** The sender brings Apache HttpClient, which Spring Boot prefers; docs/embedding.md shows this line. */
  private static final String HTTP_CLIENT = "spring.http.client.factory=jdk";

  private static final Map<Host, Set<String>> STARTED = new ConcurrentHashMap<>();

  @TempDir
  private static Path folder = Path.of("");

  /** What a host has of the product. */
  private enum Ours {
    NONE,
    LIBRARY,
    ROUTES
  }

  /** An application of others. */
  private record Host(String boot, boolean flyway, Ours ours) {
    Host with(Ours other) {
      return new Host(boot, flyway, other);
    }

    boolean isTried() {
      return ALL
          || with(Ours.NONE).equals(OLDER_WITH_FLYWAY)
          || with(Ours.NONE).equals(NEWER_WITHOUT);
    }

    Path project() {
      return folder.resolve("boot-" + boot + (flyway ? "-flyway-" : "-") + ours);
    }

    String classPath() {
      try {
        return Files.readString(project().resolve("class-path")).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String pom() {
      String parts = Stream.of(
              Stream.of(
                  "org.springframework.boot:spring-boot-starter-web",
                  "org.springframework.boot:spring-boot-starter-jdbc",
                  "org.postgresql:postgresql"),
              flyway ? ownFlyway() : Stream.<String>of(),
              product()
                  .map(name -> "com.tatame.billing:" + name + ":" + PublishedArtifacts.VERSION))
          .flatMap(each -> each)
          .map(HostApplicationTest::dependency)
          .collect(Collectors.joining());
      return "<project><modelVersion>4.0.0</modelVersion><parent>"
          + "<groupId>org.springframework.boot</groupId>"
          + "<artifactId>spring-boot-dependencies</artifactId><version>" + boot
          + "</version><relativePath/></parent><groupId>com.example</groupId><artifactId>"
          + project().getFileName() + "</artifactId><version>1</version><properties>"
          + (ours == Ours.ROUTES && boot.equals(OLDER) ? JETTY : "")
          + "</properties><dependencies>" + parts + "</dependencies></project>";
    }

    private Stream<String> ownFlyway() {
      return Stream.of(
          boot.equals(OLDER)
              ? "org.flywaydb:flyway-core"
              : "org.springframework.boot:spring-boot-starter-flyway",
          "org.flywaydb:flyway-database-postgresql");
    }

    private Stream<String> product() {
      Stream<String> library = Stream.of(
          "billing-adapter-stripe",
          "billing-adapter-postgres",
          "billing-adapter-supabase",
          "billing-adapter-webhook",
          "billing-adapter-mail",
          "billing-configuration");
      return switch (ours) {
        case NONE -> Stream.of();
        case LIBRARY -> library;
        case ROUTES -> Stream.concat(library, Stream.of("billing-http", "billing-testkit"));
      };
    }
  }

  /** Spring Boot's releases do not fit on one class path, and a host chooses all versions. */
  @BeforeAll
  static void resolve() throws IOException {
    PublishedArtifacts artifacts = PublishedArtifacts.in("hosts");
    StringBuilder modules = new StringBuilder();
    for (Host host : hosts().toList()) {
      Files.createDirectories(host.project());
      Files.writeString(host.project().resolve("pom.xml"), host.pom());
      modules.append("<module>").append(host.project().getFileName()).append("</module>");
    }
    Files.writeString(
        folder.resolve("pom.xml"),
        "<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId>"
            + "<artifactId>hosts</artifactId><version>1</version><packaging>pom</packaging>"
            + "<modules>" + modules + "</modules></project>");
    artifacts.maven(
        folder,
        JDK,
        "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath",
        "-Dmdep.outputFile=class-path");
    Path resources = Files.createDirectories(folder.resolve("resources/db/migration"));
    Files.writeString(resources.resolve("V1__invoices.sql"), "create table invoices (id int);");
    Files.writeString(
        folder.resolve("resources/schema.sql"), "create table if not exists orders (id int);");
    Files.writeString(folder.resolve("resources/application.properties"), """
        server.port=0
        spring.sql.init.mode=always
        spring.main.banner-mode=off
        spring.jackson.property-naming-strategy=SNAKE_CASE
        spring.jackson.default-property-inclusion=non_null
        logging.level.com.example=DEBUG
        logging.pattern.console=%msg%n
        """ + HTTP_CLIENT + "\n");
  }

  private static Stream<Host> hosts() {
    Stream<Host> compared = Stream.of(OLDER, NEWER)
        .flatMap(boot -> Stream.of(true, false).map(flyway -> new Host(boot, flyway, Ours.NONE)))
        .filter(Host::isTried)
        .flatMap(host -> Stream.of(host, host.with(Ours.LIBRARY)));
    Stream<Host> serving =
        Stream.of(OLDER, NEWER).filter(boot -> ALL).map(boot -> new Host(boot, false, Ours.ROUTES));
    return Stream.concat(compared, serving);
  }

  @ParameterizedTest
  @CsvSource({OLDER + ",true", NEWER + ",false", OLDER + ",false", NEWER + ",true"})
  void theJarsSwitchNothingOn(String boot, boolean flyway) {
    Host host = new Host(boot, flyway, Ours.NONE);
    assumeTrue(host.isTried(), "only with -Dbilling.newcomer.all=true, as in -Pnightly");
    CompletableFuture<Set<String>> without = CompletableFuture.supplyAsync(() -> started(host));
    Set<String> with = started(host.with(Ours.LIBRARY));

    Set<String> alone = without.join();
    assertThat(alone)
        .anySatisfy(line -> assertThat(line).startsWith("bean dataSource "))
        .anySatisfy(line -> assertThat(line).startsWith("logger ").contains("com.example"))
        .anySatisfy(line -> assertThat(line).startsWith("mapper ").contains("first_name"))
        .contains("table public.orders");
    assertThat(alone.contains("table public.flyway_schema_history")).isEqualTo(flyway);
    assertThat(withoutGson(with)).containsExactlyElementsOf(alone);
    assertThat(with).anyMatch(line -> GSON.matcher(line).matches());
  }

  @Test
  void aJarThatSwitchesSomethingOnIsSeen() throws IOException {
    Path jar = Files.createDirectories(folder.resolve("bad"));
    Path source = Files.writeString(folder.resolve("SwitchedOn.java"), """
        package com.example.bad;

        @org.springframework.boot.autoconfigure.AutoConfiguration
        public class SwitchedOn {}
        """);
    compile(NEWER_WITHOUT, source, jar);
    Path imports = jar.resolve(
        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
    Files.createDirectories(imports.getParent());
    Files.writeString(imports, "com.example.bad.SwitchedOn\n");

    Set<String> with = lines(run(NEWER_WITHOUT, jar.toString(), "Host", emptyDatabase()));

    with.removeAll(started(NEWER_WITHOUT));
    assertThat(with)
        .singleElement()
        .asString()
        .startsWith("bean ")
        .contains("com.example.bad.SwitchedOn");
  }

  @Test
  void aJarThatShowsFlywayIsSeen() {
    Host host = new Host(OLDER, false, Ours.NONE);
    assumeTrue(host.isTried(), "only with -Dbilling.newcomer.all=true, as in -Pnightly");
    String flyway = Arrays.stream(OLDER_WITH_FLYWAY.classPath().split(File.pathSeparator, -1))
        .filter(jar -> jar.contains("flyway"))
        .collect(Collectors.joining(File.pathSeparator));

    Set<String> with = lines(run(host, flyway, "Host", emptyDatabase()));

    with.removeAll(started(host));
    assertThat(with)
        .contains("table public.flyway_schema_history", "table public.invoices")
        .anyMatch(line -> line.startsWith("bean flyway "));
  }

  @ParameterizedTest
  @ValueSource(strings = {OLDER, NEWER})
  void theStoreOpensWithTheVersionsOfTheHost(String boot) {
    Database database = new Database(PostgresServer.shared());
    Host host = new Host(boot, boot.equals(OLDER), Ours.LIBRARY);

    assertThat(run(host, "", "OpensStore", database.url())).contains("opened 0");
    assertThat(database.count("billing.webhook_events")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {OLDER, NEWER})
  void eventsAreSentWithTheVersionsOfTheHost(String boot) {
    Host host = new Host(boot, boot.equals(OLDER), Ours.LIBRARY);

    assertThat(run(host, "", "SendsEvent", "")).contains("sent 202");
  }

  @Test
  void aHostThatHasNoFlywayGetsNone() {
    assertThat(NEWER_WITHOUT.with(Ours.LIBRARY).classPath())
        .contains("billing-adapter-postgres")
        .doesNotContain("flyway");
  }

  @ParameterizedTest
  @ValueSource(strings = {OLDER, NEWER})
  void theRoutesAreServedBesideSpringsOwn(String boot) {
    assumeTrue(ALL, "only with -Dbilling.newcomer.all=true, as in -Pnightly");

    assertThat(run(new Host(boot, false, Ours.ROUTES), "", "ServesRoutes", emptyDatabase()))
        .contains("served 200 200 400", "web server TomcatServletWebServerFactory");
  }

  @Test
  void theGuideSetsTheJettyThatTheRoutesAreTestedWith() {
    assertThat(Path.of("../docs/embedding.md")).content().contains(JETTY);
  }

  @Test
  void theGuideSetsTheHttpClientThatHostsHaveWithoutTheJars() {
    assertThat(Path.of("../docs/embedding.md")).content().contains(HTTP_CLIENT);
  }

  private static String emptyDatabase() {
    return new Database(PostgresServer.shared()).jdbcUrl();
  }

  private static Set<String> withoutGson(Set<String> lines) {
    Set<String> others = new TreeSet<>(lines);
    others.removeIf(line -> GSON.matcher(line).matches());
    return others;
  }

  private static Set<String> started(Host host) {
    return STARTED.computeIfAbsent(host, any -> lines(run(host, "", "Host", emptyDatabase())));
  }

  private static Set<String> lines(String output) {
    return output
        .lines()
        .filter(line -> line.matches("(bean|table|logging|logger|mapper) .*"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String run(Host host, String further, String main, String url) {
    try {
      Path classes = Files.createDirectories(host.project().resolve("classes-" + main));
      compile(host, SOURCES.resolve(main + ".java"), classes);
      List<String> classPath = new ArrayList<>(
          List.of(classes.toString(), folder.resolve("resources").toString(), host.classPath()));
      if (!further.isEmpty()) {
        classPath.add(further);
      }
      Path log = host.project().resolve(main + ".log");
      int status = new ProcessBuilder(
              JDK.resolve("bin/java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-cp",
              String.join(File.pathSeparator, classPath),
              "com.example." + main,
              main.equals("OpensStore") ? url : "--spring.datasource.url=" + url)
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start()
          .waitFor();
      String output = Files.readString(log);
      assertThat(status).as(output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void compile(Host host, Path source, Path classes) {
    int status = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            host.classPath(),
            "-d",
            classes.toString(),
            source.toString());
    assertThat(status).as(source.toString()).isZero();
  }

  private static String dependency(String coordinates) {
    String[] parts = coordinates.split(":", -1);
    return "<dependency><groupId>" + parts[0] + "</groupId><artifactId>" + parts[1]
        + "</artifactId>" + (parts.length > 2 ? "<version>" + parts[2] + "</version>" : "")
        + "</dependency>";
  }
}
