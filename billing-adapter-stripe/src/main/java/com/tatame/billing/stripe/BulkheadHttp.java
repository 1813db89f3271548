package com.tatame.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.tatame.billing.workload.Bulkhead;
import com.tatame.billing.workload.CircuitBreaker;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.time.Duration;
import java.util.Map;

/**
 * Lets each workload have so many requests under way, and none while Stripe refuses connections: who
 * waits for Stripe must not keep the threads of those who don't need it.
 */
final class BulkheadHttp extends HttpClient {
  /** Fewer than the requests of the same workload that an HTTP server may have under way. */
  private static final Map<Workload, Integer> PLACES = Map.of(
      Workload.WEBHOOKS, 2,
      Workload.ENTITLEMENTS, 2,
      Workload.CONSUMPTION, 2,
      Workload.READS, 24,
      Workload.MUTATIONS, 32,
      Workload.ADMINISTRATION, 8,
      Workload.WORKERS, 8,
      Workload.HEALTH, 2);

  /** Enough for a rush; longer waits would keep threads all the same. */
  private static final Duration MAX_WAIT = Duration.ofMillis(250);

  private final HttpClient inner;
  private final CircuitBreaker breaker;
  private final Bulkhead requests = new Bulkhead(PLACES, Integer.MAX_VALUE);

  BulkheadHttp(HttpClient inner, CircuitBreaker breaker) {
    this.inner = inner;
    this.breaker = breaker;
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    if (breaker.open()) {
      throw notSent("Stripe refuses connections");
    }
    Duration wait = WorkContext.current()
        .map(WorkContext::remaining)
        .filter(left -> left.compareTo(MAX_WAIT) < 0)
        .orElse(MAX_WAIT);
    Bulkhead.Permit permit = requests.enter(wait).orElse(null);
    if (permit == null) {
      throw notSent("too many requests of this kind wait for Stripe");
    }
    try (permit) {
      return inner.request(request);
    }
  }

  static ApiConnectionException notSent(String reason) {
    return new ApiConnectionException("Not sent: " + reason, new NotSent(reason));
  }
}
