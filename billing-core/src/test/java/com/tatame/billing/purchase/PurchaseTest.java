package com.tatame.billing.purchase;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.refund.Refund;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurchaseTest {
  private static final Instant MADE = Instant.parse("2026-03-01T10:00:00Z");
  private static final AccountId ADA = new AccountId("user_ada");
  private static final ItemSale QUIZ =
      new ItemSale("pur_1", "quiz-1", "quiz", new Money(1000, "usd"), Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "REQUIRES_PAYMENT_METHOD, PENDING",
    "REQUIRES_CONFIRMATION, PENDING",
    "REQUIRES_ACTION, PENDING",
    "PROCESSING, PENDING",
    "REQUIRES_CAPTURE, PENDING",
    "SUCCEEDED, PAID",
    "CANCELED, CANCELED"
  })
  void standsWhereItsPaymentStands(PaymentIntent.Status payment, Purchase.Status expected) {
    assertThat(purchase(payment(payment), List.of()).status()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "400 SUCCEEDED, 400, PAID, PARTIAL",
    "400 PENDING 600 SUCCEEDED, 1000, REFUNDED, FULL",
    "1000 FAILED, 0, PAID, NONE",
    "1000 CANCELED 1 REQUIRES_ACTION, 1, PAID, PARTIAL"
  })
  void tellsWhatWentBack(
      String refunds, long refunded, Purchase.Status status, Purchase.RefundState state) {
    List<Refund> given = new ArrayList<>();
    String[] words = refunds.split(" ", -1);
    for (int i = 0; i < words.length; i += 2) {
      given.add(
          refund("re_" + i, Long.parseLong(words[i]), Refund.Status.valueOf(words[i + 1]), "pi_1"));
    }

    Purchase purchase = purchase(payment(PaymentIntent.Status.SUCCEEDED), given);

    assertThat(purchase.refunded()).isEqualTo(new Money(refunded, "usd"));
    assertThat(purchase.status()).isEqualTo(status);
    assertThat(purchase.refundState()).isEqualTo(state);
    assertThat(purchase.completed()).isTrue();
  }

  @Test
  void theRefundsOfAnotherPaymentDoNotCount() {
    Refund foreign = refund("re_1", 1000, Refund.Status.SUCCEEDED, "pi_2");

    assertThat(
            purchase(payment(PaymentIntent.Status.SUCCEEDED), List.of(foreign)).refundState())
        .isEqualTo(Purchase.RefundState.NONE);
  }

  @Test
  void isTheSameInWhateverOrderItsRefundsAreKnown() {
    long seed = 20261121;
    Random random = new Random(seed);
    PaymentIntent payment = payment(PaymentIntent.Status.SUCCEEDED);
    for (int round = 0; round < 500; round++) {
      List<Refund> refunds = new ArrayList<>();
      for (int i = 0; i < random.nextInt(6); i++) {
        Refund.Status status = List.of(Refund.Status.values()).get(random.nextInt(5));
        refunds.add(refund("re_" + i, random.nextInt(300), status, "pi_1"));
      }
      Purchase expected = purchase(payment, refunds);
      Collections.shuffle(refunds, random);

      assertThat(purchase(payment, refunds))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(expected);
    }
  }

  @Test
  void whatSellsNoItemOrIsNobodysIsNoPurchase() {
    PaymentIntent payment = payment(PaymentIntent.Status.SUCCEEDED);

    assertThat(Purchase.of(copy(payment, payment.account(), Optional.empty()), List.of()))
        .isEmpty();
    assertThat(Purchase.of(copy(payment, Optional.empty(), payment.sale()), List.of()))
        .isEmpty();
  }

  private static Purchase purchase(PaymentIntent payment, List<Refund> refunds) {
    return Purchase.of(payment, refunds).orElseThrow();
  }

  private static PaymentIntent payment(PaymentIntent.Status status) {
    return new PaymentIntent(
        "pi_1",
        Optional.empty(),
        Optional.of(ADA),
        status,
        "usd",
        1000,
        status == PaymentIntent.Status.SUCCEEDED ? 1000 : 0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.of(QUIZ),
        MADE,
        Optional.empty());
  }

  private static PaymentIntent copy(
      PaymentIntent of, Optional<AccountId> account, Optional<ItemSale> sale) {
    return new PaymentIntent(
        of.id(),
        of.customerId(),
        account,
        of.status(),
        of.currency(),
        of.amount(),
        of.amountReceived(),
        of.paymentMethodId(),
        of.latestChargeId(),
        of.failure(),
        of.metadata(),
        sale,
        of.createdAt(),
        of.canceledAt());
  }

  private static Refund refund(String id, long amount, Refund.Status status, String payment) {
    return new Refund(
        id,
        Optional.of(payment),
        Optional.empty(),
        status,
        "usd",
        amount,
        Optional.empty(),
        Optional.empty(),
        MADE);
  }
}
