package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.ledger.BillingEvent;
import com.tatame.billing.ledger.BillingEventFilter;
import com.tatame.billing.money.Money;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The trail that buying, renewing and ending leave, whatever order their events come in. */
class BillingEventsTest {
  private final BillingWorld world = BillingWorld.builder().seed(7).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void tellOnceWhatMovedMoneyAndWhatChanged() {
    Subscription bought = ada.buys("basic", Shopper.PAYS);
    world.advance(Duration.ofDays(60), new Disorder(true, 0, 60, 0));
    world.settle();
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), bought.id(), Cancellation.NOW, Optional.empty());
    world.settle();

    List<BillingEvent> all = list(BillingEventFilter.ALL);

    assertThat(all).extracting(BillingEvent::id).doesNotHaveDuplicates();
    assertThat(all)
        .extracting(event -> event.fact().type())
        .contains("subscription.created", "subscription.ended", "invoice.paid");
    assertThat(all)
        .filteredOn(event -> event.fact().type().equals("invoice.paid"))
        .allSatisfy(paid -> {
          assertThat(paid.fact().subscriptionId()).contains(bought.id());
          assertThat(paid.fact().amount().map(Money::currency)).contains("usd");
        });
    assertThat(list(new BillingEventFilter(
            Optional.of(bought.id()),
            Optional.of("subscription.ended"),
            Optional.empty(),
            Optional.empty())))
        .hasSize(1);
    assertThat(Shopper.named("bob", world).account()).isNotEqualTo(ada.account());
    assertThat(world
            .billing()
            .events()
            .list(
                Shopper.named("bob", world).account(),
                BillingEventFilter.ALL,
                Optional.empty(),
                10))
        .isEmpty();
  }

  @Test
  void refuseATimeThatEndsBeforeItBegins() {
    assertThatThrownBy(() -> list(new BillingEventFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Instant.parse("2026-02-01T00:00:00Z")),
            Optional.of(Instant.parse("2026-01-01T00:00:00Z")))))
        .isInstanceOf(ValidationFailed.class);
  }

  private List<BillingEvent> list(BillingEventFilter filter) {
    return world.billing().events().list(ada.account(), filter, Optional.empty(), 100);
  }
}
