package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tatame.billing.checkout.CheckoutSession;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.Conflict;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.money.Money;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.refund.RefundStore.Given;
import com.tatame.billing.refund.Refunds.RefundRequest;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Fault.When;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.testkit.BillingWorld;
import com.tatame.billing.testkit.ProviderControl.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was paid is given back as asked, and never more of it than there was. */
class RefundsTest {
  private final BillingWorld world = BillingWorld.builder().build();
  private final Shopper ada = Shopper.named("ada", world);
  private final AtomicInteger keys = new AtomicInteger();

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void aPurchaseIsGivenBackInParts() {
    Purchase bought = bought();

    Given part = refund(bought, Optional.of(4_00L));

    assertThat(part.purchaseId()).contains(bought.id());
    assertThat(part.refund().amount()).isEqualTo(4_00);
    assertThat(now().refunded()).isEqualTo(new Money(4_00, "usd"));
    assertThat(now().refundState()).isEqualTo(Purchase.RefundState.PARTIAL);
    assertThat(now().status()).isEqualTo(Purchase.Status.PAID);

    Given rest = refund(bought, Optional.empty());

    assertThat(rest.refund().amount()).isEqualTo(11_00);
    assertThat(now().status()).isEqualTo(Purchase.Status.REFUNDED);
    assertThat(now().refunded()).isEqualTo(new Money(15_00, "usd"));
    assertThat(world.billing().refunds().list(Optional.empty(), 10))
        .containsExactlyInAnyOrder(part, rest);
    world.settle();
    assertThat(now().refunded()).isEqualTo(new Money(15_00, "usd"));
  }

  @Test
  void moreThanIsLeftIsRefusedBeforeAnythingIsSent() {
    Purchase bought = bought();
    refund(bought, Optional.of(10_00L));

    assertThatThrownBy(() -> refund(bought, Optional.of(5_01L)))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("500 usd");

    assertThat(atProvider(bought)).hasSize(1);
    refund(bought, Optional.empty());
    assertThatThrownBy(() -> refund(bought, Optional.empty()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("0 usd");
    assertThat(atProvider(bought)).hasSize(2);
  }

  @Test
  void whatWasGivenAtTheProviderItselfIsCountedBeforeItsEventsArrive() {
    Purchase bought = bought();
    SimulatorReads.call(
        world,
        Request.of(
            "POST",
            "/v1/refunds",
            Map.of("payment_intent", bought.paymentIntentId().orElseThrow(), "amount", "1400")));

    assertThatThrownBy(() -> refund(bought, Optional.of(2_00L)))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("100 usd");
  }

  @Test
  void anInvoiceIsGivenBack() {
    Subscription subscription = ada.buys("basic", Shopper.PAYS);
    world.advance(Duration.ofDays(15));
    String invoice = SimulatorReads.all(world, "/v1/invoices", Map.of("status", "paid")).stream()
        .filter(json -> json.required("amount_paid").asLong() > 0)
        .findFirst()
        .orElseThrow()
        .required("id")
        .asText();

    Given refunded = world
        .billing()
        .refunds()
        .refund(
            new RefundRequest(
                Optional.empty(), Optional.of(invoice), Optional.empty(), "requested_by_customer"),
            key("invoice"));

    assertThat(refunded.invoiceId()).contains(invoice);
    assertThat(refunded.refund().amount()).isEqualTo(5_00);
    world.settle();
    assertThat(ada.newest().id()).isEqualTo(subscription.id());
    assertThat(ada.newest().status().live()).as("a refund ends nothing").isTrue();
  }

  @Test
  void whatNobodyPaidIsNotGivenBack() {
    CheckoutSession session = ada.wants("quiz-1").session().orElseThrow();
    world.provider().pay(session.id(), "4000000000000002");
    world.settle();
    Purchase pending = now();

    assertThatThrownBy(() -> refund(pending, Optional.empty())).isInstanceOf(Conflict.class);
    Purchase free = ada.wants("article-1").free().orElseThrow();
    assertThatThrownBy(() -> refund(free, Optional.empty())).isInstanceOf(NotFound.class);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> wanted(Optional.of("pur_1"), Optional.of("in_1"), 1, "duplicate"))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> wanted(Optional.empty(), Optional.empty(), 1, "duplicate"))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> wanted(Optional.of("pur_1"), Optional.empty(), 0, "duplicate"))
        .isInstanceOf(ValidationFailed.class);
    assertThatThrownBy(() -> wanted(Optional.of("pur_1"), Optional.empty(), 1, "because"))
        .isInstanceOf(ValidationFailed.class);
  }

  @Test
  void manyPartialRefundsAtOnceNeverExceedWhatWasPaid() throws Exception {
    Purchase bought = bought();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int refused = 0;
    try {
      List<Future<Given>> asked = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        long amount = 2_00L + i;
        Callable<Given> refund = () -> refund(bought, Optional.of(amount));
        asked.add(threads.submit(refund));
      }
      for (Future<Given> one : asked) {
        try {
          one.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(BillingException.class);
          refused++;
        }
      }
    } finally {
      threads.shutdownNow();
    }
    world.settle();

    long sum = atProvider(bought).stream().mapToLong(Long::longValue).sum();
    assertThat(sum).isBetween(2_00L, 15_00L);
    assertThat(refused).isEqualTo(16 - atProvider(bought).size());
    assertThat(now().refunded()).isEqualTo(new Money(sum, "usd"));
    if (sum < 15_00) {
      refund(bought, Optional.empty());
    }
    assertThat(now().status()).isEqualTo(Purchase.Status.REFUNDED);
  }

  @Test
  void aRefundWhoseAnswerWasLostIsMadeOnce() {
    Purchase bought = bought();
    world.provider().fail(Outage.ANSWER_LOST, 1);
    // The listing before it is what is lost first: nothing was sent then.
    assertThatThrownBy(() -> refund(bought, Optional.of(4_00L)))
        .isInstanceOf(ProviderUnavailable.class);
    assertThat(atProvider(bought)).isEmpty();

    refund(bought, Optional.of(4_00L));

    assertThat(atProvider(bought)).containsExactly(4_00L);
  }

  @Test
  void repeatedRefundWithTheSameKeyIsTheSameRefund() {
    Purchase bought = bought();
    Given first = refund(bought, Optional.of(4_00L), key("a"));

    assertThat(refund(bought, Optional.of(4_00L), key("a"))).isEqualTo(first);
    world.advance(Duration.ofMinutes(11));
    assertThat(refund(bought, Optional.of(4_00L), key("a"))).isEqualTo(first);

    assertThat(atProvider(bought)).containsExactly(4_00L);
  }

  @Test
  void repeatedRefundOfAllThatIsLeftWithTheSameKeyIsTheSameRefund() {
    Purchase bought = bought();
    Given first = refund(bought, Optional.empty(), key("a"));

    assertThat(refund(bought, Optional.empty(), key("a"))).isEqualTo(first);
  }

  @Test
  void aKeyIsRefusedForAnotherRefund() {
    Purchase bought = bought();
    refund(bought, Optional.of(4_00L), key("a"));

    assertRefused(() -> refund(bought, Optional.of(5_00L), key("a")), "idempotency_key_reused");
    assertRefused(() -> refund(bought, Optional.empty(), key("a")), "idempotency_key_reused");
    assertThat(atProvider(bought)).containsExactly(4_00L);
  }

  @Test
  void repeatedRefundWithAnotherKeyIsRefusedForTenMinutes() {
    Purchase bought = bought();
    Given first = refund(bought, Optional.of(4_00L), key("a"));

    assertThat(
            assertRefused(() -> refund(bought, Optional.of(4_00L), key("b")), "possible_duplicate")
                .existingId())
        .contains(first.refund().id());
    world.advance(Duration.ofMinutes(9));
    assertRefused(() -> refund(bought, Optional.of(4_00L), key("b")), "possible_duplicate");
    assertThat(atProvider(bought)).containsExactly(4_00L);

    world.advance(Duration.ofMinutes(1));
    assertThat(refund(bought, Optional.of(4_00L), key("b"))).isNotEqualTo(first);
    assertThat(atProvider(bought)).containsExactly(4_00L, 4_00L);
  }

  @Test
  void repeatedRefundWithAnotherKeyIsMadeWhereDuplicatesAreAllowed() {
    Purchase bought = bought();
    refund(bought, Optional.of(4_00L), key("a"));

    world.billing().refunds().refund(wanted(bought, Optional.of(4_00L), true), key("b"));

    assertThat(atProvider(bought)).containsExactly(4_00L, 4_00L);
  }

  @Test
  void refundWithAnotherKeyIsRefusedWhileOneOfThePaymentIsUnderWay() {
    Purchase bought = bought();
    world.engine().fail(new Fault("POST /v1/refunds", 500, When.LOST), 1);
    assertThatThrownBy(() -> refund(bought, Optional.of(4_00L), key("a")))
        .isInstanceOf(ProviderUnavailable.class);

    for (Optional<Long> amount :
        List.of(Optional.of(4_00L), Optional.of(5_00L), Optional.<Long>empty())) {
      assertThat(assertRefused(() -> refund(bought, amount, key("b")), "in_progress")
              .retryAfter())
          .isPresent();
    }

    assertThat(refund(bought, Optional.of(4_00L), key("a")).refund().amount()).isEqualTo(4_00);
    assertThat(refund(bought, Optional.of(5_00L), key("b")).refund().amount()).isEqualTo(5_00);
    assertThat(atProvider(bought)).containsExactlyInAnyOrder(4_00L, 5_00L);
  }

  @Test
  void equalRefundsAtOnceWithDifferentKeysMakeOne() throws Exception {
    Purchase bought = bought();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<String> refused = new ArrayList<>();
    try {
      List<Future<Given>> asked = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RequestKey key = key("at once " + i);
        asked.add(threads.submit(() -> refund(bought, Optional.of(1_00L), key)));
      }
      for (Future<Given> one : asked) {
        try {
          one.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(BillingException.class);
          if (e.getCause() instanceof BillingException failure) {
            refused.add(failure.code());
          }
        }
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(atProvider(bought)).containsExactly(1_00L);
    assertThat(refused).hasSize(7).isSubsetOf("in_progress", "possible_duplicate");
  }

  private static Conflict assertRefused(ThrowingCallable refund, String code) {
    Conflict conflict = catchThrowableOfType(Conflict.class, refund);
    assertThat(conflict).isNotNull();
    assertThat(conflict.code()).isEqualTo(code);
    return conflict;
  }

  @Test
  void aRefundThatThePayersBankReturnsCountsNoMore() {
    Purchase bought = bought();
    Refund all = refund(bought, Optional.empty()).refund();
    world.settle();

    world.engine().failRefund(all.id());
    world.settle();

    assertThat(now().status()).isEqualTo(Purchase.Status.PAID);
    assertThat(now().refunded()).isEqualTo(new Money(0, "usd"));
    assertThat(refund(bought, Optional.empty()).refund().amount()).isEqualTo(15_00);
  }

  private Purchase bought() {
    CheckoutSession session = ada.wants("quiz-1").session().orElseThrow();
    assertThat(world.provider().pay(session.id(), Shopper.PAYS)).isTrue();
    world.settle();
    return now();
  }

  private Purchase now() {
    return ada.purchases().get(0);
  }

  private Given refund(Purchase bought, Optional<Long> amount) {
    return refund(bought, amount, key("key " + keys.incrementAndGet()));
  }

  private Given refund(Purchase bought, Optional<Long> amount, RequestKey key) {
    return world.billing().refunds().refund(wanted(bought, amount, false), key);
  }

  private static RefundRequest wanted(
      Purchase bought, Optional<Long> amount, boolean allowDuplicate) {
    return new RefundRequest(
        Optional.of(bought.id()),
        Optional.empty(),
        amount,
        "requested_by_customer",
        allowDuplicate);
  }

  private static RequestKey key(String text) {
    return RequestKey.of("operator", text);
  }

  private static RefundRequest wanted(
      Optional<String> purchase, Optional<String> invoice, long amount, String reason) {
    return new RefundRequest(purchase, invoice, Optional.of(amount), reason);
  }

  private List<Long> atProvider(Purchase bought) {
    return SimulatorReads.all(
            world,
            "/v1/refunds",
            Map.of("payment_intent", bought.paymentIntentId().orElseThrow()))
        .stream()
        .map(json -> json.required("amount").asLong())
        .toList();
  }
}
