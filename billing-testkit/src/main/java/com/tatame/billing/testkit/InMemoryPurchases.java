package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.refund.Refund;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

final class InMemoryPurchases implements PurchaseStore {
  private static final Comparator<Purchase> NEWEST_FIRST =
      Comparator.comparing(Purchase::createdAt).reversed().thenComparing(Purchase::id);

  private final SharedLock lock;
  private final MirroredRows rows;
  private final InMemoryAnonymousSessions anonymous;
  private final InMemoryUsage usage;
  private final List<Purchase> free = new ArrayList<>();
  private final Map<String, Purchase> given = new HashMap<>();

  InMemoryPurchases(
      SharedLock lock,
      MirroredRows rows,
      InMemoryAnonymousSessions anonymous,
      InMemoryUsage usage) {
    this.lock = lock;
    this.rows = rows;
    this.anonymous = anonymous;
    this.usage = usage;
  }

  @Override
  public List<Purchase> list(AccountId account, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      List<Purchase> all = of(account).sorted(NEWEST_FIRST).toList();
      Optional<Purchase> cursor =
          after.flatMap(id -> all.stream().filter(p -> p.id().equals(id)).findFirst());
      if (after.isPresent() && cursor.isEmpty()) {
        return List.of();
      }
      return all.stream()
          .filter(p -> cursor.isEmpty() || NEWEST_FIRST.compare(p, cursor.get()) > 0)
          .limit(limit)
          .toList();
    });
  }

  @Override
  public Optional<Purchase> find(AccountId account, String purchaseId) {
    return lock.hold(() -> of(account).filter(p -> p.id().equals(purchaseId)).findFirst());
  }

  @Override
  public Purchase addFree(Purchase purchase) {
    return lock.hold(() -> {
      Optional<Purchase> before = free.stream()
          .filter(other -> anonymous.owns(purchase.account(), other.account()))
          .filter(other -> other.sale().item().equals(purchase.sale().item()))
          .filter(other -> !given.containsValue(other))
          .findFirst();
      if (before.isEmpty()) {
        free.add(purchase);
      }
      return before.orElse(purchase);
    });
  }

  @Override
  public Giving give(Purchase purchase, Draw draw) {
    return lock.hold(() -> {
      DrawResult result = usage.consume(List.of(draw)).get(0);
      if (!(result instanceof DrawResult.Granted granted)) {
        return new Giving(result, Optional.empty());
      }
      String unit = granted.consumption().id();
      if (!given.containsKey(unit)) {
        given.put(unit, purchase);
        free.add(purchase);
        usage.settle(draw.account(), unit, ReservationStore.Outcome.KEPT, draw.at());
      }
      return new Giving(result, Optional.of(given.get(unit)));
    });
  }

  @Override
  public Optional<Purchase> given(AccountId account, String key) {
    return lock.hold(() -> usage.unitUnder(account, key).map(given::get));
  }

  private Stream<Purchase> of(AccountId account) {
    List<Refund> refunds = rows.living(Refund.class).toList();
    return Stream.concat(
            rows.living(PaymentIntent.class)
                .flatMap(payment -> Purchase.of(payment, refunds).stream()),
            free.stream())
        .filter(purchase -> anonymous.owns(account, purchase.account()));
  }
}
