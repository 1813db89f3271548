package com.tatame.billing.stripe;

import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.tatame.billing.command.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

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
    Duration wait = untilNext();
    if (!wait.isZero()) {
      pause.pause(wait);
    }
    return unpaced.request(request);
  }

  private synchronized Duration untilNext() {
    Instant now = wallClock.instant();
    Instant turn = next.isAfter(now) ? next : now;
    next = turn.plus(between);
    return Duration.between(now, turn);
  }
}
