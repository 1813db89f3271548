package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java that a document shows compiles, within what surrounds it in a program: names that stand for
 * things of the reader's own are declared here.
 */
final class DocumentedJavaTest {
  /** What they show is taken from programs and projects that other tests compile and run. */
  private static final Set<String> COMPILED_ELSEWHERE =
      Set.of("README.md", "docs/embedding.md", "docs/testing.md");

  /** Three dots leave out what is the reader's to write; such a block is no Java as it stands. */
  private static final String LEFT_OUT = "...";

  private static final int MAX_LEFT_OUT = 2;

  /** Variables of a reader's program by their names. */
  private static final Map<String, String> VARIABLES = Map.ofEntries(
      Map.entry("account", "AccountId"),
      Map.entry("billing", "Billing"),
      Map.entry("body", "byte[]"),
      Map.entry("caller", "Principal"),
      Map.entry("catalog", "Catalog"),
      Map.entry("clock", "java.time.InstantSource"),
      Map.entry("configured", "SqlFunctions"),
      Map.entry("engine", "Engine"),
      Map.entry("gateway", "PaymentGateway"),
      Map.entry("jdbcUrl", "String"),
      Map.entry("metrics", "Metrics"),
      Map.entry("postgres", "PostgresBillingStore"),
      Map.entry("rawBody", "byte[]"),
      Map.entry("request", "CheckoutRequest"),
      Map.entry("requestId", "String"),
      Map.entry("signatureHeader", "String"),
      Map.entry("store", "BillingStore"),
      Map.entry("subscriptionId", "String"),
      Map.entry("supabase", "SupabaseBillingStore"),
      Map.entry("vault", "Vault"),
      Map.entry("verifier", "IdentityVerifier"),
      Map.entry("wallClock", "java.time.InstantSource"),
      Map.entry("webhookUrl", "URI"));

  /** Methods and types of a reader's program. */
  private static final String OWN = """
        interface Metrics { void record(Object operation, Object outcome, long nanos); }
        interface Vault { void store(String secret); }
        static void connect(String url, String key) {}
        static String export(AccountId account) { return ""; }
        static String query(String sql, String argument) { return ""; }
        static SqlFunctions openTarget() { throw new IllegalStateException(); }
      """;

  /** Where a name means one of several classes. */
  private static final List<String> MEANT = List.of(
      "com.tatame.billing.catalog.Catalog",
      "com.tatame.billing.account.Principal",
      "com.tatame.billing.setup.Setup",
      "com.tatame.billing.testkit.supabase.GatewayFault",
      "com.tatame.billing.simulator.engine.Fault");

  private static final Pattern DECLARED = Pattern.compile("\\b[\\w<>\\[\\].]+ (\\w+)(?: = | -> )");
  private static final Path ROOT = Path.of("..");

  @Test
  void everyBlockOfJavaCompiles(@TempDir Path classes) {
    Map<String, String> blocks = new LinkedHashMap<>();
    int leftOut = 0;
    for (Markdown document : Markdown.all()) {
      for (Markdown.Block block : document.blocks()) {
        if (!block.language().equals("java") || COMPILED_ELSEWHERE.contains(document.name())) {
          continue;
        }
        if (block.code().contains(LEFT_OUT)) {
          leftOut++;
          continue;
        }
        blocks.put(document.name() + ", block " + blocks.size(), block.code());
      }
    }
    assertThat(faultsOf(blocks, classes)).isEmpty();
    assertThat(blocks).hasSizeGreaterThan(15);
    assertThat(leftOut).isLessThanOrEqualTo(MAX_LEFT_OUT);
  }

  @Test
  void aMethodThatIsGoneIsFound(@TempDir Path classes) {
    assertThat(faultsOf(
            Map.of(
                "good.md", "billing.start();", "bad.md", "billing.subscriptions().stop(account);"),
            classes))
        .singleElement()
        .asString()
        .startsWith("bad.md: ")
        .contains("stop");
  }

  /** All at once, since the compiler's own start takes longest. */
  private static List<String> faultsOf(Map<String, String> blocks, Path classes) {
    String imports = imports();
    List<JavaFileObject> files = new ArrayList<>();
    Map<String, String> names = new HashMap<>();
    blocks.forEach((name, code) -> {
      Source source = new Source("Shown" + files.size(), imports, code);
      names.put(source.getName(), name);
      files.add(source);
    });
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ToolProvider.getSystemJavaCompiler()
        .getTask(
            null,
            null,
            said,
            List.of("-proc:none", "-d", classes.toString(), "-cp", classPath),
            null,
            files)
        .call();
    return said.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> (each.getSource() == null ? "" : names.get(each.getSource().getName())) + ": "
            + each.getMessage(Locale.ENGLISH))
        .toList();
  }

  /** A block within a method of a class. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String type, String imports, String code) {
      super(URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE);
      this.text = imports + "final class " + type + " {\n" + OWN + "  static void shown("
          + parameters(code) + ") throws Exception {\n" + code + "\n  }\n}\n";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static String parameters(String code) {
    Set<String> declared =
        DECLARED.matcher(code).results().map(found -> found.group(1)).collect(Collectors.toSet());
    return VARIABLES.entrySet().stream()
        .filter(variable -> !declared.contains(variable.getKey()))
        .map(variable -> variable.getValue() + " " + variable.getKey())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** All public packages of the product, so that a document need not list imports. */
  private static String imports() {
    Set<String> packages = new TreeSet<>(
        Set.of("com.stripe", "io.javalin", "java.net", "java.nio.file", "java.time", "java.util"));
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.filter(DocumentedJavaTest::isModule).toList()) {
        Path main = module.resolve("src/main/java");
        try (Stream<Path> files = Files.walk(main)) {
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(file -> main.relativize(file.getParent()).toString().replace('/', '.'))
              .forEach(packages::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Stream.concat(MEANT.stream(), packages.stream().map(each -> each + ".*"))
        .map(each -> "import " + each + ";\n")
        .collect(Collectors.joining());
  }

  private static boolean isModule(Path folder) {
    return Files.isDirectory(folder.resolve("src/main/java"));
  }
}
