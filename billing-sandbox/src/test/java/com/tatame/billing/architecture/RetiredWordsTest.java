package com.tatame.billing.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Words and type names that were given up don't come back: a reader greps the field's terms and must
 * find them. The glossary in docs has the terms.
 */
final class RetiredWordsTest {
  /** Words of prose and of identifiers, in any case, and what to say instead. */
  private static final Map<String, String> WORDS = Map.of(
      "whoever", "the caller, the holder, a process",
      "whomever", "the caller, the holder, a process",
      "somebody", "a user, an operator, another process",
      "nevertheless", "still",
      "burnt", "a stored failure that is replayed");

  /** Phrases, also over the end of a line. */
  private static final Map<String, String> PHRASES = Map.of(
      "in mind", "cached",
      "told of", "receives, reports, shows",
      "put off", "postponed, retried later",
      "looked at again", "checked again");

  /** Names of types, and their successors. */
  private static final Map<String, String> TYPES = Map.ofEntries(
      Map.entry("AtOnce", "NonBlockingHandler"),
      Map.entry("Bookmark", "ImportCheckpoint"),
      Map.entry("Clockwork", "ClockDriver"),
      Map.entry("Figuring", "ChangePreviewCalculator"),
      Map.entry("ForgettingGrants", "CacheEvictingGrantStore"),
      Map.entry("Gift", "GrantContent"),
      Map.entry("Hazards", "FaultInjector"),
      Map.entry("Holdings", "ProviderComparison"),
      Map.entry("InMind", "EntitlementCache"),
      Map.entry("KnownKeys", "ApiKeyCache"),
      Map.entry("LastSeconds", "AmbiguousTimestamps"),
      Map.entry("Letter", "WebhookMessage"),
      Map.entry("MoveEnds", "MoveEndpoints"),
      Map.entry("MoveWords", "MovePhaseText"),
      Map.entry("Obstacle", "Ineligibility, Blocker"),
      Map.entry("OneCurrency", "CurrencySwitch"),
      Map.entry("OperatedCommands", "CommandAdministration"),
      Map.entry("Patience", "RetryWithBackoff"),
      Map.entry("Promises", "PendingLinks"),
      Map.entry("RarerStory", "SecondaryObjectStory"),
      Map.entry("RememberedSubject", "CachedSubject"),
      Map.entry("RememberedSubjects", "SubjectCache"),
      Map.entry("Repetition", "RetrySafety"),
      Map.entry("SalesWatch", "ReservationSettler"),
      Map.entry("SentCommands", "Wiring"),
      Map.entry("Standing", "EntitlementEvaluation"),
      Map.entry("Told", "PublicFailureDetail"),
      Map.entry("WatchedProjections", "NotifyingProjectionStore"));

  /** Where they may be used, by a part of the path, and why. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of("/architecture/RetiredWordsTest.java", "the list itself and its bad examples");

  private static final List<Rule> RULES = rules();
  private static final Pattern TEXT = Pattern.compile(".*\\.(java|md|sql|jte|yml|yaml)");
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private record Rule(String retired, String instead, Pattern pattern) {
    /** Whether it may match at all, found out without the cost of the pattern. */
    boolean mayMatch(String lowerCase) {
      return Stream.of(retired.toLowerCase(Locale.ROOT).split(" ")).allMatch(lowerCase::contains);
    }
  }

  @Test
  void noFileUsesARetiredWord() throws IOException {
    List<Path> files = files();

    assertThat(files).as("files that are read").hasSizeGreaterThan(1_000);
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      found.addAll(findings(ROOT.relativize(file).toString(), Files.readString(file)));
    }
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("retired")
  void eachRetiredWordIsFound(String retired) {
    assertThat(findings("Bad.java", "class Fine {}\n// such as " + retired + " here\n"))
        .hasSize(1)
        .allSatisfy(found -> assertThat(found).startsWith("Bad.java:2: '" + retired + "'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void whoeverWritesFirstWins() {}",
        "void accountIsInMind() {}",
        "  boolean inMind = true;",
        " * what it was told\n * of is kept",
        "-- the work is put\n-- off",
        "Somebody pays."
      })
  void identifiersAndBrokenLinesAreSeenToo(String badExample) {
    assertThat(findings("Bad.java", badExample)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"remind", "within mindful limits", "Standings", "He told officers."})
  void otherWordsAreLeftAlone(String goodExample) {
    assertThat(findings("Good.md", goodExample)).isEmpty();
  }

  private static Stream<String> retired() {
    return RULES.stream().map(Rule::retired);
  }

  private static List<String> findings(String file, String text) {
    List<String> found = new ArrayList<>();
    String lowerCase = text.toLowerCase(Locale.ROOT);
    for (Rule rule : RULES) {
      if (!rule.mayMatch(lowerCase)) {
        continue;
      }
      Matcher matcher = rule.pattern().matcher(text);
      while (matcher.find()) {
        long line = 1
            + text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
        found.add(file + ":" + line + ": '" + rule.retired() + "', say: " + rule.instead());
      }
    }
    return found;
  }

  private static List<Rule> rules() {
    return Stream.of(
            rules(WORDS, word -> "(?i)" + word),
            rules(PHRASES, RetiredWordsTest::phrase),
            rules(TYPES, type -> "\\b" + type + "\\b"))
        .flatMap(Collection::stream)
        .toList();
  }

  private static List<Rule> rules(Map<String, String> retired, UnaryOperator<String> pattern) {
    return retired.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each ->
            new Rule(each.getKey(), each.getValue(), Pattern.compile(pattern.apply(each.getKey()))))
        .toList();
  }

  // As words with anything between them that a comment has, and as camel case.
  private static String phrase(String phrase) {
    String camel = Stream.of(phrase.split(" "))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
    String lower = Character.toLowerCase(camel.charAt(0)) + camel.substring(1);
    return "(?i:\\b" + phrase.replace(" ", "(?:\\s|\\*|//|--|#)+") + "\\b)|(?<=[a-z])" + camel
        + "(?![a-z])|\\b" + lower + "(?![a-z])";
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        String name = folder.getFileName().toString();
        boolean skipped = (!folder.equals(ROOT) && name.startsWith("."))
            || List.of("target", "node_modules").contains(name);
        return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String name = file.getFileName().toString();
        if (TEXT.matcher(name).matches()
            && EXCEPTIONS.keySet().stream().noneMatch(file.toString()::contains)) {
          files.add(file);
        }
        return FileVisitResult.CONTINUE;
      }
    });
    return files;
  }
}
