package com.tatame.billing.http;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
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
  private static final TextMapGetter<Exchange> HEADERS = new Headers();

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  RequestTraces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("com.tatame.billing.http");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  /**
   * Begins the span of a request, as part of the caller's trace if it names one, with what the caller
   * sends along.
   */
  Context begin(Exchange exchange, String method, String template, String requestId) {
    Context caller = propagator.extract(Context.root(), exchange, HEADERS);
    return caller.with(tracer
        .spanBuilder(method + " " + template)
        .setSpanKind(SpanKind.SERVER)
        .setParent(caller)
        .setAttribute(METHOD, method)
        .setAttribute(ROUTE, template)
        .setAttribute(REQUEST_ID, requestId)
        .startSpan());
  }

  /** Does a part of the request's work that stays in this thread. */
  static <T> T within(Context traced, Supplier<T> work) {
    return traced.wrapSupplier(work).get();
  }

  static void end(Context traced, int status) {
    Span span = Span.fromContext(traced);
    span.setAttribute(STATUS, status);
    if (status >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private static final class Headers implements TextMapGetter<Exchange> {
    @Override
    public Iterable<String> keys(Exchange exchange) {
      return exchange.headerNames();
    }

    @Override
    public @Nullable String get(@Nullable Exchange exchange, String key) {
      return exchange == null ? null : exchange.header(key);
    }
  }
}
