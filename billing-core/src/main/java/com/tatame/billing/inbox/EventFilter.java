package com.tatame.billing.inbox;

import com.tatame.billing.time.TimeBounds;
import java.time.Instant;
import java.util.Optional;

/**
 * Which stored events are meant; an empty part excludes nothing.
 *
 * @param lane the customer or object that the event is about
 * @param from received at this instant or later
 * @param until received before this instant
 */
public record EventFilter(
    Optional<EventStatus> status,
    Optional<String> type,
    Optional<String> lane,
    Optional<Instant> from,
    Optional<Instant> until) {
  public EventFilter {
    TimeBounds.require("from", from);
    TimeBounds.require("to", until);
  }

  /** All events. */
  public static final EventFilter ALL = new EventFilter(
      Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public EventFilter withStatus(EventStatus value) {
    return new EventFilter(Optional.of(value), type, lane, from, until);
  }

  public EventFilter withType(String value) {
    return new EventFilter(status, Optional.of(value), lane, from, until);
  }

  public EventFilter withLane(String value) {
    return new EventFilter(status, type, Optional.of(value), from, until);
  }

  public EventFilter receivedFrom(Instant value) {
    return new EventFilter(status, type, lane, Optional.of(value), until);
  }

  public EventFilter receivedBefore(Instant value) {
    return new EventFilter(status, type, lane, from, Optional.of(value));
  }
}
