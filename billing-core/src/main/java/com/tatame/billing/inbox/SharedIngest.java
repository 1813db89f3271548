package com.tatame.billing.inbox;

import com.tatame.billing.commit.GroupCommit;
import com.tatame.billing.workload.Workload;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Stores events; those that come at the same time share a commit. */
final class SharedIngest {
  /** More waiting events than that are stored in the quicker way: what comes in a rush must not be lost. */
  static final int RUSH = 4 * GroupCommit.MAX_BATCH;

  private final Ingest usual;
  private final Ingest quicker;
  private final InstantSource wallClock;
  private final InboxListener listener;
  private final GroupCommit<ReceivedEvent, Boolean> commits;

  /**
   * Stores nothing yet.
   *
   * @param quicker may leave more to others, and is used while more than {@link #RUSH} events wait
   */
  SharedIngest(Ingest usual, Ingest quicker, InstantSource wallClock, InboxListener listener) {
    this.usual = usual;
    this.quicker = quicker;
    this.wallClock = wallClock;
    this.listener = listener;
    this.commits =
        new GroupCommit<>(this::storeAll, usual.large(), Workload.WEBHOOKS, System::nanoTime);
  }

  /** Stores an event durably, and tells whether it was new. */
  boolean store(ReceivedEvent event) {
    return commits.write(event);
  }

  /** As {@link #store}, without keeping the caller's thread while others write. */
  CompletableFuture<Boolean> submit(ReceivedEvent event) {
    return commits.submit(event);
  }

  /** How many callers wait for another thread to store their event. */
  int waiting() {
    return commits.waiting();
  }

  private List<Boolean> storeAll(List<ReceivedEvent> events) {
    Ingest ingest = waiting() > RUSH ? quicker : usual;
    Set<String> fresh = ingest.store(events, wallClock.instant());
    listener.stored(events.size());
    Set<String> seen = new HashSet<>();
    // Of two deliveries of one event in one batch the first is the new one.
    return events.stream()
        .map(event -> fresh.contains(event.id()) && seen.add(event.id()))
        .toList();
  }
}
