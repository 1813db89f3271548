package com.tatame.billing.importing;

import com.tatame.billing.command.Pause;
import com.tatame.billing.schedule.TaskStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes imports resumable, and patient with a provider or a store that can't answer for a while. */
public final class ImportRuns {
  private final TaskStore checkpoints;
  private final InstantSource wallClock;
  private final Pause pause;
  private final RandomGenerator random;

  /**
   * @param pause how it is waited between two attempts
   */
  public ImportRuns(
      TaskStore checkpoints, InstantSource wallClock, Pause pause, RandomGenerator random) {
    this.checkpoints = checkpoints;
    this.wallClock = wallClock;
    this.pause = pause;
    this.random = random;
  }

  RetryWithBackoff retries(ImportSettings settings) {
    return new RetryWithBackoff(pause, settings.listener());
  }

  /** Where an import of this name goes on; empty for a dry run, which always begins anew. */
  Optional<ImportCheckpoint> checkpoint(String name, ImportSettings settings) {
    return settings.dryRun()
        ? Optional.empty()
        : Optional.of(new ImportCheckpoint(
            checkpoints, name, Long.toHexString(random.nextLong()), wallClock));
  }
}
