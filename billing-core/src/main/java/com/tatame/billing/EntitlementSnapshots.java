package com.tatame.billing;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.Draw;
import com.tatame.billing.entitlement.DrawResult;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.InMind;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.Reading;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.Purchase;
import com.tatame.billing.purchase.PurchaseStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What was last read of accounts, for a moment, so that who asks again and again costs one query in
 * that time. Where the moments of many accounts come to an end, one query asks which of them are
 * still as they were read, and these are good for another moment. What is changed through the stores
 * that this hands out is seen at once; what other nodes change, when the moment is over. Nothing is
 * decided from it but answers to questions: units are used in the store, against the version of what
 * was read. Thread-safe.
 */
final class EntitlementSnapshots implements InMind {
  private static final Logger LOG = System.getLogger(EntitlementSnapshots.class.getName());
  private static final Duration LATE = Duration.ofMinutes(1);

  /** Most accounts that are kept in mind. */
  static final int MOST = 50_000;

  /** Fewer accounts are not worth a query about all of them: each is read again if it is asked about. */
  static final int MANY = 16;

  /** Most accounts of one query. Somebody waits for it who only wants to know of one. */
  private static final int AT_ONCE = 256;

  /** Who was asked about within so many moments will be asked about again. */
  private static final int MOMENTS = 10;

  private final Duration moment;
  private final Duration ripe;
  private final InstantSource wallClock;
  private final Map<AccountId, Snapshot> held = new ConcurrentHashMap<>();

  /** In the order in which they were read or confirmed; those that are no longer held, too. */
  private final Queue<Snapshot> aging = new ConcurrentLinkedQueue<>();

  private final ReentrantLock confirming = new ReentrantLock();

  /**
   * Remembers nothing yet.
   *
   * @param moment how long at most an account is remembered, by wall time; zero for not at all
   */
  EntitlementSnapshots(Duration moment, InstantSource wallClock) {
    this.moment = moment;
    // Early enough for those who ask meanwhile not to find it too old.
    this.ripe = moment.dividedBy(2);
    this.wallClock = wallClock;
  }

  /** What was read. */
  private static final class Snapshot {
    final AccountId account;
    final Reading reading;

    /** The instant that it was read for: what had ended by then is not in it. */
    final Instant of;

    /** When it was so: before it was read, or found to be as it was read. */
    final Instant knownAt;

    /** Whether units were used since, so that it tells no longer how many are left. */
    final boolean spent;

    volatile Instant askedAt;

    Snapshot(
        AccountId account,
        Reading reading,
        Instant of,
        Instant knownAt,
        boolean spent,
        Instant askedAt) {
      this.account = account;
      this.reading = reading;
      this.of = of;
      this.knownAt = knownAt;
      this.spent = spent;
      this.askedAt = askedAt;
    }

    Snapshot confirmed(Instant when) {
      return new Snapshot(account, reading, of, when, spent, askedAt);
    }

    Snapshot spent() {
      return new Snapshot(account, reading, of, knownAt, true, askedAt);
    }
  }

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

  /**
   * Empty also where many moments come to an end and nobody asks yet whether what is in mind is still
   * so: then this caller is to, by a read.
   */
  @Override
  public Optional<Reading> toTell(AccountId account, Instant now) {
    Instant asked = wallClock.instant();
    Snapshot known = held.get(account);
    if (known == null
        || known.spent
        || !fresh(known, asked)
        || !coversNow(known, now)
        || (manyAge(asked) && !confirming.isLocked())) {
      return Optional.empty();
    }
    known.askedAt = asked;
    return Optional.of(known.reading);
  }

  @Override
  public Optional<Reading> toDrawBy(AccountId account, Instant now) {
    Snapshot known = held.get(account);
    if (known == null || !coversNow(known, now)) {
      return Optional.empty();
    }
    known.askedAt = wallClock.instant();
    return Optional.of(known.reading);
  }

  // What had ended by the time it was read is not in it, but may have held when something was used.
  private static boolean coversNow(Snapshot snapshot, Instant now) {
    return !now.isBefore(snapshot.of.minus(LATE));
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
    return within(moment, snapshot, now);
  }

  private boolean ages(Snapshot snapshot, Instant now) {
    return !within(ripe, snapshot, now);
  }

  private static boolean within(Duration time, Snapshot snapshot, Instant now) {
    return !now.isBefore(snapshot.knownAt) && now.isBefore(snapshot.knownAt.plus(time));
  }

  private boolean manyAge(Instant now) {
    int many = 0;
    for (Snapshot next : aging) {
      if (!ages(next, now)) {
        return false;
      }
      if (++many == MANY) {
        return true;
      }
    }
    return false;
  }

  private boolean worthConfirming(Snapshot snapshot, Instant now) {
    return held.get(snapshot.account) == snapshot
        && !snapshot.spent
        && now.isBefore(snapshot.askedAt.plus(moment.multipliedBy(MOMENTS)));
  }

  // It is too late for them: they are read again. So there are never more than a moment's.
  private void leaveOut(Instant now) {
    for (Snapshot next = aging.peek(); next != null && !fresh(next, now); next = aging.peek()) {
      aging.remove(next);
    }
  }

  /**
   * Whoever is answered from memory while many moments end finds out about all of them; nobody else
   * waits for it, and nobody for more than one query.
   */
  private void confirm(UsageStore store, Instant billingNow, Instant now) {
    if (!manyAge(now) || !confirming.tryLock()) {
      return;
    }
    try {
      Map<AccountId, Snapshot> asked = new HashMap<>();
      for (Snapshot next = aging.peek();
          next != null && ages(next, now) && asked.size() < AT_ONCE;
          next = aging.peek()) {
        if (aging.remove(next) && worthConfirming(next, now)) {
          asked.put(next.account, next);
        }
      }
      if (!asked.isEmpty()) {
        Map<AccountId, String> states = store.states(asked.keySet(), billingNow);
        asked.values().forEach(each -> settle(each, states.get(each.account), now));
      }
    } catch (BillingException e) {
      LOG.log(Level.DEBUG, "what is remembered could not be confirmed", e);
    } finally {
      confirming.unlock();
    }
  }

  // What was changed here in the meantime is held as something else by now.
  private void settle(Snapshot asked, @Nullable String state, Instant now) {
    String read = asked.reading.usage().state();
    boolean same = !read.isEmpty() && read.equals(state);
    held.computeIfPresent(asked.account, (account, current) -> {
      if (current != asked) {
        return current;
      }
      Snapshot settled = same ? asked.confirmed(now) : asked.spent();
      if (same) {
        aging.add(settled);
      }
      return settled;
    });
  }

  private final class RememberedUsage implements UsageStore {
    private final UsageStore store;

    RememberedUsage(UsageStore store) {
      this.store = store;
    }

    @Override
    public AccountUsage read(AccountId account, Instant now) {
      return remembered(
          account, now, (snapshot, asked) -> !snapshot.spent && fresh(snapshot, asked));
    }

    // However old it is: whatever is drawn by it is compared with what the account has by then.
    @Override
    public AccountUsage recall(AccountId account, Instant now) {
      return remembered(account, now, (snapshot, asked) -> true);
    }

    private AccountUsage remembered(
        AccountId account, Instant now, BiPredicate<Snapshot, Instant> young) {
      BiPredicate<Snapshot, Instant> good =
          young.and((snapshot, asked) -> coversNow(snapshot, now));
      Instant asked = wallClock.instant();
      Snapshot known = held.get(account);
      if (known != null && good.test(known, asked)) {
        known.askedAt = asked;
        confirm(store, now, asked);
        return known.reading.usage();
      }
      leaveOut(asked);
      if (held.size() >= MOST) {
        held.values().removeIf(old -> !fresh(old, asked));
        if (held.size() >= MOST) {
          held.clear();
        }
      }
      // Whoever changes the account meanwhile waits for this read to end before it is forgotten,
      // and others who ask share it.
      return held.compute(account, (same, old) -> {
            if (old != null && good.test(old, wallClock.instant())) {
              return old;
            }
            Snapshot read =
                new Snapshot(same, new Reading(store.read(same, now)), now, asked, false, asked);
            aging.add(read);
            return read;
          })
          .reading
          .usage();
    }

    @Override
    public Map<AccountId, String> states(Set<AccountId> accounts, Instant now) {
      return store.states(accounts, now);
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
              draws.get(i).account(), (account, snapshot) -> granted ? snapshot.spent() : null);
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
