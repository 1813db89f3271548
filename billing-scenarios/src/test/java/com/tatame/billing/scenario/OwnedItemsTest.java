package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.Refunds;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Cancellation;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is owned is not sold again. */
class OwnedItemsTest {
  private static final String ONCE = "quiz-once";
  private static final String IS_DISPUTED = "4000000000000259";

  private final BillingWorld world =
      BillingWorld.builder().catalog(ACatalog.withMembersTerms()).build();
  private final Shopper ada = Shopper.named("ada", world);

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void paidItemIsNotSoldAgainUntilItIsRefunded() {
    Purchase paid = buys();

    assertOwned(paid);
    assertThatThrownBy(
            () -> world.billing().itemPayments().begin(ada.caller(), ONCE, Optional.empty()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining(paid.id());
    assertThat(owned()).contains(paid);
    refund(paid);
    assertThat(owned()).isEmpty();
    assertThat(ada.wants(ONCE).session()).isPresent();
  }

  @Test
  void includedItemTakesOneUnitAndIsOwnedAfterThePlanEnds() throws Exception {
    String subscription = ada.buys("pro", Shopper.PAYS).id();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Boolean>> clicks = IntStream.range(0, 8)
        .mapToObj(i -> threads.submit(() -> {
          try {
            return ada.wants(ONCE).created();
          } catch (Conflict e) {
            assertThat(e.code()).isEqualTo("already_owned");
            return false;
          }
        }))
        .toList();
    int made = 0;
    for (Future<Boolean> click : clicks) {
      made += click.get() ? 1 : 0;
    }
    threads.shutdown();

    assertThat(made).isEqualTo(1);
    assertThat(ada.purchases()).hasSize(1);
    assertThat(world
            .billing()
            .entitlements()
            .check(ada.account(), "quiz")
            .allowance()
            .orElseThrow()
            .used())
        .isEqualTo(1);
    world
        .billing()
        .subscriptions()
        .cancel(ada.account(), subscription, Cancellation.NOW, Optional.empty());
    world.settle();
    assertOwned(ada.purchases().get(0));
  }

  @Test
  void pageThatWasPaidAMomentAgoIsNotOpenedAgain() {
    CheckoutSession session = ada.wants(ONCE).session().orElseThrow();
    world.provider().pay(session.id(), Shopper.PAYS);

    assertThatThrownBy(() -> ada.wants(ONCE))
        .isInstanceOf(Conflict.class)
        .extracting(failure -> ((Conflict) failure).code())
        .isEqualTo("already_owned");
  }

  @Test
  void paymentThatArrivesAllTheSameIsListedUntilItIsRefunded() {
    var begun = world.billing().itemPayments().begin(ada.caller(), ONCE, Optional.empty());
    Purchase first = buys();
    String intent = begun.payment().orElseThrow().intent().id();
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/payment_intents/" + intent + "/confirm",
            Map.of("payment_method", "pm_card_visa")));
    world.settle();

    List<PurchaseStore.Duplicate> found =
        world.billing().purchases().duplicates(Optional.empty(), 10);

    assertThat(found).hasSize(1);
    Set<String> pair = Set.of(found.get(0).purchase().id(), found.get(0).keptId());
    assertThat(pair).contains(first.id());
    assertThat(found.get(0).owner()).isEqualTo(ada.account());
    assertThat(world.billing().purchases().openDuplicates()).isEqualTo(1);
    refund(found.get(0).purchase());
    assertThat(world.billing().purchases().duplicates(Optional.empty(), 10)).isEmpty();
    assertThat(world.billing().purchases().openDuplicates()).as("still fresh").isEqualTo(1);
    world.wallClock().advance(Duration.ofMinutes(5));
    assertThat(world.billing().purchases().openDuplicates()).isZero();
  }

  @Test
  void openOrWonDisputeLeavesTheItemOwned() {
    Purchase paid = buys(IS_DISPUTED);
    assertOwned(paid);

    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/disputes/" + dispute().required("id").asText(),
            Map.of(
                "evidence", Map.of("uncategorized_text", "winning_evidence"), "submit", "true")));
    world.settle();

    assertThat(dispute().required("status").asText()).isEqualTo("won");
    assertOwned(paid);
  }

  @Test
  void lostDisputeLetsTheItemBeSoldAgain() {
    Purchase paid = buys(IS_DISPUTED);
    assertOwned(paid);

    SimulatorReads.call(
        world,
        Request.of(
            "POST", "/v1/disputes/" + dispute().required("id").asText() + "/close", Map.of()));
    world.settle();

    assertThat(dispute().required("status").asText()).isEqualTo("lost");
    assertThat(owned()).isEmpty();
    assertThat(ada.wants(ONCE).session()).isPresent();
  }

  private JsonNode dispute() {
    return SimulatorReads.all(world, "/v1/disputes", Map.of()).get(0);
  }

  private void assertOwned(Purchase purchase) {
    assertThatThrownBy(() -> ada.wants(ONCE)).isInstanceOfSatisfying(Conflict.class, failure -> {
      assertThat(failure.code()).isEqualTo("already_owned");
      assertThat(failure.existingId()).contains(purchase.id());
    });
  }

  private Optional<Purchase> owned() {
    return world.billing().purchases().owned(ada.account(), ONCE);
  }

  private void refund(Purchase purchase) {
    world
        .billing()
        .refunds()
        .refund(
            new Refunds.RefundRequest(
                Optional.of(purchase.id()), Optional.empty(), Optional.empty(), "duplicate"),
            RequestKey.of("operator", "refund"));
    world.settle();
  }

  private Purchase buys() {
    return buys(Shopper.PAYS);
  }

  private Purchase buys(String card) {
    CheckoutSession session = ada.wants(ONCE).session().orElseThrow();
    world.provider().pay(session.id(), card);
    world.settle();
    return ada.purchases().get(0);
  }
}
