package com.tatame.billing.importing;

import com.tatame.billing.failure.Conflict;
import com.tatame.billing.schedule.TaskStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Where an import stands, kept in the store. The run that opens it last has it: after a run was killed
 * no other waits for a lease, and a run that still goes on ends when it wants to move on.
 */
final class ImportCheckpoint {
  private final TaskStore store;
  private final String name;
  private final String runner;
  private final InstantSource wallClock;

  ImportCheckpoint(TaskStore store, String name, String runner, InstantSource wallClock) {
    this.store = store;
    this.name = name;
    this.runner = runner;
    this.wallClock = wallClock;
  }

  /** Where the last run ended; empty at the beginning. */
  Optional<String> open() {
    return store
        .begin(name, runner, wallClock.instant(), Duration.ZERO)
        .orElseThrow(() -> takenOver())
        .position();
  }

  /** Stores the position durably, and goes on. */
  void move(String position) {
    leave(Optional.of(position));
    open();
  }

  /** The next run begins at the beginning. */
  void remove() {
    leave(Optional.empty());
  }

  private void leave(Optional<String> position) {
    if (!store.end(name, runner, position, Instant.EPOCH)) {
      throw takenOver();
    }
  }

  private static Conflict takenOver() {
    return Conflict.because(
        "Another import of the same kind was started meanwhile and goes on in place of this one.");
  }
}
