package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogLevelTest {
  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void restore() {
    context.stop();
    System.clearProperty(LogLevel.PROPERTY);
    System.clearProperty(LogLevel.LIBRARIES_PROPERTY);
  }

  @ParameterizedTest
  @CsvSource({
    "error, ERROR, ERROR",
    "warn, WARN, WARN",
    "info, INFO, WARN",
    "debug, DEBUG, WARN",
    "' ', INFO, WARN",
    "verbose, INFO, WARN"
  })
  void ourLoggersTakeTheLevelAndLibrariesStayQuiet(String value, String ours, String libraries)
      throws JoranException {
    LogLevel.of(Map.of("BILLING_LOG_LEVEL", value)).apply();
    configure();

    assertThat(context.getLogger("com.tatame.billing.inbox.Worker").getEffectiveLevel())
        .isEqualTo(Level.toLevel(ours));
    assertThat(context.getLogger("org.eclipse.jetty.server.Server").getEffectiveLevel())
        .isEqualTo(Level.toLevel(libraries));
  }

  @Test
  void withoutASettingItIsInfo() throws JoranException {
    configure();

    assertThat(context.getLogger("com.tatame.billing").getLevel()).isEqualTo(Level.INFO);
  }

  @Test
  void theCoresOwnLoggerFollows() throws JoranException {
    LogLevel.of(Map.of("BILLING_LOG_LEVEL", "debug")).apply();
    configure();

    assertThat(System.getLogger("com.tatame.billing").isLoggable(System.Logger.Level.DEBUG))
        .isTrue();
  }

  private void configure() throws JoranException {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("src/main/resources/logback.xml").toFile());
  }
}
