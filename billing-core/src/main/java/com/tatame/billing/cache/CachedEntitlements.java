package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.Consumption;
import com.tatame.billing.entitlement.DebitResult;
import com.tatame.billing.entitlement.EntitlementCache;
import com.tatame.billing.entitlement.EntitlementSnapshot;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.PastUsage;
import com.tatame.billing.entitlement.UsageDebit;
import com.tatame.billing.entitlement.UsageRow;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.workload.WorkContext;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of what was last read of accounts, with a time to live of about a second. An account that is
 * asked about again and again costs one query in that time; where many entries are due, one query asks
 * for the state tokens of all of them, and those whose token is unchanged live for another ttl.
 *
 * <p>Writes through the stores that this hands out evict at once; writes of other nodes are seen when
 * the ttl is over. Only questions are answered from it: units are consumed in the store, against the
 * version of what was read.
 *
 * <p>An account is read by one caller at a time, outside every lock; who asks meanwhile shares the
 * result. While the store is known to be down, questions are answered by what was last read, and say
 * so. Thread-safe.
 */
public final class CachedEntitlements implements EntitlementCache, CommitListener {
  private static final Logger LOG = System.getLogger(CachedEntitlements.class.getName());
  private static final Duration MAX_SKEW = Duration.ofMinutes(1);

  /** Entries. */
  static final int MAX_ACCOUNTS = 50_000;

  /** Fewer entries are not worth a refresh: each is read again if it is asked about. */
  static final int MIN_BATCH = 16;

  /** Accounts of one refresh, which a caller waits for who asked about one of them. */
  private static final int MAX_BATCH = 256;

  /** An entry that was asked about within so many ttls is worth a refresh. */
  private static final int IDLE_TTLS = 10;

  private final Duration ttl;
  private final Duration refreshAfter;
  private final Duration maxStale;
  private final BooleanSupplier storeDown;
  private final InstantSource wallClock;
  private final Map<AccountId, Entry> entries = new ConcurrentHashMap<>();

  /** Reads under way. An eviction takes them out, so that what they bring is not cached. */
  private final Map<AccountId, Load> loads = new ConcurrentHashMap<>();

  private final LongAdder staleAnswers = new LongAdder();

  /** In the order of their reads and refreshes, evicted ones included. */
  private final Queue<Entry> byAge = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean refreshing = new AtomicBoolean();

  /**
   * Creates an empty cache.
   *
   * @param ttl of an entry, in wall time; zero caches nothing
   * @param maxStale how old an entry may be that is answered by while the store is down, in wall
   *     time; zero for never
   * @param storeDown whether the store is known to be down
   */
  public CachedEntitlements(
      Duration ttl, Duration maxStale, BooleanSupplier storeDown, InstantSource wallClock) {
    this.ttl = ttl;
    this.maxStale = maxStale;
    this.storeDown = storeDown;
    // Early enough for callers in the meantime to find it fresh.
    this.refreshAfter = ttl.dividedBy(2);
    this.wallClock = wallClock;
  }

  private static final class Entry {
    final AccountId account;
    final EntitlementSnapshot snapshot;

    /** The instant that it was read for: what had ended by then is not in it. */
    final Instant of;

    /** When it was so: before it was read, or found unchanged. */
    final Instant knownAt;

    /** Whether units were used since, so that it tells no longer how many are left. */
    final boolean spent;

    volatile Instant askedAt;

    private volatile @Nullable EntitlementSnapshot stale;

    Entry(
        AccountId account,
        EntitlementSnapshot snapshot,
        Instant of,
        Instant knownAt,
        boolean spent,
        Instant askedAt) {
      this.account = account;
      this.snapshot = snapshot;
      this.of = of;
      this.knownAt = knownAt;
      this.spent = spent;
      this.askedAt = askedAt;
    }

    Entry refreshed(Instant when) {
      return new Entry(account, snapshot, of, when, spent, askedAt);
    }

    Entry spent() {
      return new Entry(account, snapshot, of, knownAt, true, askedAt);
    }

    /** The same snapshot, marked as of when it was known. */
    EntitlementSnapshot stale() {
      EntitlementSnapshot marked = stale;
      if (marked == null) {
        marked = snapshot.staleSince(knownAt);
        stale = marked;
      }
      return marked;
    }
  }

  /** A read of an account by one caller, for all who ask meanwhile. */
  private static final class Load {
    final CompletableFuture<Entry> entry = new CompletableFuture<>();
  }

  /** The store behind this cache. */
  public UsageStore over(UsageStore store) {
    return ttl.isZero() ? store : new CachedUsageStore(store);
  }

  /** The store; grants through it evict their account. */
  public GrantStore over(GrantStore store) {
    return ttl.isZero() ? store : new CacheEvictingGrantStore(store, this::evict);
  }

  /** The store; what it gives for units evicts its account. */
  public PurchaseStore over(PurchaseStore store) {
    return ttl.isZero() ? store : new CacheEvictingPurchaseStore(store, this::evict);
  }

  /**
   * Empty also where many entries are due for a refresh and none is under way: this caller makes it,
   * by a read.
   */
  @Override
  public Optional<EntitlementSnapshot> fresh(AccountId account, Instant now) {
    Instant asked = wallClock.instant();
    Entry known = entries.get(account);
    if (known == null || !coversNow(known, now)) {
      return Optional.empty();
    }
    if (known.spent || !fresh(known, asked)) {
      return stale(known, asked);
    }
    if (manyDueForRefresh(asked) && !refreshing.get()) {
      return Optional.empty();
    }
    known.askedAt = asked;
    return Optional.of(known.snapshot);
  }

  // What is known to end meanwhile ends: an answer is computed for when it is given.
  private Optional<EntitlementSnapshot> stale(Entry known, Instant asked) {
    if (!within(maxStale, known, asked) || !storeDown.getAsBoolean()) {
      return Optional.empty();
    }
    staleAnswers.increment();
    return Optional.of(known.stale());
  }

  @Override
  public long staleAnswers() {
    return staleAnswers.sum();
  }

  @Override
  public Optional<EntitlementSnapshot> any(AccountId account, Instant now) {
    Entry known = entries.get(account);
    if (known == null || !coversNow(known, now)) {
      return Optional.empty();
    }
    known.askedAt = wallClock.instant();
    return Optional.of(known.snapshot);
  }

  // What had ended by the time it was read is not in it, but may have held when something was used.
  private static boolean coversNow(Entry snapshot, Instant now) {
    return !now.isBefore(snapshot.of.minus(MAX_SKEW));
  }

  /** Evicts an account whose use has changed. */
  public void evict(AccountId account) {
    loads.compute(account, (same, load) -> {
      entries.remove(account);
      return null;
    });
  }

  /** Marks what is cached of an account as no longer telling how many units are left. */
  private void spend(AccountId account) {
    loads.compute(account, (same, load) -> {
      entries.computeIfPresent(account, (any, entry) -> entry.spent());
      return null;
    });
  }

  /** Caches what was read, if nothing was changed meanwhile. */
  private void cache(AccountId account, Load load, Entry entry) {
    loads.computeIfPresent(account, (same, current) -> {
      if (current != load) {
        return current;
      }
      entries.put(account, entry);
      byAge.add(entry);
      return null;
    });
  }

  /** Evicts the accounts whose entitlement these change. */
  @Override
  public void mayHaveCommitted(Collection<Unit> committed) {
    for (Unit unit : committed) {
      for (Change change : unit.changes()) {
        if (change instanceof Change.Entitle entitle) {
          evict(entitle.entitlement().account());
        }
      }
    }
  }

  private boolean fresh(Entry snapshot, Instant now) {
    return within(ttl, snapshot, now);
  }

  private boolean dueForRefresh(Entry snapshot, Instant now) {
    return !within(refreshAfter, snapshot, now);
  }

  private static boolean within(Duration time, Entry snapshot, Instant now) {
    return !now.isBefore(snapshot.knownAt) && now.isBefore(snapshot.knownAt.plus(time));
  }

  private boolean manyDueForRefresh(Instant now) {
    int many = 0;
    for (Entry next : byAge) {
      if (!dueForRefresh(next, now)) {
        return false;
      }
      if (++many == MIN_BATCH) {
        return true;
      }
    }
    return false;
  }

  private boolean worthRefreshing(Entry snapshot, Instant now) {
    return entries.get(snapshot.account) == snapshot
        && !snapshot.spent
        && now.isBefore(snapshot.askedAt.plus(ttl.multipliedBy(IDLE_TTLS)));
  }

  // They are read again when asked about. So the queue never holds more than one ttl's entries.
  private void evictExpired(Instant now) {
    for (Entry next = byAge.peek(); next != null && !fresh(next, now); next = byAge.peek()) {
      byAge.remove(next);
    }
  }

  /**
   * A caller that is answered from the cache while many entries are due refreshes them; no other caller
   * waits for it, and none for more than one query.
   */
  private void refresh(UsageStore store, Instant billingNow, Instant now) {
    if (!manyDueForRefresh(now) || !refreshing.compareAndSet(false, true)) {
      return;
    }
    try {
      Map<AccountId, Entry> asked = new HashMap<>();
      for (Entry next = byAge.peek();
          next != null && dueForRefresh(next, now) && asked.size() < MAX_BATCH;
          next = byAge.peek()) {
        if (byAge.remove(next) && worthRefreshing(next, now)) {
          asked.put(next.account, next);
        }
      }
      if (!asked.isEmpty()) {
        Map<AccountId, String> states = store.states(asked.keySet(), billingNow);
        asked.values().forEach(each -> settle(each, states.get(each.account), now));
      }
    } catch (BillingException e) {
      LOG.log(Level.DEBUG, "cached entitlements could not be refreshed", e);
    } finally {
      refreshing.set(false);
    }
  }

  /** What another caller reads; never longer than this one may take. */
  private static Entry await(CompletableFuture<Entry> read) {
    try {
      Optional<WorkContext> context = WorkContext.current();
      return context.isPresent()
          ? read.get(Math.max(0, context.get().remaining().toNanos()), TimeUnit.NANOSECONDS)
          : read.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("The wait for the entitlement was interrupted.", e);
    } catch (TimeoutException e) {
      throw new StoreUnavailable("The entitlement could not be read in time.", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new StoreUnavailable("The entitlement could not be read.", e);
    }
  }

  // An entry that was changed here in the meantime is another one by now.
  private void settle(Entry asked, @Nullable String state, Instant now) {
    String read = asked.snapshot.usage().state();
    boolean same = !read.isEmpty() && read.equals(state);
    entries.computeIfPresent(asked.account, (account, current) -> {
      if (current != asked) {
        return current;
      }
      Entry settled = same ? asked.refreshed(now) : asked.spent();
      if (same) {
        byAge.add(settled);
      }
      return settled;
    });
  }

  private final class CachedUsageStore implements UsageStore {
    private final UsageStore store;

    CachedUsageStore(UsageStore store) {
      this.store = store;
    }

    @Override
    public AccountUsage read(AccountId account, Instant now) {
      return cached(account, now, (snapshot, asked) -> !snapshot.spent && fresh(snapshot, asked));
    }

    // However old it is: whatever is drawn by it is compared with what the account has by then.
    @Override
    public AccountUsage recall(AccountId account, Instant now) {
      return cached(account, now, (snapshot, asked) -> true);
    }

    private AccountUsage cached(AccountId account, Instant now, BiPredicate<Entry, Instant> young) {
      BiPredicate<Entry, Instant> good = young.and((snapshot, asked) -> coversNow(snapshot, now));
      Instant asked = wallClock.instant();
      Entry known = entries.get(account);
      if (known != null && good.test(known, asked)) {
        known.askedAt = asked;
        refresh(store, now, asked);
        return known.snapshot.usage();
      }
      Optional<EntitlementSnapshot> stale = stale(known, now, asked);
      if (stale.isPresent()) {
        return stale.get().usage();
      }
      makeRoom(asked);
      try {
        return load(account, now, asked, good).snapshot.usage();
      } catch (StoreUnavailable e) {
        return stale(known, now, asked).orElseThrow(() -> e).usage();
      }
    }

    private Optional<EntitlementSnapshot> stale(@Nullable Entry known, Instant now, Instant asked) {
      return known != null && coversNow(known, now)
          ? CachedEntitlements.this.stale(known, asked)
          : Optional.empty();
    }

    private void makeRoom(Instant asked) {
      evictExpired(asked);
      if (entries.size() >= MAX_ACCOUNTS) {
        entries.values().removeIf(old -> !fresh(old, asked));
        if (entries.size() >= MAX_ACCOUNTS) {
          entries.clear();
        }
      }
    }

    private Entry load(
        AccountId account, Instant now, Instant asked, BiPredicate<Entry, Instant> good) {
      while (true) {
        Load own = new Load();
        Load first = loads.putIfAbsent(account, own);
        if (first == null) {
          return load(account, now, asked, own);
        }
        Entry shared = await(first.entry);
        // It may have begun long before this caller asked, or for another instant.
        if (good.test(shared, asked)) {
          return shared;
        }
        loads.remove(account, first);
      }
    }

    private Entry load(AccountId account, Instant now, Instant asked, Load own) {
      try {
        EntitlementSnapshot read = new EntitlementSnapshot(store.read(account, now));
        Entry entry = new Entry(account, read, now, asked, false, asked);
        cache(account, own, entry);
        own.entry.complete(entry);
        return entry;
      } catch (RuntimeException | Error e) {
        loads.remove(account, own);
        own.entry.completeExceptionally(e);
        throw e;
      }
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
    public List<DebitResult> consume(List<UsageDebit> debits) {
      List<DebitResult> results = List.of();
      try {
        results = store.consume(debits);
        return results;
      } finally {
        for (int i = 0; i < debits.size(); i++) {
          AccountId account = debits.get(i).account();
          if (i >= results.size() || results.get(i) instanceof DebitResult.Granted) {
            spend(account);
          } else {
            evict(account);
          }
        }
      }
    }

    @Override
    public Optional<Consumption> find(AccountId account, String feature, String consumptionId) {
      return store.find(account, feature, consumptionId);
    }

    @Override
    public Optional<Consumption> release(
        AccountId account, String feature, String consumptionId, Instant now) {
      return changing(account, () -> store.release(account, feature, consumptionId, now));
    }

    @Override
    public void set(AccountId account, String feature, long value, Instant now) {
      changing(account, () -> {
        store.set(account, feature, value, now);
        return Boolean.TRUE;
      });
    }

    // A change that failed may have been made; what was read before is kept for a time without
    // store.
    private <T> T changing(AccountId account, Supplier<T> change) {
      boolean made = false;
      try {
        T result = change.get();
        made = true;
        return result;
      } finally {
        if (made) {
          evict(account);
        } else {
          spend(account);
        }
      }
    }

    @Override
    public List<UsageRow> list(
        AccountId account, Optional<String> feature, Optional<UsageRow> after, int limit) {
      return store.list(account, feature, after, limit);
    }

    @Override
    public int prune(Instant before) {
      return store.prune(before);
    }
  }
}
