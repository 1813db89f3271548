package com.tatame.billing.schema;

import com.tatame.billing.schedule.TaskStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Turns of recurring tasks, behind their functions. */
final class TaskFunctions implements TaskStore {
  private final Functions functions;

  TaskFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public Optional<Turn> begin(String task, String runner, Instant now, Duration lease) {
    Row asked = of(task, runner).with("now", now).with("lease_until", now.plus(lease));
    return functions.row("begin_task_v1", asked).map(row -> new Turn(row.optionalText("position")));
  }

  @Override
  public boolean end(String task, String runner, Optional<String> position, Instant nextAt) {
    Row asked = of(task, runner).with("position", position).with("next_at", nextAt);
    return functions.call("end_task_v1", asked).booleanValue();
  }

  private static Row of(String task, String runner) {
    return Row.empty().with("name", task).with("runner", runner);
  }
}
