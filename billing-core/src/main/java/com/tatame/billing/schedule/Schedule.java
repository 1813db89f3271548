package com.tatame.billing.schedule;

import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditScope;
import com.tatame.billing.failure.BillingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Runs tasks when they are due, each on one node at a time. Thread-safe. */
public final class Schedule {
  private static final Logger LOG = System.getLogger(Schedule.class.getName());
  private static final Duration LEASE = Duration.ofMinutes(10);

  private final TaskStore store;
  private final List<Task> tasks;
  private final InstantSource wallClock;
  private final RandomGenerator random;

  public Schedule(
      TaskStore store, List<Task> tasks, InstantSource wallClock, RandomGenerator random) {
    this.store = store;
    this.tasks = List.copyOf(tasks);
    this.wallClock = wallClock;
    this.random = random;
  }

  /**
   * Does what is due. A task that fails is due again after its interval, where it stood before.
   *
   * @return how many tasks had their turn
   */
  public int runDue() {
    int turns = 0;
    for (Task task : tasks) {
      String runner = Long.toHexString(random.nextLong());
      Instant now = wallClock.instant();
      Optional<TaskStore.Turn> turn = store.begin(task.name(), runner, now, LEASE);
      if (turn.isPresent()) {
        Optional<String> position = take(task, turn.get().position());
        store.end(task.name(), runner, position, wallClock.instant().plus(task.interval()));
        turns++;
      }
    }
    return turns;
  }

  private static Optional<String> take(Task task, Optional<String> position) {
    try {
      return AuditScope.within(
          AuditActor.system(task.name()), Optional.empty(), () -> task.work().from(position));
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "{0} is postponed: {1}", task.name(), e.getMessage());
      return position;
    }
  }
}
