package com.tatame.billing.http;

import java.util.function.Supplier;

/** Where requests are traced. */
interface RequestTraces {
  /** Traces nothing. */
  RequestTraces NONE = new RequestTraces() {
    private final RequestSpan span = new RequestSpan() {
      @Override
      public <T> T within(Supplier<T> work) {
        return work.get();
      }

      @Override
      public void end(int status) {}
    };

    @Override
    public RequestSpan begin(Exchange exchange, String method, String template, String requestId) {
      return span;
    }

    @Override
    public <T> Supplier<T> carried(Supplier<T> work) {
      return work;
    }
  };

  /**
   * Begins the span of a request, as part of the caller's trace if it names one, with what the caller
   * sends along.
   */
  RequestSpan begin(Exchange exchange, String method, String template, String requestId);

  /** The work, to be done by another thread as part of the span that this thread is in. */
  <T> Supplier<T> carried(Supplier<T> work);

  /** The span of one request. */
  interface RequestSpan {
    /** Does a part of the request's work that stays in this thread. */
    <T> T within(Supplier<T> work);

    void end(int status);
  }
}
