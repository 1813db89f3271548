package com.tatame.billing.http;

import io.javalin.http.Context;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One span a request, named by route template: paths, tokens and bodies tell about people. */
final class RequestTraces {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> REQUEST_ID =
      AttributeKey.stringKey("billing.request_id");
  private static final TextMapGetter<Context> HEADERS = new Headers();

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  RequestTraces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("com.tatame.billing.http");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  /**
   * Traces a request, as part of the caller's trace if it names one.
   *
   * @param work answers the request, and gives the status
   */
  void trace(
      Context context, String method, String template, String requestId, Supplier<Integer> work) {
    var parent = propagator.extract(io.opentelemetry.context.Context.root(), context, HEADERS);
    Span span = tracer
        .spanBuilder(method + " " + template)
        .setSpanKind(SpanKind.SERVER)
        .setParent(parent)
        .setAttribute(METHOD, method)
        .setAttribute(ROUTE, template)
        .setAttribute(REQUEST_ID, requestId)
        .startSpan();
    try {
      int status = parent.with(span).wrapSupplier(work).get();
      span.setAttribute(STATUS, status);
      if (status >= 500) {
        span.setStatus(StatusCode.ERROR);
      }
    } finally {
      span.end();
    }
  }

  private static final class Headers implements TextMapGetter<Context> {
    @Override
    public Iterable<String> keys(Context context) {
      return List.copyOf(context.headerMap().keySet());
    }

    @Override
    public @Nullable String get(@Nullable Context context, String key) {
      return context == null ? null : context.header(key);
    }
  }
}
