package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.Plan;
import com.tatame.billing.catalog.PublishedCatalog;
import com.tatame.billing.testkit.InMemoryBillingStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A file that was edited is put in force by a command or a signal, if nothing is wrong with it. */
final class CatalogCommandTest {
  private static final String FREE = "defaultTier: free\ntiers:\n  free:\n    name: Free\n";
  private static final String WITH_PRO =
      FREE + "  pro:\n    name: Pro\n    prices:\n      monthly: { amount: 2499 }\n";
  private static final String WRONG = FREE + "    trialDys: 3\n  pro: {}\n";

  private final InMemoryBillingStore store = new InMemoryBillingStore();
  private final CatalogVersions catalogs = new CatalogVersions(
      Catalog.of("free", Plan.builder("free").name("Free").build()),
      new CatalogInForce(Catalog.of("free", Plan.builder("free").name("Free").build())),
      store.catalogs(),
      store.products(),
      InstantSource.system());

  @TempDir
  private Path folder;

  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("catalog.yaml");
    Files.writeString(file, FREE);
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(store, Map.of("BILLING_CATALOG", file.toString()), arguments);
  }

  private Optional<List<String>> tiersInForce() {
    return store
        .catalogs()
        .newerThan(0)
        .flatMap(PublishedCatalog::content)
        .map(catalog -> catalog.plans().stream().map(Plan::tier).toList());
  }

  @Test
  void anEditedFileIsPublished() throws IOException {
    assertThat(run("catalog", "reload").out())
        .contains("catalog.yaml is version 1 of the catalog. Servers take it within 7 seconds.");
    Files.writeString(file, WITH_PRO);

    CommandRun reload = run("catalog", "reload");

    assertThat(reload.status()).isZero();
    assertThat(reload.out())
        .contains("! tiers.pro.prices.monthly: the provider has no active price of 2499 usd with"
            + " lookup key pro_monthly")
        .contains("run 'billing setup'")
        .contains("catalog.yaml is version 2 of the catalog.");
    assertThat(tiersInForce()).contains(List.of("free", "pro"));
  }

  @Test
  void aFileThatIsInForceIsNotPublishedAgain() {
    run("catalog", "reload");

    assertThat(run("catalog", "reload").out())
        .contains("catalog.yaml is in force already, as version 1.");
  }

  @Test
  void allMistakesArePrintedWithTheirLinesAndNothingIsPublished() throws IOException {
    run("catalog", "reload");
    Files.writeString(file, WRONG);

    CommandRun reload = run("catalog", "reload");

    assertThat(reload.status()).isEqualTo(2);
    assertThat(reload.err())
        .contains("catalog.yaml:5: tiers.free.trialDys is not a field")
        .contains("tiers.pro.name");
    assertThat(tiersInForce()).contains(List.of("free"));
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    run("catalog", "reload");
    Files.writeString(file, WITH_PRO);

    CommandRun dry = run("catalog", "reload", "--dry-run");

    assertThat(dry.status()).isZero();
    assertThat(dry.out())
        .contains("! tiers.pro.prices.monthly: ")
        .contains("catalog.yaml would be published. Nothing was changed.");
    assertThat(tiersInForce()).contains(List.of("free"));
  }

  @Test
  void theStatusTellsWhetherTheFileIsInForce() throws IOException {
    assertThat(run("catalog", "status").out()).contains("No catalog is published yet");
    run("catalog", "reload");
    assertThat(run("catalog", "status").out())
        .contains("Version 1 is in force, published at 20")
        .contains("catalog.yaml is the same.");
    Files.writeString(file, WITH_PRO);

    assertThat(run("catalog", "status").out())
        .contains("catalog.yaml differs; 'billing catalog reload' puts it in force.");
  }

  @Test
  void aServerPublishesTheFileAsItIsNow() throws IOException {
    CatalogReload reload = reload();
    Files.writeString(file, WITH_PRO);

    List<String> logged = logged(reload);

    assertThat(tiersInForce()).contains(List.of("free", "pro"));
    assertThat(logged)
        .anyMatch(line -> line.contains("run 'billing setup'"))
        .anyMatch(line -> line.contains("the catalog was reloaded and is in force"));
  }

  @Test
  void aServerLogsAllMistakesAndStaysWithTheCatalogBefore() throws IOException {
    CatalogReload reload = reload();
    logged(reload);
    Files.writeString(file, WRONG);

    assertThat(logged(reload))
        .anyMatch(line -> line.contains("catalog.yaml:5: tiers.free.trialDys is not a field"))
        .anyMatch(line -> line.contains("tiers.pro.name"))
        .contains("the catalog before stays in force");
    assertThat(tiersInForce()).contains(List.of("free"));
  }

  @Test
  void aServerWithoutItsFileStaysWithTheCatalogBefore() throws IOException {
    CatalogReload reload = reload();
    logged(reload);
    Files.delete(file);

    assertThatCode(reload::run).doesNotThrowAnyException();
    assertThat(tiersInForce()).contains(List.of("free"));
  }

  private CatalogReload reload() {
    return new CatalogReload(
        () -> BillingConfig.catalogFromEnv(Map.of("BILLING_CATALOG", file.toString())), catalogs);
  }

  private static List<String> logged(CatalogReload reload) {
    Logger logger = (Logger) LoggerFactory.getLogger(CatalogReload.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      reload.run();
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHangupRunsWhatWasAskedForAgainAndAgainAndEndsNothing() throws Exception {
    Process process = listening();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      // Who runs this under nohup has made every process under it deaf to hangups.
      assumeThat(untilListening(said)).noneMatch(CatalogCommandTest::saysThatHangupsAreIgnored);
      for (int i = 0; i < 2; i++) {
        hangup(process);
        assertThat(said.readLine()).isEqualTo("reloading");
      }
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void underNohupTheServerSaysThatAHangupDoesNothing() throws Exception {
    Process process = listening("nohup");
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(untilListening(said)).anyMatch(CatalogCommandTest::saysThatHangupsAreIgnored);
      hangup(process);
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process listening(String... by) throws IOException {
    return new ProcessBuilder(Stream.concat(
                Stream.of(by),
                Stream.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Listening.class.getName()))
            .toList())
        .redirectErrorStream(true)
        .start();
  }

  private static List<String> untilListening(BufferedReader said) throws IOException {
    List<String> before = new ArrayList<>();
    for (String line = said.readLine();
        line != null && !line.equals("listening");
        line = said.readLine()) {
      before.add(line);
    }
    return before;
  }

  private static boolean saysThatHangupsAreIgnored(String line) {
    return line.contains("kill -HUP does nothing here") && line.contains("billing catalog reload");
  }

  private static void hangup(Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
    assertThat(kill.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  /** A program that does something at each hangup. */
  static final class Listening {
    private Listening() {}

    public static void main(String[] args) throws InterruptedException {
      Signals.onHangup(() -> System.out.println("reloading"));
      System.out.println("listening");
      new CountDownLatch(1).await();
    }
  }
}
