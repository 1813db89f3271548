package com.tatame.billing.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;
  private final Heartbeats heartbeats = new Heartbeats(() -> now);
  private final List<Instant> extended = new ArrayList<>();

  private boolean extend(Instant at, Duration leaseTime) {
    assertThat(leaseTime).isEqualTo(Heartbeats.LEASE);
    extended.add(at);
    return true;
  }

  @Test
  void aLeaseIsExtendedWhileItsWorkRunsAndNoLonger() {
    String result = heartbeats.during(this::extend, () -> {
      pass(Heartbeats.INTERVAL);
      pass(Heartbeats.INTERVAL);
      return "done";
    });
    pass(Heartbeats.INTERVAL);

    assertThat(result).isEqualTo("done");
    assertThat(extended)
        .containsExactly(
            START.plus(Heartbeats.INTERVAL),
            START.plus(Heartbeats.INTERVAL).plus(Heartbeats.INTERVAL));
  }

  @Test
  void whatTakesNoTimeIsNotExtended() {
    heartbeats.during(this::extend, () -> {
      pass(Heartbeats.INTERVAL.minusMillis(1));
      return true;
    });

    assertThat(extended).isEmpty();
  }

  @Test
  void aLeaseWhoseWorkFailedIsLetGo() {
    assertThatThrownBy(() -> heartbeats.during(this::extend, () -> {
          throw new IllegalStateException("failed");
        }))
        .isInstanceOf(IllegalStateException.class);
    pass(Heartbeats.INTERVAL);

    assertThat(extended).isEmpty();
  }

  @Test
  void aLeaseThatWasLostIsNotAskedForAgain() {
    heartbeats.during(
        (at, leaseTime) -> {
          extended.add(at);
          return false;
        },
        () -> {
          pass(Heartbeats.INTERVAL);
          pass(Heartbeats.INTERVAL);
          return true;
        });

    assertThat(extended).hasSize(1);
  }

  @Test
  void aStoreThatFailsOnceKeepsNoOtherLeaseFromBeingExtended() {
    heartbeats.during(
        (at, leaseTime) -> {
          throw new StoreUnavailable("down");
        },
        () -> heartbeats.during(this::extend, () -> {
          pass(Heartbeats.INTERVAL);
          return true;
        }));

    assertThat(extended).hasSize(1);
  }

  @Test
  void aLeaseOutlivesTwoHeartbeatsThatAreMissed() {
    assertThat(Heartbeats.LEASE).isGreaterThanOrEqualTo(Heartbeats.INTERVAL.multipliedBy(3));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    heartbeats.beat();
  }
}
