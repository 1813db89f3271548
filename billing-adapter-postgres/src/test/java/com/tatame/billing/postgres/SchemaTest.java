package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Owner;
import com.tatame.billing.anonymous.AnonymousSession;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.inbox.ClaimedEvent;
import com.tatame.billing.inbox.EventOutcome;
import com.tatame.billing.money.Money;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.ClaimId;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.AnEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What other programs see of the schema: people with SQL, and callers that are not ours. */
class SchemaTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final PostgresConfig CONFIG = TestDatabase.freshSchema();
  private static final PostgresBillingStore STORE = PostgresBillingStore.open(CONFIG);

  @AfterAll
  static void close() {
    STORE.close();
  }

  @Test
  void noClaimAtAllNeverMatchesAnEventThatNobodyHolds() {
    STORE.inbox().ingest(AnEvent.several(1, NOW), NOW);
    String seq = TestDatabase.query(
            CONFIG, "select max(seq) from webhook_queue where claim is null")
        .get(0);

    assertThat(TestDatabase.query(
            CONFIG,
            "select commit_units_v1('{\"now\":\"2026-01-02T03:04:05Z\","
                + "\"units\":[{\"u\":0,\"subject\":\"cus_null\",\"version\":0}],"
                + "\"events\":[{\"u\":0,\"seq\":" + seq + "}]}') -> 'lease_lost'"))
        .containsExactly("[0]");
    assertThat(TestDatabase.query(CONFIG, "select version from subjects where id = 'cus_null'"))
        .containsExactly("0");
  }

  @Test
  void whatWasIgnoredOrGivenUpStaysVisibleWithItsReason() {
    STORE.inbox().ingest(AnEvent.several(2, NOW.plusSeconds(1)), NOW.plusSeconds(1));
    ClaimId claim = new ClaimId(7);
    List<ClaimedEvent> events =
        STORE.inbox().claim(claim, 200, NOW.plusSeconds(1), Duration.ofMinutes(1));
    ClaimedEvent ignored = events.get(events.size() - 2);
    ClaimedEvent dead = events.get(events.size() - 1);
    STORE
        .inbox()
        .settle(
            claim,
            List.of(
                new EventOutcome.Ignored(ignored.seq(), "test mode"),
                new EventOutcome.Dead(dead.seq(), "unreadable")),
            NOW.plusSeconds(2));

    assertThat(TestDatabase.query(
            CONFIG,
            "select concat_ws(' | ', event_type, status, error, retry_count, processed_at is not null,"
                + " raw_data is not null) from stripe_webhook_events where stripe_event_id in ('"
                + ignored.id() + "', '" + dead.id() + "') order by seq"))
        .containsExactly(
            ignored.type() + " | ignored | test mode | 0 | t | t",
            dead.type() + " | dead | unreadable | 1 | f | t");
  }

  @Test
  void thePurchasesThatSqlShowsAreThoseThatAccountsSee() {
    AccountId buyer = new AccountId("user_sql");
    AnonymousSession visitor = new AnonymousSession(
        new AccountId("anonymous:1"), NOW, NOW, Optional.empty(), Optional.empty());
    STORE.anonymousSessions().add(visitor, "hash_1");
    int refunded = 0;
    for (PaymentIntent.Status status : PaymentIntent.Status.values()) {
      PaymentIntent payment =
          APayment.of(refunded % 2 == 0 ? buyer : visitor.account(), status, NOW);
      List<Change> changes = new ArrayList<>(List.of(put(payment)));
      for (int i = 0; i < refunded % 4; i++) {
        List<Refund.Status> statuses = List.of(Refund.Status.values());
        changes.add(put(
            APayment.refund(payment, 4_00, statuses.get((i + refunded) % statuses.size()), NOW)));
      }
      Unit unit = new Unit(payment.subject(), 0, Optional.empty(), Set.of(), changes);
      assertThat(STORE.projections().commit(List.of(unit), NOW))
          .containsExactly(new CommitResult.Applied());
      refunded++;
    }
    PaymentIntent whole = APayment.of(buyer, PaymentIntent.Status.SUCCEEDED, NOW);
    Refund all = APayment.refund(whole, 8_00, Refund.Status.SUCCEEDED, NOW);
    Unit unit =
        new Unit(whole.subject(), 0, Optional.empty(), Set.of(), List.of(put(whole), put(all)));
    STORE.projections().commit(List.of(unit), NOW);
    ItemSale nothing =
        new ItemSale("pur_free", "article-1", "article", new Money(0, "usd"), Optional.empty());
    STORE.purchases().addFree(Purchase.free("pur_free", buyer, nothing, NOW), AnAuditEntry.any());
    STORE.anonymousSessions().claim("hash_1", Owner.of(buyer), NOW, AnAuditEntry.any());

    assertThat(TestDatabase.query(
            CONFIG,
            "select concat_ws(' ', id, item, kind, list_price, coalesce(discount_percent::text, '-'), amount, currency,"
                + " status, coalesce(stripe_payment_intent_id, '-'), refunded, refund_state,"
                + " coalesce(anonymous_session_id, user_id)) from purchases where user_id = 'user_sql'"
                + " order by created_at desc, id"))
        .hasSize(9)
        .containsExactlyElementsOf(STORE.purchases().list(buyer, Optional.empty(), 101).stream()
            .map(SchemaTest::text)
            .toList());
  }

  private static Change put(ProviderObject state) {
    return new Change.Put(state, NOW, Observation.Source.READ);
  }

  private static String text(Purchase purchase) {
    ItemSale sale = purchase.sale();
    return String.join(
        " ",
        purchase.id(),
        sale.item(),
        sale.kind(),
        Long.toString(sale.listPrice().amount()),
        sale.discount().map(discount -> Integer.toString(discount.percent())).orElse("-"),
        Long.toString(purchase.amount().amount()),
        purchase.amount().currency(),
        purchase.status().code(),
        purchase.paymentIntentId().orElse("-"),
        Long.toString(purchase.refunded().amount()),
        purchase.refundState().code(),
        purchase.account().value());
  }
}
