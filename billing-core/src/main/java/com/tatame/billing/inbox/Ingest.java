package com.tatame.billing.inbox;

import com.tatame.billing.commit.GroupCommit;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Stores a batch of received events durably, all or none. */
@FunctionalInterface
interface Ingest {
  /** Stores them, and tells the ids that were new. */
  Set<String> store(List<ReceivedEvent> events, Instant receivedAt);

  /** How many waiting events are worth a commit beside another. */
  default int large() {
    return GroupCommit.MAX_BATCH;
  }
}
