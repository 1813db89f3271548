package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeObject;
import com.stripe.net.StripeResponse;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ProviderUnavailable.Execution;
import com.tatame.billing.stripe.ProviderCallListener.Outcome;
import java.time.Duration;
import java.time.InstantSource;

/** Makes calls: names, times and reports them, and turns their failures into ours. */
final class StripeCalls {
  /** One call on the library's client. */
  interface Call {
    StripeObject send(StripeClient client) throws StripeException;
  }

  private final StripeClient client;
  private final InstantSource wallClock;
  private final ProviderCallListener listener;
  private volatile boolean reachable = true;

  StripeCalls(StripeClient client, InstantSource wallClock, ProviderCallListener listener) {
    this.client = client;
    this.wallClock = wallClock;
    this.listener = listener;
  }

  /**
   * Makes a call that needs an object as its answer.
   *
   * @throws com.tatame.billing.failure.BillingException for every other answer, and for none
   */
  StripeResult send(String operation, Call call) {
    long start = System.nanoTime();
    try {
      return succeeded(operation, start, call.send(client).getLastResponse());
    } catch (FailedCall e) {
      reachable = e.refusedHere() ? reachable : e.answered();
      report(operation, e.absent() ? Outcome.REJECTED : e.outcome(), start);
      throw e.failure(operation);
    } catch (StripeException e) {
      throw unreadable(operation, start, e);
    }
  }

  /** As {@link #send}, but that there is no such object is an answer too. */
  StripeResult read(String operation, Call call) {
    long start = System.nanoTime();
    try {
      return succeeded(operation, start, call.send(client).getLastResponse());
    } catch (FailedCall e) {
      reachable = e.refusedHere() ? reachable : e.answered();
      report(operation, e.outcome(), start);
      if (e.absent()) {
        return StripeResult.absent(e.response(), wallClock);
      }
      throw e.failure(operation);
    } catch (StripeException e) {
      throw unreadable(operation, start, e);
    }
  }

  private StripeResult succeeded(String operation, long start, StripeResponse response) {
    JsonObject body = StrictJson.object(response.body())
        .orElseThrow(() -> unreadable(operation, start, new IllegalStateException("no JSON")));
    reachable = true;
    report(operation, Outcome.SUCCEEDED, start);
    return StripeResult.present(response, body, wallClock);
  }

  /** A success whose body makes no sense, such as a proxy's page: the effect is unknown. */
  private ProviderUnavailable unreadable(String operation, long start, Exception cause) {
    reachable = false;
    report(operation, Outcome.UNKNOWN, start);
    return new ProviderUnavailable(
        Execution.UNKNOWN,
        Duration.ofSeconds(5),
        "The answer to " + operation + " is not one of Stripe's.",
        cause);
  }

  /** Whether the last call that ended was answered. */
  boolean reachable() {
    return reachable;
  }

  private void report(String operation, Outcome outcome, long start) {
    try {
      listener.onCall(operation, outcome, System.nanoTime() - start);
    } catch (RuntimeException dropped) {
      // The call has had its effect; losing its answer to a metric would be worse than the metric.
    }
  }
}
