package com.tatame.billing.outbox;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** When a failed delivery is tried again: over three days, as the Standard Webhooks specification proposes. */
public final class DeliveryRetries {
  /** From so many failures in a row on, a subscriber is probed with one account at a time. */
  static final int PROBING = 5;

  private static final List<Duration> PAUSES = List.of(
      Duration.ofSeconds(5),
      Duration.ofMinutes(1),
      Duration.ofMinutes(5),
      Duration.ofMinutes(30),
      Duration.ofHours(2),
      Duration.ofHours(5),
      Duration.ofHours(10),
      Duration.ofHours(14),
      Duration.ofHours(20),
      Duration.ofHours(24));

  private static final Duration PROBE_EVERY = Duration.ofMinutes(5);
  private static final double JITTER = 0.1;

  private final RandomGenerator random;

  public DeliveryRetries(RandomGenerator random) {
    this.random = random;
  }

  /** Whether an entry that has failed so often is given up. */
  public boolean exhausted(int failures) {
    return failures > PAUSES.size();
  }

  /** After so many failures of one entry. */
  public Duration pause(int failures) {
    return jittered(PAUSES.get(Math.min(failures, PAUSES.size()) - 1));
  }

  /** Between two probes of a subscriber that fails for all accounts. */
  Duration probePause(Duration failingFor) {
    Duration pause = failingFor.compareTo(PROBE_EVERY) < 0 ? failingFor : PROBE_EVERY;
    return jittered(pause.compareTo(PAUSES.get(0)) < 0 ? PAUSES.get(0) : pause);
  }

  private Duration jittered(Duration pause) {
    return pause.plusMillis((long) (pause.toMillis() * JITTER * random.nextDouble()));
  }
}
