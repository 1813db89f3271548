package com.tatame.billing.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.tatame.billing.command.Pause;
import com.tatame.billing.workload.WorkContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Limits the rate of requests: sends them at an even pace, from any number of callers. */
final class PacedHttp extends HttpClient {
  private final HttpClient unpaced;
  private final Duration between;
  private final InstantSource wallClock;
  private final Pause pause;
  private Instant next = Instant.MIN;

  PacedHttp(HttpClient unpaced, int perSecond, InstantSource wallClock, Pause pause) {
    this.unpaced = unpaced;
    this.between = Duration.ofSeconds(1).dividedBy(perSecond);
    this.wallClock = wallClock;
    this.pause = pause;
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    Duration wait = untilNext(WorkContext.current());
    if (!wait.isZero()) {
      pause.pause(wait);
    }
    return unpaced.request(request);
  }

  private synchronized Duration untilNext(Optional<WorkContext> context)
      throws ApiConnectionException {
    Instant now = wallClock.instant();
    Instant turn = next.isAfter(now) ? next : now;
    Duration wait = Duration.between(now, turn);
    if (context.filter(work -> work.remaining().compareTo(wait) <= 0).isPresent()) {
      throw BulkheadHttp.notSent("its turn would come too late");
    }
    next = turn.plus(between);
    return wait;
  }
}
