package com.tatame.billing.refund;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefundTest {
  @Test
  void belongsToItsPaymentElseToItsChargeElseToItself() {
    Optional<String> charge = Optional.of("ch_1");
    assertThat(refund(Optional.of("pi_1"), charge, Refund.Status.PENDING).subject())
        .isEqualTo(new SubjectId("pi_1"));
    assertThat(refund(Optional.empty(), charge, Refund.Status.PENDING).subject())
        .isEqualTo(new SubjectId("ch_1"));
    assertThat(refund(Optional.empty(), Optional.empty(), Refund.Status.PENDING).subject())
        .isEqualTo(new SubjectId("re_1"));
  }

  @Test
  void tellsThatItWasMadeAndHowItEnded() {
    assertThat(keys(Refund.Status.PENDING)).containsExactly("re_1:created");
    assertThat(keys(Refund.Status.REQUIRES_ACTION)).containsExactly("re_1:created");
    assertThat(keys(Refund.Status.SUCCEEDED)).containsExactly("re_1:created", "re_1:succeeded");
    assertThat(keys(Refund.Status.FAILED)).containsExactly("re_1:created", "re_1:failed");
    assertThat(keys(Refund.Status.CANCELED)).containsExactly("re_1:created", "re_1:canceled");
  }

  @Test
  void thatSucceededCanStillFail() {
    assertThat(
            refund(Optional.empty(), Optional.empty(), Refund.Status.SUCCEEDED).terminal())
        .isFalse();
    assertThat(refund(Optional.empty(), Optional.empty(), Refund.Status.FAILED).terminal())
        .isTrue();
  }

  private static List<String> keys(Refund.Status status) {
    return refund(Optional.of("pi_1"), Optional.empty(), status).facts().stream()
        .map(Fact::key)
        .toList();
  }

  private static Refund refund(
      Optional<String> payment, Optional<String> charge, Refund.Status status) {
    return new Refund(
        "re_1",
        payment,
        charge,
        status,
        "eur",
        500,
        Optional.empty(),
        Optional.empty(),
        Instant.parse("2026-01-01T00:00:00Z"));
  }
}
