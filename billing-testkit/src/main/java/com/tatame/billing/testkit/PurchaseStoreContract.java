package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.ItemSale;
import com.tatame.billing.money.Money;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.Refund;
import com.tatame.billing.testkit.fixture.APayment;
import com.tatame.billing.testkit.fixture.AnAuditEntry;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What accounts bought: what their payments and refunds say, and what was free. */
public interface PurchaseStoreContract extends StoreUnderTest {

  @Test
  default void aPurchaseIsWhatItsPaymentSays() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, payment);

    Purchase purchase = purchases().find(account, idOf(payment)).orElseThrow();

    assertThat(purchase).isEqualTo(Purchase.of(payment, List.of()).orElseThrow());
    assertThat(purchase.status()).isEqualTo(Purchase.Status.PAID);
    assertThat(purchase.sale()).isEqualTo(APayment.sale(idOf(payment)));
    assertThat(purchase.amount()).isEqualTo(new Money(8_00, "usd"));
    assertThat(purchase.paymentIntentId()).contains(payment.id());
    assertThat(purchases().list(account, Optional.empty(), 101)).containsExactly(purchase);
  }

  @Test
  default void whatIsPaidIsOwnedUntilAllOfItWentBack() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    String item = payment.sale().orElseThrow().item();
    PaymentIntent open =
        APayment.of(account, PaymentIntent.Status.REQUIRES_PAYMENT_METHOD, now.minusSeconds(9));
    Commits.store(store(), now, open);
    assertThat(purchases().owned(account, item)).as("it was not paid").isEmpty();
    Commits.store(store(), now, payment);

    assertThat(purchases().owned(account, item)).map(Purchase::id).contains(idOf(payment));
    assertThat(purchases().owned(Ids.account(), item)).isEmpty();
    assertThat(purchases().owned(account, "another")).isEmpty();
    Refund part = APayment.refund(payment, 1_00, Refund.Status.SUCCEEDED, now);
    Commits.apply(store(), payment.subject(), now, List.of(Commits.put(part, now)));
    assertThat(purchases().owned(account, item)).as("in part").isPresent();
    Refund rest = APayment.refund(payment, 7_00, Refund.Status.SUCCEEDED, now);
    Commits.apply(store(), payment.subject(), now, List.of(Commits.put(rest, now)));
    assertThat(purchases().owned(account, item)).isEmpty();
  }

  @Test
  default void purchasesAreListedByItem() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, payment);
    String item = payment.sale().orElseThrow().item();

    assertThat(purchases().list(account, Optional.of(item), Optional.empty(), 10))
        .hasSize(1);
    assertThat(purchases().list(account, Optional.of("another"), Optional.empty(), 10))
        .isEmpty();
  }

  @Test
  default void secondPurchaseOfWhatIsOwnedIsADuplicate() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent first = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    PaymentIntent second =
        APayment.of(account, PaymentIntent.Status.SUCCEEDED, now.plusSeconds(60));
    Commits.store(store(), now, second);
    Commits.store(store(), now, first);
    String item = first.sale().orElseThrow().item();

    List<PurchaseStore.Duplicate> found =
        purchases().duplicates(Set.of(), Optional.empty(), 101).stream()
            .filter(duplicate -> duplicate.owner().equals(account))
            .toList();

    assertThat(found).singleElement().satisfies(duplicate -> {
      assertThat(duplicate.purchase().id()).isEqualTo(idOf(second));
      assertThat(duplicate.keptId()).isEqualTo(idOf(first));
    });
    assertThat(purchases().duplicates(Set.of(item), Optional.empty(), 101))
        .noneMatch(duplicate -> duplicate.owner().equals(account));
    assertThat(purchases().duplicates(Set.of(), Optional.of(Ids.next("pur")), 10))
        .isEmpty();
    Refund all = APayment.refund(second, 8_00, Refund.Status.SUCCEEDED, now);
    Commits.apply(store(), second.subject(), now, List.of(Commits.put(all, now)));
    assertThat(purchases().duplicates(Set.of(), Optional.empty(), 101))
        .noneMatch(duplicate -> duplicate.owner().equals(account));
  }

  @Test
  default void aPurchaseTellsWhatWentBackWhicheverCameFirst() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent payment = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    Refund part = APayment.refund(payment, 1_00, Refund.Status.SUCCEEDED, now);
    Refund pending = APayment.refund(payment, 2_00, Refund.Status.PENDING, now);
    Refund failed = APayment.refund(payment, 4_00, Refund.Status.FAILED, now);
    Commits.apply(
        store(), payment.subject(), now, List.of(Commits.put(part, now), Commits.put(failed, now)));
    Commits.apply(
        store(),
        payment.subject(),
        now,
        List.of(Commits.put(payment, now), Commits.put(pending, now)));

    Purchase purchase = purchases().find(account, idOf(payment)).orElseThrow();

    assertThat(purchase.refunded()).isEqualTo(new Money(3_00, "usd"));
    assertThat(purchase.refundState()).isEqualTo(Purchase.RefundState.PARTIAL);
    assertThat(purchases().list(account, Optional.empty(), 1)).containsExactly(purchase);
  }

  @Test
  default void aPaymentThatSellsNothingIsNoPurchase() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    PaymentIntent sells = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, sells, APayment.ofNothing(account, now));

    assertThat(purchases().list(account, Optional.empty(), 101))
        .extracting(Purchase::id)
        .containsExactly(idOf(sells));
  }

  @Test
  default void purchaseOfAnotherAccountIsNotFound() {
    Instant now = Ids.morning();
    AccountId owner = Ids.account();
    AccountId other = Ids.account();
    PaymentIntent payment = APayment.of(owner, PaymentIntent.Status.SUCCEEDED, now);
    Commits.store(store(), now, payment);

    assertThat(purchases().find(other, idOf(payment))).isEmpty();
    assertThat(purchases().list(other, Optional.empty(), 101)).isEmpty();
    assertThat(purchases().find(owner, Ids.next("pur"))).isEmpty();
  }

  @Test
  default void purchasesAreListedNewestFirstPageByPage() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    List<Purchase> expected = new ArrayList<>();
    Purchase newest =
        purchases().addFree(free(account, "article-1", now.plusSeconds(9)), AnAuditEntry.any());
    PaymentIntent early = APayment.of(account, PaymentIntent.Status.SUCCEEDED, now);
    PaymentIntent twin = APayment.of(account, PaymentIntent.Status.CANCELED, now);
    PaymentIntent late =
        APayment.of(account, PaymentIntent.Status.REQUIRES_PAYMENT_METHOD, now.plusSeconds(5));
    Commits.store(store(), now, twin, early, late);
    expected.add(newest);
    for (PaymentIntent payment : List.of(late, early, twin)) {
      expected.add(Purchase.of(payment, List.of()).orElseThrow());
    }

    List<Purchase> paged = new ArrayList<>();
    Optional<String> after = Optional.empty();
    for (int i = 0; i < expected.size(); i++) {
      List<Purchase> page = purchases().list(account, after, 1);
      paged.addAll(page);
      after = page.stream().map(Purchase::id).findFirst();
    }

    assertThat(paged).isEqualTo(expected);
    assertThat(purchases().list(account, after, 1)).isEmpty();
    assertThat(purchases().list(account, Optional.of(Ids.next("pur")), 3)).isEmpty();
  }

  @Test
  default void whatIsFreeIsHadOnce() {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    Purchase first = free(account, "article-1", now);

    assertThat(purchases().addFree(first, AnAuditEntry.any())).isEqualTo(first);
    assertThat(
            purchases().addFree(free(account, "article-1", now.plusSeconds(1)), AnAuditEntry.any()))
        .isEqualTo(first);
    Purchase other = free(account, "article-2", now.plusSeconds(2));
    assertThat(purchases().addFree(other, AnAuditEntry.any())).isEqualTo(other);
    assertThat(purchases().find(account, first.id())).contains(first);
    assertThat(purchases().list(account, Optional.empty(), 101)).containsExactly(other, first);
    Purchase anotherAccounts = free(Ids.account(), "article-1", now);
    assertThat(purchases().addFree(anotherAccounts, AnAuditEntry.any())).isEqualTo(anotherAccounts);
  }

  @Test
  default void ofManyWhoTakeAFreeItemAtOnceAllSeeOnePurchase() throws Exception {
    Instant now = Ids.morning();
    AccountId account = Ids.account();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Purchase>> taken = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Purchase free = free(account, "article-1", now.plusSeconds(i));
        taken.add(threads.submit(() -> purchases().addFree(free, AnAuditEntry.any())));
      }
      Set<Purchase> seen = new HashSet<>();
      for (Future<Purchase> one : taken) {
        seen.add(one.get(60, TimeUnit.SECONDS));
      }
      assertThat(seen).hasSize(1);
      assertThat(purchases().list(account, Optional.empty(), 101)).containsExactlyElementsOf(seen);
    } finally {
      threads.shutdownNow();
    }
  }

  private PurchaseStore purchases() {
    return store().purchases();
  }

  private static String idOf(PaymentIntent payment) {
    return payment.sale().orElseThrow().purchaseId();
  }

  /** One that cost nothing. */
  static Purchase free(AccountId account, String item, Instant at) {
    String id = Ids.next("pur");
    return Purchase.free(
        id, account, new ItemSale(id, item, "article", new Money(0, "usd"), Optional.empty()), at);
  }
}
