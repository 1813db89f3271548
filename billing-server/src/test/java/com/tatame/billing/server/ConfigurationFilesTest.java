package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people read of the settings is made from the table that the server reads them by. */
final class ConfigurationFilesTest {
  private static final String WRITE = "configuration.write";
  private static final String COMMAND =
      "mvn test -pl billing-server -am -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtest=ConfigurationFilesTest -D" + WRITE;

  @Test
  void theExampleOfAnEnvironmentIsMadeFromTheSettings() throws IOException {
    check(Path.of("../.env.example"), ConfigurationFiles.environmentExample());
  }

  @Test
  void theDocumentIsMadeFromTheSettings() throws IOException {
    check(Path.of("../docs/configuration.md"), ConfigurationFiles.document());
  }

  @Test
  void theExampleNamesEverySettingOnce() throws IOException {
    List<String> named = Files.readAllLines(Path.of("../.env.example")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf('=')))
        .filter(name -> !name.startsWith(CatalogSettings.PRICE_PREFIX))
        .toList();

    assertThat(named).containsExactlyInAnyOrderElementsOf(Settings.names());
  }

  private static void check(Path file, String made) throws IOException {
    if (System.getProperty(WRITE) != null) {
      Files.writeString(file, made);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s is not what Settings.java says; write it anew: %s", file, COMMAND)
        .isEqualTo(made);
  }
}
