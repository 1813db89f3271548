package com.tatame.billing.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs requests by route template, never by path: paths hold ids. */
final class RequestMetrics {
  private static final Logger LOG = LoggerFactory.getLogger("com.tatame.billing.requests");
  private static final Duration[] OBJECTIVES = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry registry;

  RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  Running start() {
    return new Running(Timer.start(registry));
  }

  /** A request under way. */
  final class Running {
    private final Timer.Sample sample;

    private Running(Timer.Sample sample) {
      this.sample = sample;
    }

    void end(String method, String template, int status) {
      long nanos = sample.stop(Timer.builder("http.server.requests")
          .description("Time to answer, by route template")
          .tag("method", method)
          .tag("route", template)
          .tag("status", Integer.toString(status))
          .serviceLevelObjectives(OBJECTIVES)
          .register(registry));
      LOG.atInfo()
          .addKeyValue("method", method)
          .addKeyValue("route", template)
          .addKeyValue("status", status)
          .addKeyValue("ms", nanos / 1_000_000)
          .log("request");
    }
  }
}
