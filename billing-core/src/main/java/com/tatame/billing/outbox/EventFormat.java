package com.tatame.billing.outbox;

/** Port: entries as endpoints receive them. */
@FunctionalInterface
public interface EventFormat {
  /** The entry as JSON. */
  String json(PublishedEvent event);
}
