package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.BillingInterval;
import com.tatame.billing.checkout.CheckoutRequest;
import com.tatame.billing.inbox.ReplaySelection;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.APrincipal;
import com.tatame.billing.time.TimeBounds;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Releases that recorded no terms left facts out; their events are still stored. */
class FactsOfEarlierReleasesTest {
  private static final AccountId ADA = new AccountId("user_ada");
  private static final String FAILS_AT_RENEWAL = "4000000000000341";

  private final PostgresConfig config = TestDatabase.freshSchema();

  @Test
  void replayedEventsAddWhatTheyStateAndNothingTwice() throws SQLException {
    PostgresBillingStore.migrate(config);
    try (BillingWorld world =
        BillingWorld.builder().store(PostgresBillingStore.open(config)).build()) {
      SubjectId customer = buysAndFailsToPay(world);
      List<Fact> before = TestDatabase.factsOf(config, customer);
      forgetWhatOnlyEventsState();
      assertThat(TestDatabase.factsOf(config, customer)).hasSizeLessThan(before.size() - 2);

      replayAll(world);
      assertThat(TestDatabase.factsOf(config, customer))
          .containsExactlyInAnyOrderElementsOf(before);

      replayAll(world);
      assertThat(TestDatabase.factsOf(config, customer))
          .containsExactlyInAnyOrderElementsOf(before);
    }
  }

  private static SubjectId buysAndFailsToPay(BillingWorld world) {
    CheckoutRequest basic = new CheckoutRequest(
        Optional.of("basic"),
        Optional.of(BillingInterval.MONTHLY),
        Optional.empty(),
        1,
        "https://shop.example.com/thanks?session={CHECKOUT_SESSION_ID}",
        "https://shop.example.com/plans",
        Optional.empty());
    String session =
        world.billing().checkouts().open(APrincipal.of(ADA), basic).session().id();
    assertThat(world.provider().pay(session, FAILS_AT_RENEWAL)).isTrue();
    world.settle();
    world.advance(Duration.ofDays(40));
    return new SubjectId(world.billing().customers().find(ADA).orElseThrow().customerId());
  }

  private static void replayAll(BillingWorld world) {
    long replayed = world
        .billing()
        .webhooks()
        .replay(new ReplaySelection.Received(
            TimeBounds.MIN, TimeBounds.END.minusSeconds(1), Optional.empty()));
    assertThat(replayed).isPositive();
    world.settle();
  }

  private void forgetWhatOnlyEventsState() throws SQLException {
    try (Connection connection = TestDatabase.connect(config);
        Statement statement = connection.createStatement()) {
      int forgotten = statement.executeUpdate(
          "delete from billing_events"
              + " where terms is not null or event_type in ('invoice.payment_failed', 'payment.succeeded')");
      assertThat(forgotten).isGreaterThan(2);
    }
  }
}
