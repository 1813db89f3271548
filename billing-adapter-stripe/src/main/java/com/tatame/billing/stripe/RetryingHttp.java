package com.tatame.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.ApiResource;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.tatame.billing.workload.CircuitBreaker;

/**
 * Sends a request until it is answered, as long as repeating it is safe. It replaces the library's
 * own retries, which never repeat a rate-limited call and would repeat a mutation whose outcome is
 * unknown; it also keeps the headers of refusals, which the library's exceptions drop. A request is
 * built once, so each attempt carries the same idempotency key.
 */
final class RetryingHttp extends HttpClient {
  private final HttpClient once;
  private final Backoff backoff;
  private final CircuitBreaker breaker;

  /**
   * @param breaker opened when a connection was refused at every attempt
   */
  RetryingHttp(HttpClient once, Backoff backoff, CircuitBreaker breaker) {
    this.once = once;
    this.backoff = backoff;
    this.breaker = breaker;
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    return once.request(request);
  }

  /**
   * The successful answer.
   *
   * @throws FailedCall for every other answer, and for none
   */
  @Override
  public StripeResponse requestWithRetries(StripeRequest request) throws StripeException {
    boolean read = request.method() == ApiResource.RequestMethod.GET;
    for (int failures = 1; ; failures++) {
      FailedCall failure;
      try {
        StripeResponse response = once.request(request);
        if (response.code() >= 200 && response.code() < 300) {
          return response;
        }
        failure = FailedCall.answered(response);
      } catch (ApiConnectionException e) {
        failure = FailedCall.unanswered(e);
      }
      if (!failure.worthRepeating(read) || !backoff.pauseAfter(failures, failure.retryAfter())) {
        if (failure.refusedConnection()) {
          breaker.trip();
        }
        throw failure;
      }
    }
  }
}
