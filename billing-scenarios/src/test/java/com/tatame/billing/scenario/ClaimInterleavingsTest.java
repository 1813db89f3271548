package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.anonymous.AnonymousSessions.Begun;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.Forbidden;
import com.tatame.billing.failure.Unauthenticated;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.APrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A visitor buys without signing in, and an account claims it: in every order of the payment, its
 * events, the confirmation and the claim, the purchase ends with that account, once.
 */
class ClaimInterleavingsTest {
  private static final int SEEDS_EACH = 25;

  @ParameterizedTest
  @ValueSource(longs = {1, 1001, 2001, 3001})
  void whatWasPaidEndsWithTheClaimer(long first) {
    for (long seed = first; seed < first + SEEDS_EACH; seed++) {
      try (BillingWorld world = BillingWorld.builder().seed(seed).build()) {
        play(world, seed);
      }
    }
  }

  private static void play(BillingWorld world, long seed) {
    Random random = new Random(seed);
    Begun begun = world.billing().anonymousSessions().begin();
    Shopper visitor = new Shopper(world, Principal.ofAnonymous(begun.session().account()));
    Shopper ada = Shopper.named("ada", world);
    Principal eve = APrincipal.of(new AccountId("user_eve"));
    CheckoutSession session = visitor.wants("quiz-1").session().orElseThrow();
    boolean declinedFirst = random.nextBoolean();
    List<String> steps =
        new ArrayList<>(List.of("pay", "deliver", "claim", "work", "deliver", "work"));
    if (random.nextBoolean()) {
      steps.add("confirm");
    }
    if (random.nextBoolean()) {
      steps.add("claim");
    }
    Collections.shuffle(steps, random);
    String description = "seed " + seed + ": " + steps;
    for (String step : steps) {
      switch (step) {
        case "pay" -> {
          if (declinedFirst) {
            world.provider().pay(session.id(), "4000000000000002");
          }
          assertThat(world.provider().pay(session.id(), Shopper.PAYS))
              .as(description)
              .isTrue();
        }
        case "deliver" -> world.deliver(new Disorder(true, 30, 30, 20));
        case "work" -> world.work();
        case "claim" -> world.billing().anonymousSessions().claim(ada.caller(), begun.token());
        default -> world.billing().checkouts().confirm(begun.session().account(), session.id());
      }
    }
    assertThatThrownBy(() -> world.billing().anonymousSessions().claim(eve, begun.token()))
        .as(description)
        .isInstanceOf(Conflict.class);
    // What was dropped on the way is fetched by then.
    world.advance(Duration.ofMinutes(10));

    assertThat(ada.purchases()).as(description).hasSize(1);
    Purchase purchase = ada.purchases().get(0);
    assertThat(purchase.status()).as(description).isEqualTo(Purchase.Status.PAID);
    assertThat(purchase.account()).as(description).isEqualTo(begun.session().account());
    assertThat(world.billing().checkouts().confirm(ada.account(), session.id()).purchase())
        .as(description)
        .contains(purchase);
    assertThat(world.billing().purchases().list(eve.account(), Optional.empty(), 10))
        .as(description)
        .isEmpty();
    assertThat(SimulatorReads.customers(world)).as(description).isEmpty();
  }

  @Test
  void aTokenProvesItsSessionUntilItExpiresOrIsClaimed() {
    try (BillingWorld world = BillingWorld.builder().build()) {
      var sessions = world.billing().anonymousSessions();
      Begun begun = sessions.begin();
      Begun other = sessions.begin();
      Principal ada = APrincipal.of(new AccountId("user_ada"));
      assertThat(begun.toString()).doesNotContain(begun.token());
      assertThat(sessions.verify(begun.token()).account())
          .isEqualTo(begun.session().account());
      assertThat(other.session().account()).isNotEqualTo(begun.session().account());
      assertThatThrownBy(() -> sessions.verify("anon_guess")).isInstanceOf(Unauthenticated.class);
      assertThatThrownBy(() -> sessions.claim(ada, "anon_guess"))
          .isInstanceOf(ValidationFailed.class);
      assertThatThrownBy(() -> sessions.claim(sessions.verify(other.token()), begun.token()))
          .isInstanceOf(Forbidden.class);

      sessions.claim(ada, other.token());
      assertThatThrownBy(() -> sessions.verify(other.token())).isInstanceOf(Unauthenticated.class);
      world.advance(Duration.ofDays(31));

      assertThatThrownBy(() -> sessions.verify(begun.token())).isInstanceOf(Unauthenticated.class);
      assertThat(sessions.claim(ada, begun.token()).claimedBy()).contains(ada.account());
    }
  }
}
