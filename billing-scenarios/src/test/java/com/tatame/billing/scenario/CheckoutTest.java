package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.checkout.Checkouts.Opened;
import com.tatame.billing.checkout.Confirmation;
import com.tatame.billing.checkout.Confirmation.Status;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No customer pays twice, and every payment is confirmed. */
class CheckoutTest {
  private final BillingWorld world = BillingWorld.builder().build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void askingTwiceForTheSamePlanOpensOneCheckout() {
    Opened first = ada.opens("basic", world.billing());
    Opened second = ada.opens("basic", world.billing());

    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    assertThat(second.session().id()).isEqualTo(first.session().id());
    assertThat(SimulatorReads.sessions(world, "open")).hasSize(1);
    assertThat(SimulatorReads.customers(world)).hasSize(1);
  }

  @Test
  void anotherPlanClosesTheOpenCheckout() {
    CheckoutSession basic = ada.opens("basic");

    CheckoutSession pro = ada.opens("pro");

    assertThat(SimulatorReads.sessions(world, "open"))
        .extracting(session -> session.required("id").asText())
        .containsExactly(pro.id());
    assertThat(world.provider().pay(basic.id(), Shopper.PAYS)).isFalse();
    assertThat(world.provider().pay(pro.id(), Shopper.PAYS)).isTrue();
  }

  @Test
  void changingOnesMindAgainAndAgainLeavesOneCheckout() {
    for (String tier : new String[] {"basic", "pro", "basic", "pro", "pro", "basic"}) {
      CheckoutSession wanted = ada.opens(tier);

      assertThat(SimulatorReads.sessions(world, "open"))
          .extracting(session -> session.required("id").asText())
          .containsExactly(wanted.id());
    }
  }

  @Test
  void aSecondCheckoutIsRefusedWhileASubscriptionIsLive() {
    Subscription live = ada.buys("basic", Shopper.PAYS);

    assertThatExceptionOfType(Conflict.class)
        .isThrownBy(() -> ada.opens("pro"))
        .satisfies(refused -> {
          assertThat(refused.code()).isEqualTo("subscription_exists");
          assertThat(refused.existingId()).contains(live.id());
        });
    assertThat(SimulatorReads.sessions(world, "open")).isEmpty();
  }

  @Test
  void aSecondCheckoutIsRefusedEvenBeforeTheFirstOnesEventsArrive() {
    CheckoutSession session = ada.opens("basic");
    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();

    assertThatThrownBy(() -> ada.opens("basic")).isInstanceOf(Conflict.class);
    assertThatThrownBy(() -> ada.opens("pro")).isInstanceOf(Conflict.class);

    assertThat(SimulatorReads.subscriptions(world)).hasSize(1);
    assertThat(SimulatorReads.sessions(world, "open")).isEmpty();
  }

  @Test
  void anExpiredCheckoutIsFollowedByANewOne() {
    CheckoutSession first = ada.opens("basic");
    world.advance(Duration.ofHours(25));

    CheckoutSession second = ada.opens("basic");

    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.status()).isEqualTo(CheckoutSession.Status.OPEN);
  }

  @Test
  void expiryWithoutAnEventIsSeen() {
    CheckoutSession first = ada.opens("basic");
    world.advance(Duration.ofHours(25), new Disorder(false, 0, 100, 0));

    assertThat(ada.opens("basic").id()).isNotEqualTo(first.id());
  }

  @Test
  void confirmationIsPendingUntilItIsPaid() {
    CheckoutSession session = ada.opens("basic");

    assertThat(confirm(session))
        .isEqualTo(new Confirmation(Status.PENDING, none(), Optional.empty()));
  }

  @Test
  void confirmationKnowsOfThePaymentBeforeAnyEventArrives() {
    CheckoutSession session = ada.opens("basic");
    world.provider().pay(session.id(), Shopper.PAYS);

    Confirmation confirmation = confirm(session);

    assertThat(confirmation.status()).isEqualTo(Status.PAID);
    assertThat(confirmation.subscription()).contains(ada.newest());
    assertThat(ada.tier()).isEqualTo("basic");
  }

  @Test
  void eventsThatArriveAfterTheConfirmationChangeNothingAboutIt() {
    CheckoutSession session = ada.opens("basic");
    world.provider().pay(session.id(), Shopper.PAYS);
    Confirmation before = confirm(session);

    world.deliver(new Disorder(true, 0, 0, 0));
    world.work();

    assertThat(confirm(session)).isEqualTo(before);
    assertThat(MirroredState.differences(world)).isEmpty();
  }

  @Test
  void confirmationOfAnExpiredCheckoutSaysSo() {
    CheckoutSession session = ada.opens("basic");
    world.advance(Duration.ofHours(25), new Disorder(false, 0, 100, 0));

    assertThat(confirm(session))
        .isEqualTo(new Confirmation(Status.EXPIRED, none(), Optional.empty()));
  }

  private Confirmation confirm(CheckoutSession session) {
    return world.billing().checkouts().confirm(ada.account(), session.id());
  }

  private static Optional<Subscription> none() {
    return Optional.empty();
  }
}
