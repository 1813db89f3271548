package com.tatame.billing.server;

import com.tatame.billing.inbox.EventStatus;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.EnumMap;
import java.util.Map;

/** One span a batch of events, with what became of them: their ids and payloads tell about people. */
final class WorkerTraces {
  private static final ContextKey<Map<EventStatus, Long>> OUTCOMES =
      ContextKey.named("billing.events.outcomes");

  private final Tracer tracer;

  WorkerTraces(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Runs a batch; calls of the provider within are parts of its span. */
  void batch(Runnable batch) {
    Span span = tracer
        .spanBuilder("process events")
        .setNoParent()
        .setSpanKind(SpanKind.CONSUMER)
        .startSpan();
    Map<EventStatus, Long> outcomes = new EnumMap<>(EventStatus.class);
    try {
      Context.root().with(span).with(OUTCOMES, outcomes).wrap(batch).run();
    } catch (RuntimeException e) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute("error.type", e.getClass().getName());
      throw e;
    } finally {
      outcomes.forEach(
          (status, events) -> span.setAttribute("billing.events." + status.code(), events));
      span.end();
    }
  }

  /** Counts an event for the batch that runs on this thread. */
  void attempted(EventStatus status) {
    Map<EventStatus, Long> outcomes = Context.current().get(OUTCOMES);
    if (outcomes != null) {
      outcomes.merge(status, 1L, Long::sum);
    }
  }
}
