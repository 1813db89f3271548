package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.Billing;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.catalog.Policies;
import com.tatame.billing.catalog.RepeatedTrials;
import com.tatame.billing.checkout.Checkouts.Opened;
import com.tatame.billing.checkout.Checkouts.TrialTerms;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import com.tatame.billing.trial.Trial;
import com.tatame.billing.trial.Trial.Status;
import com.tatame.billing.trial.TrialKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One trial a person and plan family. */
class TrialLedgerTest {
  private static final String OTHER_CARD = "5555555555554444";

  @Test
  void theFirstCheckoutGivesTheTrialAndTheAnswerTells() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Opened opened = Shopper.named("ada", world).opens("basic", world.billing());

      assertThat(opened.trial()).isEqualTo(new TrialTerms(14, false));
      assertThat(Shopper.named("ada", world).opens("basic", world.billing()).trial())
          .as("of the session that is open already")
          .isEqualTo(new TrialTerms(14, false));
    }
  }

  @Test
  void anAccountHasOneTrialHoweverItsSubscriptionEnded() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      Subscription first = ada.buys("basic", Shopper.PAYS);
      world
          .billing()
          .subscriptions()
          .cancel(ada.account(), first.id(), Cancellation.NOW, Optional.empty());
      world.settle();

      assertThat(ada.opens("pro", world.billing()).trial()).isEqualTo(new TrialTerms(0, true));
    }
  }

  @Test
  void anotherAccountWithTheSameAddressHasNone() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      look(world);
      Shopper again = who(world, "user_ada2", "  User_Ada@EXAMPLE.com ");
      Shopper tagged = who(world, "user_ada3", "user_ada+2@example.com");

      assertThat(again.opens("basic", world.billing()).trial()).isEqualTo(new TrialTerms(0, true));
      assertThat(again.buys("basic", OTHER_CARD).status()).isEqualTo(SubscriptionStatus.ACTIVE);
      assertThat(tagged.opens("basic", world.billing()).trial().days())
          .as("a tag makes another address")
          .isEqualTo(14);
    }
  }

  @Test
  void theCardTellsOfASecondTrialOnceItIsKnown() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Subscription first = Shopper.named("ada", world).buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(5));
      Shopper bob = Shopper.named("bob", world);
      Subscription second = bob.buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(5));
      Shopper.named("eve", world).buys("basic", OTHER_CARD);
      look(world);

      List<Trial> repeated = world.billing().trials().repeated(true, Optional.empty(), 10);
      assertThat(repeated).singleElement().satisfies(trial -> {
        assertThat(trial.subscriptionId()).isEqualTo(second.id()).isNotEqualTo(first.id());
        assertThat(trial.account()).contains(bob.account());
        assertThat(trial.repeats()).containsExactly("card");
        assertThat(trial.status()).isEqualTo(Status.ALERTED);
      });
      assertThat(bob.newest().status()).as("it goes on").isEqualTo(SubscriptionStatus.TRIALING);
      assertThat(ends(world)).isZero();

      world.advance(Duration.ofDays(15));
      world.advance(Duration.ofHours(7));
      look(world);
      assertThat(world.billing().trials().open()).isZero();
      assertThat(world.billing().trials().repeated(false, Optional.empty(), 10))
          .extracting(Trial::status)
          .containsExactly(Status.OVER);
    }
  }

  @Test
  void aCardThatIsAddedLaterTellsToo() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Shopper.named("ada", world).buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(5));
      Shopper bob = Shopper.named("bob", world);
      bob.buys("basic", OTHER_CARD);
      look(world);
      assertThat(world.billing().trials().open()).isZero();

      world.advance(Duration.ofDays(3));
      bob.saves("pm_card_visa");
      world.advance(Duration.ofHours(7));
      look(world);

      assertThat(world.billing().trials().repeated(true, Optional.empty(), 10))
          .extracting(Trial::repeats)
          .containsExactly(List.of("card"));
    }
  }

  @Test
  void aTaxIdTellsHoweverItIsWritten() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      world.billing().taxation().addId(ada.caller(), "eu_vat", "DE123456789");
      world.provider().advance(Duration.ofSeconds(5));
      Shopper bob = Shopper.named("bob", world);
      bob.buys("basic", OTHER_CARD);
      world.billing().taxation().addId(bob.caller(), "eu_vat", "DE123456789");
      world.settle();
      look(world);

      assertThat(world.billing().trials().repeated(true, Optional.empty(), 10))
          .extracting(Trial::repeats)
          .containsExactly(List.of("tax_id"));
    }
  }

  @Test
  void aSecondTrialIsEndedAndChargedWhereTheCatalogSaysSo() {
    try (BillingWorld world = world(RepeatedTrials.END_NOW)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(5));
      Shopper bob = Shopper.named("bob", world);
      Subscription second = bob.buys("basic", Shopper.PAYS);

      look(world);
      look(world);

      assertThat(bob.newest().status()).isEqualTo(SubscriptionStatus.ACTIVE);
      assertThat(Charges.of(world, bob.customerId())).isEqualTo(5_00);
      assertThat(ada.newest().status()).isEqualTo(SubscriptionStatus.TRIALING);
      assertThat(Charges.of(world, ada.customerId())).isZero();
      assertThat(ends(world)).isEqualTo(1);
      assertThat(world.billing().trials().repeated(false, Optional.empty(), 10))
          .singleElement()
          .satisfies(trial -> {
            assertThat(trial.subscriptionId()).isEqualTo(second.id());
            assertThat(trial.status()).isEqualTo(Status.ENDED);
            assertThat(trial.endedAt()).isPresent();
          });
      assertThat(MirroredState.differences(world)).isEmpty();
    }
  }

  @Test
  void anOperatorEndsWhatWasOnlyTold() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Subscription first = Shopper.named("ada", world).buys("basic", Shopper.PAYS);
      world.provider().advance(Duration.ofSeconds(5));
      Shopper bob = Shopper.named("bob", world);
      Subscription second = bob.buys("basic", Shopper.PAYS);
      look(world);

      Trial ended = world.billing().trials().end(second.id());

      assertThat(ended.status()).isEqualTo(Status.ENDED);
      assertThat(world.billing().trials().end(second.id())).isEqualTo(ended);
      assertThat(ends(world)).isEqualTo(1);
      assertThatThrownBy(() -> world.billing().trials().end(first.id()))
          .as("the first one repeats no other")
          .isInstanceOf(NotFound.class);
    }
  }

  @Test
  void theEvidenceOutlivesTheCustomer() {
    try (BillingWorld world = world(RepeatedTrials.ALERT)) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      look(world);
      SimulatorReads.call(
          world, Request.of("DELETE", "/v1/customers/" + ada.customerId(), Map.of()));
      world.settle();
      Shopper again = who(world, "user_other", "user_ada@example.com");

      assertThat(again.opens("basic", world.billing()).trial()).isEqualTo(new TrialTerms(0, true));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theOrderOfTheEventsDoesNotMatter(long seed) {
    try (BillingWorld world = BillingWorld.builder().seed(seed).build()) {
      for (String name : List.of("ada", "bob")) {
        Shopper shopper = Shopper.named(name, world);
        String session = shopper.opens("basic").id();
        world.provider().advance(Duration.ofSeconds(1));
        assertThat(world.provider().pay(session, Shopper.PAYS)).isTrue();
      }
      for (int i = 0; i < 5; i++) {
        world.deliver(new Disorder(true, 50, 0, 30));
        world.wallClock().advance(Duration.ofSeconds(16));
        world.work();
      }
      look(world);
      look(world);

      assertThat(world.billing().trials().repeated(true, Optional.empty(), 10))
          .as("seed %s", seed)
          .extracting(trial -> trial.account().orElseThrow().value())
          .containsExactly("user_bob");
    }
  }

  @Test
  void aKeyThatIsReplacedStillReads() {
    String old = "the key that was written with before it leaked";
    String fresh = "the key that is written with from now on, alone";
    try (BillingWorld world =
        BillingWorld.builder().trialKeys(TrialKeys.of(List.of(old))).build()) {
      Shopper.named("ada", world).buys("basic", Shopper.PAYS);
      look(world);
      Shopper again = who(world, "user_other", "user_ada@example.com");

      try (Billing rotated = program(world, List.of(fresh, old));
          Billing forgetful = program(world, List.of(fresh))) {
        assertThat(again.opens("basic", rotated).trial()).isEqualTo(new TrialTerms(0, true));
        assertThat(again.opens("basic", forgetful).trial()).isEqualTo(new TrialTerms(14, false));
      }
    }
  }

  @Test
  void withoutKeysAnAccountsOwnSubscriptionsTell() {
    try (BillingWorld world = BillingWorld.builder().trialKeys(TrialKeys.NONE).build()) {
      Shopper ada = Shopper.named("ada", world);
      ada.buys("basic", Shopper.PAYS);
      look(world);
      world
          .billing()
          .subscriptions()
          .cancel(ada.account(), ada.newest().id(), Cancellation.NOW, Optional.empty());
      Shopper again = who(world, "user_other", "user_ada@example.com");

      assertThat(ada.opens("pro", world.billing()).trial()).isEqualTo(new TrialTerms(0, true));
      assertThat(again.opens("pro", world.billing()).trial()).isEqualTo(new TrialTerms(30, false));
    }
  }

  private static Billing program(BillingWorld world, List<String> keys) {
    return Billing.builder()
        .store(world.store())
        .gateway(world.gateway())
        .catalog(world.billing().catalog())
        .checkoutUrls(url -> "https".equals(url.getScheme()))
        .clock(world.engine()::now)
        .wallClock(world.wallClock())
        .trialKeys(TrialKeys.of(keys))
        .workers(0)
        .build();
  }

  private static Shopper who(BillingWorld world, String account, String email) {
    return new Shopper(
        world,
        new Principal(
            new AccountId(account),
            "https://id.example.com",
            account,
            Optional.of(email),
            Optional.empty(),
            false));
  }

  private static void look(BillingWorld world) {
    for (int i = 0; i < 3; i++) {
      world.settle();
      world.wallClock().advance(Duration.ofSeconds(61));
    }
    world.settle();
  }

  private static long ends(BillingWorld world) {
    return world.store().commands().list(JournalFilter.ALL, Optional.empty(), 101).stream()
        .filter(command -> command.kind() == CommandKind.END_TRIAL)
        .count();
  }

  private static BillingWorld world(RepeatedTrials policy) {
    return BillingWorld.builder()
        .catalog(ACatalog.freeBasicAndPro().with(Policies.DEFAULT.with(policy)))
        .build();
  }
}
