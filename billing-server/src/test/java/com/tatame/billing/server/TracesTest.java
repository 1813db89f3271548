package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.configuration.InvalidConfiguration;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TracesTest {
  // OpenTelemetry reads its variables itself, and system properties of the same names like them.
  @ParameterizedTest
  @CsvSource({
    "otel.traces.sampler, OTEL_TRACES_SAMPLER",
    "otel.bsp.schedule.delay, OTEL_BSP_SCHEDULE_DELAY",
    "otel.exporter.otlp.headers, OTEL_EXPORTER_OTLP_HEADERS",
    // Its message names no variable.
    "otel.exporter.otlp.traces.compression, An OTEL_ variable",
    "otel.propagators, OTEL_PROPAGATORS"
  })
  void variableThatOpenTelemetryRefusesIsNamedWithoutItsValue(String property, String variable) {
    System.setProperty(property, "s3cret");
    try {
      assertThatThrownBy(
              () -> Traces.sendTo(URI.create("http://127.0.0.1:4318")).close())
          .isInstanceOfSatisfying(
              InvalidConfiguration.class,
              invalid -> assertThat(invalid.problems())
                  .singleElement()
                  .asString()
                  .contains("OTEL_")
                  .endsWith("or remove it")
                  .doesNotContain("s3cret"))
          .hasMessageStartingWith(variable);
    } finally {
      System.clearProperty(property);
    }
  }
}
