package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  /** So many files are the first release. */
  private static final int BASELINE = 14;

  private static final Pattern DEFINITION = Pattern.compile(
      "(?m)^create (?:unique )?((?:table|view|sequence|index|trigger|function) \\w+(?:\\([^)]*\\))?)");

  private static final Pattern FUNCTION_WITH_BODY =
      Pattern.compile("(?s)create (?:or replace )?function (\\w+)\\(.*?\\$\\$.*?\\$\\$");

  /** People know these by name, and call them from their own SQL or over PostgREST. */
  private static final Set<String> CALLED_BY_PEOPLE = Set.of(
      "track_usage",
      "get_user_subscription",
      "subscriptions",
      "stripe_invoices",
      "users",
      "prices",
      "products");

  private static final Pattern LOCK = Pattern.compile("pg_advisory\\w+\\(.*");

  /** The classes that the first file describes, and V18 one more. */
  private static final Pattern LOCK_OF_A_CLASS = Pattern.compile(
      "pg_advisory_xact_lock(_shared)?\\(hashtextextended\\('((usage|request|move|audit|check_ins):' \\|\\| |store:\\$\\{schema}'|catalog')");

  /** The guard refuses what was begun at another level than the usual one. */
  private static final String ASKS_FOR_THE_LEVEL =
      "current_setting('transaction_isolation') <> 'read committed'";

  /** A REST gateway repeats what fails with this state by itself, without end. */
  private static final Pattern SERIALIZATION_FAILURE =
      Pattern.compile("(?i)40001|serialization_failure|isolation|repeatable\\s+read");

  private static final Pattern FUNCTION =
      Pattern.compile("(?is)create (?:or replace )?function (\\w+)\\(.*?(?=\\ncreate |\\z)");

  @Test
  void versionsGoUpWithoutGaps() {
    List<Migrations.Script> scripts = Migrations.templates();

    assertThat(scripts).hasSizeGreaterThanOrEqualTo(BASELINE);
    assertThat(scripts.stream().map(Migrations.Script::version))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, scripts.size()).boxed().toList());
  }

  @Test
  void theListIsTheSameFromAFolderAndFromAJar(@TempDir Path folder) throws Exception {
    Path jar = folder.resolve("schema.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(Path.of("target/classes"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(
            new JarEntry(Path.of("target/classes").relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      Class<?> migrations = loader.loadClass(Migrations.class.getName());

      assertThat(((List<?>) migrations.getMethod("scripts", String.class).invoke(null, "billing"))
              .stream().map(Object::toString))
          .containsExactlyElementsOf(
              Migrations.scripts("billing").stream().map(Object::toString).toList());
    }
  }

  /** Databases have run these files: what they lack is brought by a further one. */
  @Test
  void theBaselineStaysAsItIs() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Migrations.Script script : Migrations.templates().subList(0, BASELINE)) {
      digest.update(script.name().getBytes(StandardCharsets.UTF_8));
      digest.update(script.sql().getBytes(StandardCharsets.UTF_8));
    }

    assertThat(HexFormat.of().formatHex(digest.digest()))
        .as("the baseline was changed; write a further migration instead")
        .isEqualTo("b864a3d94ced8c7e39db15eeaf784e2ac516727b2253827656846912e2a524b6");
  }

  @Test
  void eachObjectIsDefinedOnceInTheBaseline() {
    assertThat(Migrations.templates().subList(0, BASELINE).stream()
            .flatMap(script -> DEFINITION.matcher(script.sql()).results())
            .map(definition -> definition.group(1)))
        .hasSizeGreaterThan(250)
        .doesNotHaveDuplicates();
    assertThat(Migrations.templates().subList(0, BASELINE))
        .allSatisfy(script -> assertThat(script.sql())
            .doesNotContainPattern(
                "(?im)^(drop|alter table \\w+ (add|drop)|create or replace)\\b"));
  }

  @Test
  void everyFunctionHasACaller() throws IOException {
    assertThat(withoutCaller(Migrations.templates(), callers())).isEmpty();
  }

  @Test
  void aFunctionWithoutCallersIsFound() throws IOException {
    List<Migrations.Script> withDead = new ArrayList<>(Migrations.templates());
    withDead.add(new Migrations.Script("V99__dead.sql", """
        -- As dead_v1.
        create function dead_v1(p jsonb) returns jsonb
        language sql stable as $$ select dead_v1(p) $$;
        """));

    assertThat(withoutCaller(withDead, callers())).containsExactly("dead_v1");
  }

  /** Neither SQL, other than its own body, nor Java names them. */
  private static Set<String> withoutCaller(List<Migrations.Script> scripts, String java) {
    String sql = scripts.stream()
        .map(script -> script.sql().replaceAll("--[^\\n]*", ""))
        .collect(Collectors.joining("\n"));
    Map<String, String> bodies = new TreeMap<>();
    Matcher function = FUNCTION_WITH_BODY.matcher(sql);
    while (function.find()) {
      bodies.merge(function.group(1), function.group(), String::concat);
    }
    Set<String> dead = new TreeSet<>();
    bodies.forEach((name, own) -> {
      Pattern named = Pattern.compile("\\b" + name + "\\b");
      long elsewhere =
          named.matcher(sql).results().count() - named.matcher(own).results().count();
      if (elsewhere == 0
          && !CALLED_BY_PEOPLE.contains(name)
          && !named.matcher(java).find()) {
        dead.add(name);
      }
    });
    return dead;
  }

  /** The programs that call functions; the list of what may be repeated calls none. */
  private static String callers() throws IOException {
    StringBuilder source = new StringBuilder();
    for (String module : List.of("billing-schema", "billing-move", "billing-adapter-supabase")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          if (!file.endsWith("RetrySafety.java") && !file.endsWith("Tables.java")) {
            source.append(Files.readString(file));
          }
        }
      }
    }
    return source.toString();
  }

  @Test
  void everyAdvisoryLockIsOfANamedClass() {
    List<String> locks = Migrations.templates().stream()
        .flatMap(script -> LOCK.matcher(script.sql()).results())
        .map(MatchResult::group)
        .toList();

    assertThat(locks).hasSizeGreaterThan(10).allMatch(MigrationsTest::isOfANamedClass);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pg_advisory_xact_lock(27)",
        "pg_advisory_xact_lock(hashtextextended(p ->> 'account_id', 26))",
        "pg_advisory_xact_lock(hashtextextended('users:' || v_id, 0))"
      })
  void aLockOfNoClassIsFound(String badExample) {
    assertThat(isOfANamedClass(badExample)).isFalse();
  }

  private static boolean isOfANamedClass(String lock) {
    return LOCK_OF_A_CLASS.matcher(lock).lookingAt();
  }

  @Test
  void theNameOfTheSchemaIsFilledIn() {
    List<Migrations.Script> scripts = Migrations.scripts("my_schema");

    assertThat(scripts).allSatisfy(script -> assertThat(script.sql()).doesNotContain("${"));
    assertThat(scripts)
        .anySatisfy(script -> assertThat(script.sql()).contains("set search_path = \"my_schema\""));
  }

  @Test
  void nothingRaisesOrProvokesASerializationFailure() {
    assertThat(Migrations.scripts("billing"))
        .allSatisfy(script -> assertThat(script.sql().replace(ASKS_FOR_THE_LEVEL, ""))
            .doesNotContainPattern(SERIALIZATION_FAILURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raise exception using errcode = '40001'",
        "raise serialization_failure",
        "alter role x set default_transaction_isolation = 'serializable'",
        "set transaction isolation level repeatable read"
      })
  void theSearchSeesOne(String badExample) {
    assertThat(badExample).containsPattern(SERIALIZATION_FAILURE);
  }

  @Test
  void everyFunctionHasAVersionAndRunsAsItsCallerInItsOwnSchema() {
    List<String> functions = Migrations.scripts("billing").stream()
        .flatMap(script -> FUNCTION.matcher(script.sql()).results())
        .map(match -> match.group())
        .toList();

    assertThat(functions).hasSizeGreaterThan(20);
    assertThat(functions)
        .allSatisfy(function -> assertThat(function)
            .contains("security invoker set search_path = \"billing\", pg_temp as"));
    assertThat(functions.stream().map(MigrationsTest::nameOf).filter(CALLED_BY_PEOPLE::contains))
        .containsAll(CALLED_BY_PEOPLE);
    assertThat(functions.stream().filter(function -> !CALLED_BY_PEOPLE.contains(nameOf(function))))
        .allSatisfy(
            function -> assertThat(function)
                .containsPattern(
                    "^create (or replace )?function \\w+_v\\d+(\\(p jsonb(, texts text\\[])?\\) returns jsonb|\\(\\) returns trigger)"));
  }

  private static String nameOf(String function) {
    return function.replaceFirst("(?s)create (or replace )?function (\\w+)\\(.*", "$2");
  }

  @Test
  void noRowIsDeletedBecauseAnotherIs() {
    assertThat(Migrations.scripts("billing"))
        .allSatisfy(script -> assertThat(script.sql())
            .doesNotContainIgnoringCase("cascade")
            .doesNotContainPattern("(?i)\\breferences\\b"));
  }
}
