package com.tatame.billing.subscription;

import java.time.Instant;
import java.util.List;

/**
 * A pause that the user made. It travels in the subscription's metadata, so that every reader of the
 * subscription knows it, in any order of events. What begins in it is not paid, and entitles
 * to nothing also once the pause has ended.
 *
 * @param since the renewal with which it begins; what is paid until then stays usable
 * @param until when payments are collected again; not after {@code since} if it was ended before
 * @param begun when the user made this pause and those before it within a year, oldest first
 */
public record SelfPause(Instant since, Instant until, List<Instant> begun) {
  public SelfPause {
    begun = List.copyOf(begun);
  }

  /** Whether a period that starts then is not paid. */
  boolean skips(Instant periodStart) {
    return !periodStart.isBefore(since) && periodStart.isBefore(until);
  }

  /** This, ended at an earlier instant. */
  SelfPause endedAt(Instant instant) {
    return new SelfPause(since, instant.isBefore(until) ? instant : until, begun);
  }
}
