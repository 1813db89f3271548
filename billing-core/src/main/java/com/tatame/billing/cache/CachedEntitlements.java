package com.tatame.billing.cache;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.conversation.ConversationStore;
import com.tatame.billing.entitlement.AccountUsage;
import com.tatame.billing.entitlement.EntitlementCache;
import com.tatame.billing.entitlement.EntitlementSnapshot;
import com.tatame.billing.entitlement.GrantStore;
import com.tatame.billing.entitlement.UsageStore;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitListener;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.purchase.PurchaseStore;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
 * <p>An account is read by one caller of a workload at a time, outside every lock; who asks meanwhile
 * shares the result. Between workloads nothing is shared: a read waits for connections of its own
 * workload, of which there may be none. While the store is known to be down, questions are answered by what was last read, and say
 * so. Thread-safe.
 */
public final class CachedEntitlements implements EntitlementCache, CommitListener {
  private static final Logger LOG = System.getLogger(CachedEntitlements.class.getName());

  /** Entries. */
  private static final int MAX_ACCOUNTS = 50_000;

  /** An entry that was asked about within so many ttls is worth a refresh. */
  private static final int IDLE_TTLS = 10;

  private final Duration ttl;
  private final Duration maxStale;
  private final BooleanSupplier storeDown;
  private final InstantSource wallClock;
  private final Map<AccountId, CachedEntitlement> entries = new ConcurrentHashMap<>();

  /** Reads under way. An eviction takes them out, so that what they bring is not cached. */
  private final Map<AccountId, Map<Optional<Workload>, Load>> loads = new ConcurrentHashMap<>();

  private final LongAdder staleAnswers = new LongAdder();

  private final RefreshQueue queue;
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
    this.wallClock = wallClock;
    this.queue = new RefreshQueue(ttl);
  }

  /** A read of an account by one caller, for all of its workload who ask meanwhile. */
  private static final class Load {
    final Optional<Workload> workload = WorkContext.current().map(WorkContext::workload);
    final CompletableFuture<CachedEntitlement> entry = new CompletableFuture<>();
  }

  /** Begins a read, unless one of its workload is under way; the one that is. */
  private Load begin(AccountId account, Load own) {
    Map<Optional<Workload>, Load> underWay = loads.compute(account, (same, before) -> {
      Map<Optional<Workload>, Load> all = before == null ? new HashMap<>() : new HashMap<>(before);
      all.putIfAbsent(own.workload, own);
      return all;
    });
    return underWay.getOrDefault(own.workload, own);
  }

  private void end(AccountId account, Load load) {
    loads.computeIfPresent(account, (same, before) -> without(before, load));
  }

  private static @Nullable Map<Optional<Workload>, Load> without(
      Map<Optional<Workload>, Load> underWay, Load load) {
    Map<Optional<Workload>, Load> rest = new HashMap<>(underWay);
    rest.remove(load.workload, load);
    return rest.isEmpty() ? null : rest;
  }

  /** The store behind this cache. */
  public UsageStore over(UsageStore store) {
    return ttl.isZero() ? store : new CachedUsageStore(store, this);
  }

  /** The store; grants through it evict their account. */
  public GrantStore over(GrantStore store) {
    return ttl.isZero() ? store : new CacheEvictingGrantStore(store, this);
  }

  /** The store; what it gives for units evicts its account. */
  public PurchaseStore over(PurchaseStore store) {
    return ttl.isZero() ? store : new CacheEvictingPurchaseStore(store, this);
  }

  /** The store; messages that it stores evict their account. */
  public ConversationStore over(ConversationStore store) {
    return ttl.isZero() ? store : new CacheEvictingConversationStore(store, this);
  }

  /**
   * Empty also where many entries are due for a refresh and none is under way: this caller makes it,
   * by a read.
   */
  @Override
  public Optional<EntitlementSnapshot> fresh(AccountId account, Instant now) {
    Instant asked = wallClock.instant();
    CachedEntitlement known = entries.get(account);
    if (known == null || !known.covers(now)) {
      return Optional.empty();
    }
    if (known.spent || !fresh(known, asked)) {
      return stale(known, asked);
    }
    if (queue.manyDue(asked) && !refreshing.get()) {
      return Optional.empty();
    }
    known.askedAt = asked;
    return Optional.of(known.snapshot);
  }

  // What is known to end meanwhile ends: an answer is computed for when it is given.
  private Optional<EntitlementSnapshot> stale(CachedEntitlement known, Instant asked) {
    if (!known.within(maxStale, asked) || !storeDown.getAsBoolean()) {
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
    CachedEntitlement known = entries.get(account);
    if (known == null || !known.covers(now)) {
      return Optional.empty();
    }
    known.askedAt = wallClock.instant();
    return Optional.of(known.snapshot);
  }

  /** Evicts an account whose use has changed. */
  public void evict(AccountId account) {
    loads.compute(account, (same, load) -> {
      entries.remove(account);
      return null;
    });
  }

  /**
   * Makes a change of an account, which is evicted. A change that failed may have been made; what was
   * read before is kept for a time without store.
   */
  <T> T changing(AccountId account, Supplier<T> change) {
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

  /** Marks what is cached of an account as no longer telling what it has. */
  void spend(AccountId account) {
    loads.compute(account, (same, load) -> {
      entries.computeIfPresent(account, (any, entry) -> entry.spent());
      return null;
    });
  }

  /** Caches what was read, if nothing was changed meanwhile. */
  private void cache(AccountId account, Load load, CachedEntitlement entry) {
    loads.computeIfPresent(account, (same, underWay) -> {
      if (underWay.get(load.workload) == load) {
        entries.put(account, entry);
        queue.add(entry);
      }
      return without(underWay, load);
    });
  }

  /** Marks the accounts whose entitlement these would change: what was read before is kept for a time without store. */
  @Override
  public void mayHaveCommitted(Collection<Unit> units) {
    entitled(units).forEach(this::spend);
  }

  /** Evicts the accounts whose entitlement these change. */
  @Override
  public void committed(Collection<Unit> units) {
    entitled(units).forEach(this::evict);
  }

  private static Stream<AccountId> entitled(Collection<Unit> units) {
    return units.stream()
        .flatMap(unit -> unit.changes().stream())
        .flatMap(change -> change instanceof Change.Entitle entitle
            ? Stream.of(entitle.entitlement().account())
            : Stream.empty());
  }

  private boolean fresh(CachedEntitlement snapshot, Instant now) {
    return snapshot.within(ttl, now);
  }

  private boolean worthRefreshing(CachedEntitlement snapshot, Instant now) {
    return entries.get(snapshot.account) == snapshot
        && !snapshot.spent
        && now.isBefore(snapshot.askedAt.plus(ttl.multipliedBy(IDLE_TTLS)));
  }

  /**
   * A caller that is answered from the cache while many entries are due refreshes them; no other caller
   * waits for it, and none for more than one query.
   */
  private void refresh(UsageStore store, Instant billingNow, Instant now) {
    if (!queue.manyDue(now) || !refreshing.compareAndSet(false, true)) {
      return;
    }
    try {
      Map<AccountId, CachedEntitlement> asked = new HashMap<>();
      for (CachedEntitlement due : queue.takeDue(now, entry -> worthRefreshing(entry, now))) {
        asked.put(due.account, due);
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
  private static CachedEntitlement await(CompletableFuture<CachedEntitlement> read) {
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
  private void settle(CachedEntitlement asked, @Nullable String state, Instant now) {
    String read = asked.snapshot.usage().state();
    boolean same = !read.isEmpty() && read.equals(state);
    entries.computeIfPresent(asked.account, (account, current) -> {
      if (current != asked) {
        return current;
      }
      CachedEntitlement settled = same ? asked.refreshed(now) : asked.spent();
      if (same) {
        queue.add(settled);
      }
      return settled;
    });
  }

  /** What is read of an account, where nothing was read less than a ttl ago. */
  AccountUsage read(UsageStore store, AccountId account, Instant now) {
    return read(store, account, now, (entry, asked) -> !entry.spent && fresh(entry, asked));
  }

  /** The same, but however old it is. */
  AccountUsage recall(UsageStore store, AccountId account, Instant now) {
    return read(store, account, now, (entry, asked) -> true);
  }

  private AccountUsage read(
      UsageStore store,
      AccountId account,
      Instant now,
      BiPredicate<CachedEntitlement, Instant> young) {
    BiPredicate<CachedEntitlement, Instant> good = young.and((entry, asked) -> entry.covers(now));
    Instant asked = wallClock.instant();
    CachedEntitlement known = entries.get(account);
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
      return load(store, account, now, asked, good).snapshot.usage();
    } catch (StoreUnavailable e) {
      return stale(known, now, asked).orElseThrow(() -> e).usage();
    }
  }

  private Optional<EntitlementSnapshot> stale(
      @Nullable CachedEntitlement known, Instant now, Instant asked) {
    return known != null && known.covers(now) ? stale(known, asked) : Optional.empty();
  }

  private void makeRoom(Instant asked) {
    queue.dropExpired(asked);
    if (entries.size() >= MAX_ACCOUNTS) {
      entries.values().removeIf(old -> !fresh(old, asked));
      if (entries.size() >= MAX_ACCOUNTS) {
        entries.clear();
      }
    }
  }

  private CachedEntitlement load(
      UsageStore store,
      AccountId account,
      Instant now,
      Instant asked,
      BiPredicate<CachedEntitlement, Instant> good) {
    while (true) {
      Load own = new Load();
      Load first = begin(account, own);
      if (first == own) {
        // The read that this caller missed may have ended since it looked into the cache.
        CachedEntitlement cached = entries.get(account);
        if (cached != null && good.test(cached, asked)) {
          end(account, own);
          own.entry.complete(cached);
          return cached;
        }
        return load(store, account, now, asked, own);
      }
      CachedEntitlement shared = await(first.entry);
      // It may have begun long before this caller asked, or for another instant.
      if (good.test(shared, asked)) {
        return shared;
      }
      end(account, first);
    }
  }

  private CachedEntitlement load(
      UsageStore store, AccountId account, Instant now, Instant asked, Load own) {
    try {
      EntitlementSnapshot read = new EntitlementSnapshot(store.read(account, now));
      CachedEntitlement entry = CachedEntitlement.read(account, read, now, asked);
      cache(account, own, entry);
      own.entry.complete(entry);
      return entry;
    } catch (RuntimeException | Error e) {
      end(account, own);
      own.entry.completeExceptionally(e);
      throw e;
    }
  }
}
