package com.tatame.billing.server;

import java.net.URI;
import java.util.List;

/** Settings of metrics, traces and reports of errors. */
final class ReportingSettings {
  private static final SettingGroup ALL = new SettingGroup(Setting.Section.REPORTING);

  static final Setting<Secret> METRICS_TOKEN = ALL.add(
          "METRICS_TOKEN", "secret without spaces", SettingReaders::token)
      .means(
          "What a collector of `GET /metrics` sends as bearer token. Without it, metrics are off.")
      .remedy("set it to what 'openssl rand -hex 24' prints")
      .wrong("two words");

  static final Setting<URI> OTEL_EXPORTER_OTLP_ENDPOINT = ALL.add(
          "OTEL_EXPORTER_OTLP_ENDPOINT", "http or https address", SettingReaders::httpAddress)
      .means("A collector of traces that speaks OTLP over HTTP. What else `OTEL_…` variables say"
          + " (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`) is honoured. Without"
          + " it, no traces.")
      .remedy("set it to the collector's address, such as http://localhost:4318")
      .example("http://localhost:4318")
      .wrong("localhost:4318");

  static final Setting<Secret> SENTRY_DSN = ALL.add(
          "SENTRY_DSN", "secret, `https://key@host/project`", SettingReaders::dsn)
      .means(
          "An error tracker that speaks Sentry's protocol. It receives unexpected failures alone: their"
              + " kind, stack, route, request id and release; no message, body or header. Without it, none.")
      .remedy("copy the DSN from the project's settings")
      .wrong("https://errors.example.com");

  private ReportingSettings() {}

  static List<Setting<?>> all() {
    return ALL.settings();
  }
}
