package com.tatame.billing.inbox;

import com.tatame.billing.commit.GroupCommit;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Stores events; those that come at the same time share a commit. */
final class SharedIngest {
  private final Ingest ingest;
  private final InstantSource wallClock;
  private final InboxListener listener;
  private final GroupCommit<ReceivedEvent, Boolean> commits = new GroupCommit<>(this::storeAll);

  SharedIngest(Ingest ingest, InstantSource wallClock, InboxListener listener) {
    this.ingest = ingest;
    this.wallClock = wallClock;
    this.listener = listener;
  }

  /** Stores an event durably, and tells whether it was new. */
  boolean store(ReceivedEvent event) {
    return commits.write(event);
  }

  /** As {@link #store}, without keeping the caller's thread while others write. */
  CompletableFuture<Boolean> submit(ReceivedEvent event) {
    return commits.submit(event);
  }

  /** How many callers wait for somebody to store their event. */
  int waiting() {
    return commits.waiting();
  }

  private List<Boolean> storeAll(List<ReceivedEvent> events) {
    Set<String> fresh = ingest.store(events, wallClock.instant());
    listener.stored(events.size());
    Set<String> seen = new HashSet<>();
    // Of two deliveries of one event in one batch the first is the new one.
    return events.stream()
        .map(event -> fresh.contains(event.id()) && seen.add(event.id()))
        .toList();
  }
}
