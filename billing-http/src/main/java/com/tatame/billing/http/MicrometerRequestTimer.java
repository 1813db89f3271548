package com.tatame.billing.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts requests by method, route and status. */
final class MicrometerRequestTimer implements RequestTimer {
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
  private final Map<Tags, Timer> timers = new ConcurrentHashMap<>();

  MicrometerRequestTimer(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Tags(String method, String route, int status) {}

  @Override
  public void record(String method, String route, int status, Duration took) {
    timers.computeIfAbsent(new Tags(method, route, status), this::timer).record(took);
  }

  private Timer timer(Tags tags) {
    return Timer.builder("http.server.requests")
        .description("Time to answer, by route template")
        .tag("method", tags.method())
        .tag("route", tags.route())
        .tag("status", Integer.toString(tags.status()))
        .serviceLevelObjectives(OBJECTIVES)
        .register(registry);
  }
}
