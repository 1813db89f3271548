package com.tatame.billing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What was last read of accounts, for a moment, so that who asks again and again costs one query in
 * that time. What is changed through the stores that this hands out is seen at once; what other
 * nodes change, when the moment is over. Nothing is decided from it but answers to questions: units
 * are used in the store, against the version of what was read. Thread-safe.
 */
final class EntitlementSnapshots {
  private static final Duration LATE = Duration.ofMinutes(1);

  /** Most accounts that are kept in mind. */
  static final int MOST = 50_000;

  private final Duration moment;
  private final InstantSource wallClock;
  private final Map<AccountId, Snapshot> held = new ConcurrentHashMap<>();

  /**
   * Remembers nothing yet.
   *
   * @param moment how long at most an account is remembered, by wall time; zero for not at all
   */
  EntitlementSnapshots(Duration moment, InstantSource wallClock) {
    this.moment = moment;
    this.wallClock = wallClock;
  }

  /**
   * What was read.
   *
   * @param of the instant that it was read for: what had ended by then is not in it
   * @param spent whether units were used since, so that it tells no longer how many are left
   */
  private record Snapshot(AccountUsage usage, Instant of, Instant readAt, boolean spent) {}

  /** The store, with its reads remembered. */
  UsageStore over(UsageStore store) {
    return moment.isZero() ? store : new RememberedUsage(store);
  }

  /** The store; what is given and revoked through it is seen by those who ask. */
  GrantStore over(GrantStore store) {
    return moment.isZero() ? store : new ForgettingGrants(store, held::remove);
  }

  /** The store; what it gives for units is seen by those who ask. */
  PurchaseStore over(PurchaseStore store) {
    return moment.isZero() ? store : new ForgettingPurchases(store);
  }

  /** Forgets an account whose use has changed. */
  void forget(AccountId account) {
    held.remove(account);
  }

  /** Forgets the accounts whose entitlement these change. */
  void forget(Collection<Unit> committed) {
    for (Unit unit : committed) {
      for (Change change : unit.changes()) {
        if (change instanceof Change.Entitle entitle) {
          held.remove(entitle.entitlement().account());
        }
      }
    }
  }

  private boolean fresh(Snapshot snapshot, Instant now) {
    return !now.isBefore(snapshot.readAt()) && now.isBefore(snapshot.readAt().plus(moment));
  }

  private final class RememberedUsage implements UsageStore {
    private final UsageStore store;

    RememberedUsage(UsageStore store) {
      this.store = store;
    }

    @Override
    public AccountUsage read(AccountId account, Instant now) {
      return remembered(
          account, now, snapshot -> !snapshot.spent() && fresh(snapshot, wallClock.instant()));
    }

    // However old it is: whatever is drawn by it is compared with what the account has by then.
    @Override
    public AccountUsage recall(AccountId account, Instant now) {
      return remembered(account, now, snapshot -> true);
    }

    private AccountUsage remembered(AccountId account, Instant now, Predicate<Snapshot> young) {
      // What had ended by then is not in it, but may have held when something was used.
      Predicate<Snapshot> good =
          young.and(snapshot -> !now.isBefore(snapshot.of().minus(LATE)));
      Snapshot known = held.get(account);
      if (known != null && good.test(known)) {
        return known.usage();
      }
      Instant asked = wallClock.instant();
      if (held.size() >= MOST) {
        held.values().removeIf(old -> !fresh(old, asked));
        if (held.size() >= MOST) {
          held.clear();
        }
      }
      // Whoever changes the account meanwhile waits for this read to end before it is forgotten,
      // and others who ask share it.
      return held.compute(
              account,
              (same, old) -> old != null && good.test(old)
                  ? old
                  : new Snapshot(store.read(same, now), now, asked, false))
          .usage();
    }

    @Override
    public PastUsage past(AccountId account, Instant at) {
      return store.past(account, at);
    }

    @Override
    public List<DrawResult> consume(List<Draw> draws) {
      List<DrawResult> results = List.of();
      try {
        results = store.consume(draws);
        return results;
      } finally {
        for (int i = 0; i < draws.size(); i++) {
          boolean granted = i < results.size() && results.get(i) instanceof DrawResult.Granted;
          held.computeIfPresent(
              draws.get(i).account(),
              (account, snapshot) -> granted
                  ? new Snapshot(snapshot.usage(), snapshot.of(), snapshot.readAt(), true)
                  : null);
        }
      }
    }

    @Override
    public Optional<Consumption> release(
        AccountId account, String feature, String consumptionId, Instant now) {
      try {
        return store.release(account, feature, consumptionId, now);
      } finally {
        held.remove(account);
      }
    }

    @Override
    public void set(AccountId account, String feature, long value, Instant now) {
      try {
        store.set(account, feature, value, now);
      } finally {
        held.remove(account);
      }
    }

    @Override
    public List<UsageRow> list(
        AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
      return store.list(account, feature, after, limit);
    }

    @Override
    public void publish(Catalog catalog) {
      store.publish(catalog);
    }

    @Override
    public int prune(Instant before) {
      return store.prune(before);
    }
  }

  private final class ForgettingPurchases implements PurchaseStore {
    private final PurchaseStore store;

    ForgettingPurchases(PurchaseStore store) {
      this.store = store;
    }

    @Override
    public List<Purchase> list(AccountId account, Optional<String> after, int limit) {
      return store.list(account, after, limit);
    }

    @Override
    public Optional<Purchase> find(AccountId account, String purchaseId) {
      return store.find(account, purchaseId);
    }

    @Override
    public Purchase addFree(Purchase free) {
      return store.addFree(free);
    }

    @Override
    public Giving give(Purchase free, Draw draw) {
      try {
        return store.give(free, draw);
      } finally {
        held.remove(draw.account());
      }
    }

    @Override
    public Optional<Purchase> given(AccountId account, String key) {
      return store.given(account, key);
    }
  }
}
