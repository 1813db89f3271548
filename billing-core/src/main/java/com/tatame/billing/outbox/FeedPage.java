package com.tatame.billing.outbox;

import java.util.List;
import java.util.Optional;

/**
 * One page of the feed.
 *
 * @param next where the next page begins: after the last entry of this one; of an empty page, where this
 *     one began
 */
public record FeedPage(List<PublishedEvent> events, Optional<EventCursor> next) {
  public FeedPage {
    events = List.copyOf(events);
  }
}
