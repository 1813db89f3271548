package com.tatame.billing.server;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.net.URI;
import java.util.Map;

/** Sends traces to a collector, over HTTP. Metrics and logs have ways of their own. */
final class Traces {
  private Traces() {}

  /**
   * Starts sending. What else {@code OTEL_…} variables say, such as the sampler, is honoured.
   *
   * @param endpoint of the collector, without {@code /v1/traces}
   */
  static OpenTelemetrySdk sendTo(URI endpoint) {
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
