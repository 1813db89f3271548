package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.ReservationStore;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.payment.Dispute;
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
import java.util.Set;
import java.util.stream.Stream;

final class InMemoryPurchases implements PurchaseStore {
  private static final Comparator<Purchase> NEWEST_FIRST =
      Comparator.comparing(Purchase::createdAt).reversed().thenComparing(Purchase::id);

  private static final Comparator<Purchase> FIRST_COME =
      Comparator.comparing(Purchase::createdAt).thenComparing(Purchase::id);

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final MirroredRows rows;
  private final InMemoryAnonymousSessions anonymous;
  private final InMemoryUsage usage;
  private final List<Purchase> free = new ArrayList<>();
  private final Map<String, Purchase> given = new HashMap<>();

  InMemoryPurchases(
      SharedLock lock,
      MirroredRows rows,
      InMemoryAnonymousSessions anonymous,
      InMemoryUsage usage,
      InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
    this.rows = rows;
    this.anonymous = anonymous;
    this.usage = usage;
  }

  @Override
  public List<Purchase> list(
      AccountId account, Optional<String> item, Optional<String> after, int limit) {
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
          .filter(p -> item.isEmpty() || p.sale().item().equals(item.get()))
          .limit(limit)
          .toList();
    });
  }

  @Override
  public Optional<Purchase> owned(AccountId account, String item) {
    return lock.hold(() -> of(account)
        .filter(purchase -> purchase.sale().item().equals(item))
        .filter(this::isOwned)
        .min(FIRST_COME));
  }

  @Override
  public List<Duplicate> duplicates(Set<String> repeatable, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Map<List<String>, Purchase> first = new HashMap<>();
      List<Duplicate> extra = new ArrayList<>();
      all()
          .filter(purchase -> !repeatable.contains(purchase.sale().item()))
          .filter(this::isOwned)
          .sorted(FIRST_COME)
          .forEach(purchase -> {
            AccountId owner = anonymous.ownerOf(purchase.account());
            Purchase kept =
                first.putIfAbsent(List.of(owner.value(), purchase.sale().item()), purchase);
            if (kept != null) {
              extra.add(new Duplicate(purchase, owner, kept.id()));
            }
          });
      extra.sort(Comparator.comparing(Duplicate::purchase, NEWEST_FIRST));
      Optional<Duplicate> cursor = after.flatMap(
          id -> extra.stream().filter(d -> d.purchase().id().equals(id)).findFirst());
      if (after.isPresent() && cursor.isEmpty()) {
        return List.of();
      }
      return extra.stream()
          .filter(d -> cursor.isEmpty()
              || NEWEST_FIRST.compare(d.purchase(), cursor.get().purchase()) > 0)
          .limit(limit)
          .toList();
    });
  }

  private boolean isOwned(Purchase purchase) {
    return purchase.status() == Purchase.Status.PAID
        && rows.living(Dispute.class)
            .noneMatch(dispute -> dispute.status() == Dispute.Status.LOST
                && dispute.paymentIntentId().isPresent()
                && dispute.paymentIntentId().equals(purchase.paymentIntentId()));
  }

  @Override
  public Optional<Purchase> find(AccountId account, String purchaseId) {
    return lock.hold(() -> of(account).filter(p -> p.id().equals(purchaseId)).findFirst());
  }

  @Override
  public Purchase addFree(Purchase purchase, AuditEntry audit) {
    return audited.changing(audit, free::size, () -> {
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
  public Giving give(Purchase purchase, UsageDebit debit, AuditEntry audit) {
    return audited.changing(audit, free::size, () -> {
      DebitResult result = usage.consume(List.of(debit)).get(0);
      if (!(result instanceof DebitResult.Granted granted)) {
        return new Giving(result, Optional.empty());
      }
      String unit = granted.consumption().id();
      if (!given.containsKey(unit)) {
        given.put(unit, purchase);
        free.add(purchase);
        usage.settle(debit.account(), unit, ReservationStore.Outcome.KEPT, debit.at());
      }
      return new Giving(result, Optional.of(given.get(unit)));
    });
  }

  @Override
  public Giving giveOnce(Purchase purchase, UsageDebit debit, AuditEntry audit) {
    return lock.hold(() -> {
      Optional<Purchase> owned = given(debit.account(), debit.key()).isPresent()
          ? Optional.empty()
          : owned(debit.account(), purchase.sale().item());
      return owned.isPresent()
          ? new Giving(new DebitResult.Denied(), Optional.empty(), owned)
          : give(purchase, debit, audit);
    });
  }

  @Override
  public Optional<Purchase> given(AccountId account, String key) {
    return lock.hold(() -> usage.unitUnder(account, key).map(given::get));
  }

  private Stream<Purchase> of(AccountId account) {
    return all().filter(purchase -> anonymous.owns(account, purchase.account()));
  }

  private Stream<Purchase> all() {
    List<Refund> refunds = rows.living(Refund.class).toList();
    return Stream.concat(
        rows.living(PaymentIntent.class).flatMap(payment -> Purchase.of(payment, refunds).stream()),
        free.stream());
  }
}
