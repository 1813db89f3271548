package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.Dispute;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.subscription.SubscriptionSchedule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What lies in databases already. These literals may grow, but never change. */
class StoredStateTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.123456789Z");
  private static final Instant KEPT = Instant.parse("2026-01-02T03:04:05.123456Z");

  @Test
  void textsNumbersNamesAndNestedRecordsKeepTheirNames() {
    assertStored(
        new PaymentIntent(
            "pi_1",
            Optional.of("cus_1"),
            Optional.of(new AccountId("org_1")),
            PaymentIntent.Status.REQUIRES_PAYMENT_METHOD,
            "eur",
            Long.MAX_VALUE,
            0,
            Optional.empty(),
            Optional.of("ch_1"),
            Optional.of(new PaymentIntent.Failure(
                Optional.of("card_declined"),
                Optional.empty(),
                Optional.of("ch_1"),
                Optional.empty())),
            Map.of("item", "quiz"),
            Optional.empty(),
            KEPT,
            Optional.empty()),
        """
        {"id":"pi_1","customer_id":"cus_1","account":"org_1","status":"requires_payment_method",\
        "currency":"eur","amount":9223372036854775807,"amount_received":0,"latest_charge_id":"ch_1",\
        "failure":{"code":"card_declined","charge_id":"ch_1"},"metadata":{"item":"quiz"},\
        "created_at":"2026-01-02T03:04:05.123456Z"}""");
  }

  @Test
  void moneyAndListsKeepTheirNames() {
    assertStored(
        new Dispute(
            "dp_1",
            Optional.empty(),
            "ch_1",
            Dispute.Status.WON,
            "fraudulent",
            "eur",
            5,
            Optional.of(KEPT),
            Optional.of(new Dispute.Movement(new Money(5, "eur"), KEPT)),
            Optional.empty(),
            KEPT),
        """
        {"id":"dp_1","charge_id":"ch_1","status":"won","reason":"fraudulent","currency":"eur","amount":5,\
        "evidence_due_by":"2026-01-02T03:04:05.123456Z",\
        "withdrawn":{"money":{"amount":5,"currency":"eur"},"at":"2026-01-02T03:04:05.123456Z"},\
        "created_at":"2026-01-02T03:04:05.123456Z"}""");
    assertStored(
        new SubscriptionSchedule(
            "sub_sched_1",
            "cus_1",
            Optional.empty(),
            SubscriptionSchedule.Status.ACTIVE,
            "release",
            List.of(new SubscriptionSchedule.Phase(
                KEPT, KEPT, List.of(new SubscriptionSchedule.Item("price_1", Optional.of(2L))))),
            KEPT,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        """
        {"id":"sub_sched_1","customer_id":"cus_1","status":"active","end_behavior":"release",\
        "phases":[{"starts_at":"2026-01-02T03:04:05.123456Z","ends_at":"2026-01-02T03:04:05.123456Z",\
        "items":[{"price_id":"price_1","quantity":2}]}],"created_at":"2026-01-02T03:04:05.123456Z"}""");
  }

  @Test
  void nanosecondsAreLostOnTheWayInAndNotByARounding() {
    assertThat(RecordRows.row(new Dispute.Movement(new Money(1, "eur"), AT)))
        .isEqualTo(RecordRows.row(new Dispute.Movement(new Money(1, "eur"), KEPT)));
  }

  @Test
  void whatALaterReleaseAddsIsIgnored() {
    assertThat(RecordRows.read(Money.class, row("{\"amount\":1,\"currency\":\"eur\",\"new\":[]}")))
        .isEqualTo(new Money(1, "eur"));
  }

  @Test
  void whatIsMissingOrUnknownIsNotMadeUp() {
    assertThatThrownBy(() -> RecordRows.read(Money.class, row("{\"amount\":1}")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("currency");
    assertThatThrownBy(() -> RecordRows.read(Sample.class, row("{\"status\":\"from_the_future\"}")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("from_the_future");
    assertThatThrownBy(() -> RecordRows.row(new Unstorable(new StringBuilder())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RecordRows.read(Unstorable.class, row("{\"text\":\"a\"}")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private record Sample(Dispute.Status status) {}

  private record Unstorable(StringBuilder text) {}

  private static void assertStored(Record value, String json) {
    Row stored = row(json);
    assertThat(RecordRows.row(value).json().toString()).isEqualTo(stored.json().toString());
    assertThat((Object) RecordRows.read(value.getClass(), stored)).isEqualTo(value);
  }

  private static Row row(String json) {
    try {
      return new Row(new JsonMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
