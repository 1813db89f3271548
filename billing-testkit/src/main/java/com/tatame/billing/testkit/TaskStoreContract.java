package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.schedule.TaskStore.Turn;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose turn it is to do what is done now and then. */
public interface TaskStoreContract extends StoreUnderTest {
  /** How long a turn may take. */
  Duration TURN = Duration.ofMinutes(10);

  @Test
  default void aTaskThatWasNeverDoneIsDueAndHasNoPosition() {
    assertThat(begin(Ids.next("task"), "ada", Ids.morning())).contains(new Turn(Optional.empty()));
  }

  @Test
  default void oneRunnerAtATimeHasATurn() {
    String task = Ids.next("task");
    Instant now = Ids.morning();
    begin(task, "ada", now);

    assertThat(begin(task, "bob", now.plus(TURN).minusMillis(1))).isEmpty();
    assertThat(begin(Ids.next("task"), "bob", now)).isPresent();
  }

  @Test
  default void aTurnThatIsBegunAgainByItsRunnerIsTheSame() {
    String task = Ids.next("task");
    Instant now = Ids.morning();

    assertThat(begin(task, "ada", now)).isEqualTo(begin(task, "ada", now)).isPresent();
  }

  @Test
  default void aTaskIsDueAgainWhenItsRunnerSaidAndGoesOnWhereItEnded() {
    String task = Ids.next("task");
    Instant now = Ids.morning();
    begin(task, "ada", now);

    Instant next = now.plusSeconds(60);
    assertThat(store().tasks().end(task, "ada", Optional.of("page 7"), next)).isTrue();

    assertThat(begin(task, "bob", next.minusMillis(1))).isEmpty();
    assertThat(begin(task, "bob", next)).contains(new Turn(Optional.of("page 7")));
  }

  @Test
  default void aRunnerThatNeverEndedIsSucceededAfterItsLease() {
    String task = Ids.next("task");
    Instant now = Ids.morning();
    begin(task, "ada", now);

    assertThat(begin(task, "bob", now.plus(TURN))).isPresent();

    assertThat(store().tasks().end(task, "ada", Optional.of("late"), now.plus(TURN)))
        .isFalse();
    assertThat(store().tasks().end(task, "bob", Optional.empty(), now.plus(TURN)))
        .isTrue();
    assertThat(begin(task, "cyd", now.plus(TURN))).contains(new Turn(Optional.empty()));
  }

  private Optional<Turn> begin(String task, String runner, Instant now) {
    return store().tasks().begin(task, runner, now, TURN);
  }
}
