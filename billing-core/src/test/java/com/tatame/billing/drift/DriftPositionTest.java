package com.tatame.billing.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriftPositionTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000006Z");

  @Test
  void aPositionIsReadAsItWasWritten() {
    DriftPosition position = new DriftPosition(
        Optional.of("coupon 20% | off, now@once"),
        List.of(
            new DriftPosition.Suspect("coupon a@b,c|d %2C+", NOW),
            new DriftPosition.Suspect("cus_1", NOW.plusSeconds(1))));

    assertThat(DriftPosition.parse(position.text())).isEqualTo(position);
  }

  @Test
  void aPositionOfAnEarlierReleaseIsRead() {
    assertThat(DriftPosition.parse("cus_7|cus_1@" + NOW + ",cus_2@" + NOW))
        .isEqualTo(new DriftPosition(
            Optional.of("cus_7"),
            List.of(
                new DriftPosition.Suspect("cus_1", NOW), new DriftPosition.Suspect("cus_2", NOW))));
  }

  @Test
  void whatIsNoPositionBeginsARound() {
    DriftPosition beginning = new DriftPosition(Optional.empty(), List.of());

    assertThat(DriftPosition.parse("")).isEqualTo(beginning);
    assertThat(DriftPosition.parse("%zz|%zz@" + NOW)).isEqualTo(beginning);
    assertThat(DriftPosition.parse("|cus_1@then").suspects())
        .containsExactly(new DriftPosition.Suspect("cus_1", Instant.EPOCH));
  }
}
