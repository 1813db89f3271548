package com.tatame.billing.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

  RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Requests that are counted together; as many as there are routes and statuses. */
  private record Kind(String method, String template, int status) {}

  private Timer timer(Kind kind) {
    return Timer.builder("http.server.requests")
        .description("Time to answer, by route template")
        .tag("method", kind.method())
        .tag("route", kind.template())
        .tag("status", Integer.toString(kind.status()))
        .serviceLevelObjectives(OBJECTIVES)
        .register(registry);
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

    /** Counts and logs it, and gives back its status. */
    int end(String method, String template, int status) {
      long nanos = sample.stop(
          timers.computeIfAbsent(new Kind(method, template, status), RequestMetrics.this::timer));
      LOG.atInfo()
          .addKeyValue("method", method)
          .addKeyValue("route", template)
          .addKeyValue("status", status)
          .addKeyValue("ms", nanos / 1_000_000)
          .log("request");
      return status;
    }
  }
}
