package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.catalog.Recurrence;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.subscription.ChangePolicy;
import com.tatame.billing.subscription.ChangeRequest;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.ScheduledChange;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a plan that is paid for by its use to one that is paid in advance, and back. */
class MeteredPlanChangeTest {
  private static final Duration A_PERIOD = Duration.ofDays(32);
  private static final long PRO = 1_500;
  private static final long CALL = 3;

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.meteredBelowPro()).build();

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void whatWasUsedIsBilledWithTheFirstPeriodOfThePlanThatFollows() {
    Caller ada = Caller.subscribed("ada", world);
    ada.calls(5);

    change(ada.shopper, to("pro", ChangePolicy.AT_RENEWAL));

    assertThat(planned(ada.shopper).tier()).contains("pro");
    assertThat(planned(ada.shopper).quantity()).isEqualTo(1);
    ada.calls(2);
    world.advance(A_PERIOD);
    assertThat(ada.invoices()).singleElement().satisfies(invoice -> {
      assertThat(invoice.path("total").asLong()).isEqualTo(PRO + 7 * CALL);
      assertThat(invoice.path("status").asText()).isEqualTo("paid");
    });
    assertThat(ada.shopper.newest().tier()).contains("pro");
    assertThat(ada.shopper.newest().mainItem().quantity()).isEqualTo(1);
  }

  @Test
  void whatWasQuotedForTheRenewalIsMadeAsQuoted() {
    Caller ada = Caller.subscribed("ada", world);
    Quote quote = world
        .billing()
        .subscriptions()
        .quote(ada.shopper.account(), ada.subscription.id(), to("pro", ChangePolicy.AT_RENEWAL));
    assertThat(quote.figures().dueNow().amount()).isZero();
    assertThat(quote.change().quantity()).isEqualTo(1);

    world
        .billing()
        .subscriptions()
        .change(ada.shopper.account(), ada.subscription.id(), quote.id());
    world.advance(A_PERIOD);

    assertThat(ada.shopper.newest().tier()).contains("pro");
  }

  @ParameterizedTest
  @EnumSource(
      value = ChangePolicy.class,
      names = {"PRORATE", "NONE"})
  void atOnceItIsRefusedForWhatWasUsedWouldNotBeBilled(ChangePolicy policy) {
    Caller ada = Caller.subscribed("ada", world);
    ada.calls(5);

    assertThatThrownBy(() -> change(ada.shopper, to("pro", policy)))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            failure -> assertThat(failure.errors().get(0).field()).isEqualTo("policy"));

    world.advance(A_PERIOD);
    assertThat(ada.invoices()).extracting(Caller::billed).containsExactly(5L);
    assertThat(ada.shopper.newest().tier()).contains("api");
  }

  @Test
  void inATrialOfWhichNothingIsBilledOneMayGoAtOnce() {
    try (BillingWorld trials =
        BillingWorld.builder().catalog(ACatalog.meteredBelowPro(14)).build()) {
      Shopper cy = Shopper.named("cy", trials);
      Subscription trial = cy.buys("api", Shopper.PAYS);
      assertThat(trial.status()).isEqualTo(SubscriptionStatus.TRIALING);

      Subscription changed = trials
          .billing()
          .subscriptions()
          .change(cy.account(), trial.id(), to("pro", ChangePolicy.NONE));

      assertThat(changed.tier()).contains("pro");
      assertThat(changed.mainItem().quantity()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(ChangePolicy.class)
  void fromAPlanThatIsPaidInAdvanceOneMayGoAnyTime(ChangePolicy policy) {
    Shopper bob = Shopper.named("bob", world);
    bob.buys("pro", Shopper.PAYS);
    world.advance(Duration.ofDays(10));

    change(bob, to("api", policy));
    if (policy == ChangePolicy.AT_RENEWAL) {
      assertThat(planned(bob).tier()).contains("api");
      assertThat(planned(bob).quantity()).isZero();
    } else {
      assertThat(bob.newest().tier()).contains("api");
    }
    world.advance(Duration.ofDays(22));

    Subscription subscription = bob.newest();
    assertThat(subscription.tier()).contains("api");
    assertThat(subscription.mainItem().quantity()).isZero();
    assertThat(subscription.mainItem().recurrence().filter(Recurrence::metered)).isPresent();
    Caller caller = Caller.of(bob, subscription, world);
    caller.calls(1_000);
    world.advance(A_PERIOD);
    List<JsonNode> invoices = caller.invoices();
    assertThat(Caller.billed(invoices.get(invoices.size() - 1))).isEqualTo(1_000);
  }

  @Test
  void ofWhatIsPaidForByItsUseNobodyOrdersANumber() {
    Caller ada = Caller.subscribed("ada", world);
    Shopper bob = Shopper.named("bob", world);
    bob.buys("pro", Shopper.PAYS);

    for (Shopper shopper : List.of(ada.shopper, bob)) {
      assertThatThrownBy(() -> change(
              shopper,
              new ChangeRequest(
                  Optional.of("api"),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(2L),
                  ChangePolicy.PRORATE)))
          .isInstanceOfSatisfying(
              ValidationFailed.class,
              failure -> assertThat(failure.errors().get(0).field()).isEqualTo("quantity"));
    }
  }

  private static ChangeRequest to(String tier, ChangePolicy policy) {
    return new ChangeRequest(
        Optional.of(tier), Optional.empty(), Optional.empty(), Optional.empty(), policy);
  }

  private void change(Shopper shopper, ChangeRequest request) {
    world.billing().subscriptions().change(shopper.account(), shopper.newest().id(), request);
    world.settle();
  }

  private ScheduledChange planned(Shopper shopper) {
    return world
        .billing()
        .subscriptions()
        .show(shopper.account(), shopper.newest())
        .scheduledChange()
        .orElseThrow();
  }
}
