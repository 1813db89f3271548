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
final class OpenTelemetryTraces implements RequestTraces {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> REQUEST_ID =
      AttributeKey.stringKey("billing.request_id");
  private static final TextMapGetter<Exchange> HEADERS = new Headers();

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  OpenTelemetryTraces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("com.tatame.billing.http");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  @Override
  public RequestSpan begin(Exchange exchange, String method, String template, String requestId) {
    Context caller = propagator.extract(Context.root(), exchange, HEADERS);
    return new ContextSpan(caller.with(tracer
        .spanBuilder(method + " " + template)
        .setSpanKind(SpanKind.SERVER)
        .setParent(caller)
        .setAttribute(METHOD, method)
        .setAttribute(ROUTE, template)
        .setAttribute(REQUEST_ID, requestId)
        .startSpan()));
  }

  @Override
  public <T> Supplier<T> carried(Supplier<T> work) {
    return Context.current().wrapSupplier(work);
  }

  private record ContextSpan(Context traced) implements RequestSpan {
    @Override
    public <T> T within(Supplier<T> work) {
      return traced.wrapSupplier(work).get();
    }

    @Override
    public void end(int status) {
      Span span = Span.fromContext(traced);
      span.setAttribute(STATUS, status);
      if (status >= 500) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
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
