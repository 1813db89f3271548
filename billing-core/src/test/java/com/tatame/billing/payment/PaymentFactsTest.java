package com.tatame.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaymentFactsTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void attemptsAreStatedByTheirEventsAndNotByThePayment() {
    PaymentIntent paid = intent(PaymentIntent.Status.SUCCEEDED, Optional.empty(), Optional.empty());
    PaymentIntent failed = intent(
        PaymentIntent.Status.REQUIRES_PAYMENT_METHOD,
        failure(Optional.of("ch_1")),
        Optional.empty());

    assertThat(paid.facts()).isEmpty();
    assertThat(failed.facts()).isEmpty();
  }

  @Test
  void aPaymentThatWaitsForItsPayerHasNotFailed() {
    PaymentIntent asked =
        intent(PaymentIntent.Status.REQUIRES_ACTION, failure(Optional.empty()), Optional.empty());

    assertThat(asked.facts()).isEmpty();
    assertThat(asked.terminal()).isFalse();
  }

  @Test
  void aCanceledPaymentTellsWhen() {
    Instant later = MADE.plusSeconds(60);
    PaymentIntent canceled =
        intent(PaymentIntent.Status.CANCELED, Optional.empty(), Optional.of(later));

    assertThat(canceled.facts())
        .extracting(Fact::key, Fact::occurredAt)
        .containsExactly(tuple("pi_1:canceled", later));
    assertThat(canceled.terminal()).isTrue();
  }

  @Test
  void aDisputeTellsWhatWasTakenAndWhatCameBackByItsOwnMoney() {
    Money fee = new Money(1000, "usd");
    Dispute won = dispute(
        Dispute.Status.WON,
        Optional.of(new Dispute.Movement(fee, MADE.plusSeconds(1))),
        Optional.of(new Dispute.Movement(fee, MADE.plusSeconds(9))));

    assertThat(won.facts())
        .extracting(Fact::key, Fact::occurredAt)
        .containsExactly(
            tuple("dp_1:opened", MADE),
            tuple("dp_1:funds_withdrawn", MADE.plusSeconds(1)),
            tuple("dp_1:funds_reinstated", MADE.plusSeconds(9)));
    assertThat(won.facts()).extracting(Fact::subject).containsOnly(new SubjectId("pi_1"));
    assertThat(won.terminal()).isFalse();
  }

  @Test
  void aDisputeInProgressTellsOnlyThatItWasOpened() {
    for (Dispute.Status status : List.of(
        Dispute.Status.NEEDS_RESPONSE,
        Dispute.Status.UNDER_REVIEW,
        Dispute.Status.WARNING_NEEDS_RESPONSE,
        Dispute.Status.WARNING_UNDER_REVIEW)) {
      assertThat(dispute(status, Optional.empty(), Optional.empty()).facts())
          .extracting(Fact::type)
          .containsExactly("dispute.opened");
    }
  }

  private static Optional<PaymentIntent.Failure> failure(Optional<String> charge) {
    return Optional.of(new PaymentIntent.Failure(
        Optional.of("card_declined"), Optional.empty(), charge, Optional.empty()));
  }

  private static PaymentIntent intent(
      PaymentIntent.Status status,
      Optional<PaymentIntent.Failure> failure,
      Optional<Instant> canceledAt) {
    return new PaymentIntent(
        "pi_1",
        Optional.of("cus_1"),
        Optional.empty(),
        status,
        "eur",
        1000,
        900,
        Optional.empty(),
        Optional.empty(),
        failure,
        Map.of(),
        Optional.empty(),
        MADE,
        canceledAt);
  }

  private static Dispute dispute(
      Dispute.Status status,
      Optional<Dispute.Movement> withdrawn,
      Optional<Dispute.Movement> reinstated) {
    return new Dispute(
        "dp_1",
        Optional.of("pi_1"),
        "ch_1",
        status,
        "fraudulent",
        "eur",
        900,
        Optional.empty(),
        withdrawn,
        reinstated,
        MADE);
  }
}
