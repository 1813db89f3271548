package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Cycle;
import com.tatame.billing.catalog.Period;
import com.tatame.billing.catalog.Window;
import com.tatame.billing.testkit.GoldenWindows.Golden;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenWindowsTest {
  private static final Instant FIRST = Instant.parse("2015-01-01T00:00:00Z");
  private static final List<Window.Kind> KINDS = List.of(
      Window.Kind.DAY,
      Window.Kind.CALENDAR_MONTH,
      Window.Kind.SUBSCRIPTION_MONTH,
      Window.Kind.BILLING_PERIOD);
  private static final int SECONDS = 20 * 365 * 86_400;

  static List<Golden> all() {
    return GoldenWindows.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aWindowIsWhatTheTableSays(Golden golden) {
    assertThat(golden.window().at(golden.at(), golden.cycle())).isEqualTo(golden.expected());
  }

  @Test
  void windowsFollowOnEachOtherWithoutGapOrOverlap() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> zones = new ArrayList<>(ZoneId.getAvailableZoneIds());
    for (int i = 0; i < 3_000; i++) {
      Window.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      Window window = new Window(kind, ZoneId.of(zones.get(random.nextInt(zones.size()))));
      Instant anchor = FIRST.plusSeconds(random.nextInt(SECONDS));
      int months = random.nextBoolean() ? 1 : 12;
      Instant next = anchor.atOffset(ZoneOffset.UTC).plusMonths(months).toInstant();
      Cycle cycle = new Cycle(anchor, months, new Period(anchor, next));
      Optional<Cycle> cycles = Optional.of(cycle);
      Instant at = FIRST.plusSeconds(random.nextInt(SECONDS));
      String why = "seed " + seed + ": " + window + " " + cycle + " at " + at;

      Period period = window.at(at, cycles);

      assertThat(period.contains(at)).as(why).isTrue();
      assertThat(window.at(period.start(), cycles)).as(why).isEqualTo(period);
      assertThat(window.at(period.end().minusNanos(1_000), cycles)).as(why).isEqualTo(period);
      assertThat(window.at(period.end(), cycles).start()).as(why).isEqualTo(period.end());
    }
  }
}
