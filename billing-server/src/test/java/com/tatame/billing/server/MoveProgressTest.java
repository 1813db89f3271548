package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.testkit.SettableClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class MoveProgressTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final StringWriter out = new StringWriter();

  private MoveProgress progress(boolean terminal, long expected) {
    return new MoveProgress(new PrintWriter(out), terminal, clock, expected);
  }

  private void copied(MoveProgress progress, String table, long rows) {
    progress.copied(table, rows, OptionalLong.empty());
  }

  @Test
  void whoReadsAFileGetsALineNowAndThen() {
    try (MoveProgress progress = progress(false, 1_000)) {
      copied(progress, "users", 0);
      clock.advance(MoveProgress.BETWEEN_LINES.minusMillis(1));
      copied(progress, "users", 100);
      clock.advance(Duration.ofMillis(1));
      copied(progress, "subscriptions", 150);
    }

    assertThat(out.toString().lines())
        .containsExactly(
            "copying 0 %  0 rows  users", "copying 25 %  250 rows  10/s  75 s left  subscriptions");
  }

  @Test
  void onATerminalABarIsDrawnOverItselfAndEndsWithItsLine() {
    try (MoveProgress progress = progress(true, 1_000)) {
      copied(progress, "users", 0);
      clock.advance(MoveProgress.BETWEEN_BARS);
      copied(progress, "users", 500);
    }

    assertThat(List.of(out.toString().split("\\r")))
        .last()
        .asString()
        .startsWith("copying [############............] 50 %  500 rows  5,000/s  1 s left  users");
    assertThat(out.toString()).endsWith(System.lineSeparator());
    assertThat(out.toString().chars().filter(each -> each == '\n')).hasSize(1);
  }

  @Test
  void whatEarlierRunsDidIsDoneAndDoesNotCountAsSpeed() {
    try (MoveProgress progress = progress(false, 10_000)) {
      copied(progress, "users", 8_000);
      clock.advance(MoveProgress.BETWEEN_LINES);
      copied(progress, "users", 8_100);
    }

    assertThat(out.toString().lines())
        .last()
        .asString()
        .isEqualTo("copying 81 %  8,100 rows  10/s  3 min left  users");
  }

  @Test
  void nothingIsDoneBeforeItIsDoneHoweverOldTheStatisticsAre() {
    try (MoveProgress progress = progress(false, 100)) {
      copied(progress, "users", 0);
      clock.advance(MoveProgress.BETWEEN_LINES);
      copied(progress, "users", 5_000);
    }

    assertThat(out.toString().lines())
        .last()
        .asString()
        .isEqualTo("copying 99 %  5,000 rows  500/s  users");
  }

  @Test
  void withoutStatisticsNothingIsGuessed() {
    try (MoveProgress progress = progress(true, 0)) {
      copied(progress, "users", 7);
    }

    assertThat(out.toString()).contains("copying  7 rows").doesNotContain("%", "[", "left");
  }

  @Test
  void theNextStepBeginsAnew() {
    try (MoveProgress progress = progress(false, 100)) {
      copied(progress, "users", 100);
      progress.compared("users", 10, OptionalLong.empty());
      progress.followed(3);
    }
    try (MoveProgress progress = progress(false, 0)) {
      progress.followed(3);
    }

    assertThat(out.toString().lines())
        .containsExactly(
            "copying 99 %  100 rows  users",
            "comparing 10 %  10 rows  users", "following  3 changes");
  }
}
