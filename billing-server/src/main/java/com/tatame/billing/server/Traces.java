package com.tatame.billing.server;

import com.tatame.billing.configuration.InvalidConfiguration;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends traces to a collector, over HTTP. Metrics and logs have ways of their own. */
final class Traces {
  private static final Pattern PROPERTY = Pattern.compile("otel(?:[.-][a-z0-9]+)+");

  private Traces() {}

  /**
   * Starts sending. What else {@code OTEL_…} variables say, such as the sampler, is honoured.
   *
   * @param endpoint of the collector, without {@code /v1/traces}
   * @throws InvalidConfiguration if one of them can't be used
   */
  static OpenTelemetrySdk sendTo(URI endpoint) {
    try {
      return configured(endpoint);
    } catch (ConfigurationException e) {
      throw new InvalidConfiguration(List.of(variable(e)
          + " can't be used; correct it as OpenTelemetry's documents say, or remove it"));
    }
  }

  // The message may hold the value, which may be a secret of the collector's.
  private static String variable(ConfigurationException e) {
    Matcher property = PROPERTY.matcher(String.valueOf(e.getMessage()));
    return property.find()
        ? property.group().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_')
        : "An OTEL_ variable";
  }

  private static OpenTelemetrySdk configured(URI endpoint) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .disableShutdownHook()
        .addPropertiesSupplier(() -> Map.of("otel.service.name", "tatame-billing"))
        .addPropertiesCustomizer(any -> Map.of(
            "otel.exporter.otlp.endpoint",
            endpoint.toString(),
            "otel.exporter.otlp.protocol",
            "http/protobuf",
            "otel.exporter.otlp.traces.protocol",
            "http/protobuf",
            "otel.metrics.exporter",
            "none",
            "otel.logs.exporter",
            "none"))
        .build()
        .getOpenTelemetrySdk();
  }
}
