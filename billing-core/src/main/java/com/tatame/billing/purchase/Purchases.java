package com.tatame.billing.purchase;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.catalog.Item;
import com.tatame.billing.failure.NotFound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Use cases: what an account bought. Thread-safe. */
public final class Purchases {
  private static final int PAGE = 100;
  /** Counts stop here, at a page. */
  private static final int MAX_COUNTED = 101;
  /** Every purchase has to be looked at to count them, and metrics are read every few seconds. */
  private static final Duration COUNT_TTL = Duration.ofMinutes(5);

  private final PurchaseStore store;
  private final CatalogInForce catalog;
  private final InstantSource wallClock;
  private Optional<Count> lastCount = Optional.empty();

  private record Count(long duplicates, Instant at) {}

  /**
   * Counts nothing yet.
   *
   * @param wallClock by which a count grows old
   */
  public Purchases(PurchaseStore store, CatalogInForce catalog, InstantSource wallClock) {
    this.store = store;
    this.wallClock = wallClock;
    this.catalog = catalog;
  }

  /** What an account bought: the newest 100, as {@link #list(AccountId, Optional, int)}. */
  public List<Purchase> of(AccountId account) {
    return list(account, Optional.empty(), PAGE);
  }

  /** One page, as {@link PurchaseStore#list}. */
  public List<Purchase> list(AccountId account, Optional<String> after, int limit) {
    return store.list(account, after, limit);
  }

  /** One page of the purchases of an item, as {@link PurchaseStore#list}. */
  public List<Purchase> list(
      AccountId account, Optional<String> item, Optional<String> after, int limit) {
    return store.list(account, item, after, limit);
  }

  /**
   * The purchase by which an account owns an item, also after its plan has ended; the first of
   * several. It was paid or cost nothing, not all of it was given back, and no dispute took it back.
   */
  public Optional<Purchase> owned(AccountId account, String item) {
    return store.owned(account, item);
  }

  /**
   * Purchases of what their buyers owned already, the last first: payments that arrived all the same,
   * and what visitors bought whose claimers had it. One that is refunded wholly is listed no more.
   *
   * @param after the id of the last one before the page
   * @param limit 1 to 101
   */
  public List<PurchaseStore.Duplicate> duplicates(Optional<String> after, int limit) {
    return store.duplicates(repeatable(), after, limit);
  }

  /**
   * How many there are of {@link #duplicates}, as of at most five minutes ago. More than a hundred are
   * 101.
   */
  public synchronized long openDuplicates() {
    Instant now = wallClock.instant();
    Count count = lastCount
        .filter(last -> now.isBefore(last.at().plus(COUNT_TTL)))
        .orElseGet(() -> new Count(duplicates(Optional.empty(), MAX_COUNTED).size(), now));
    lastCount = Optional.of(count);
    return count.duplicates();
  }

  /**
   * One of the account's purchases.
   *
   * @throws NotFound if the account has no such purchase
   */
  public Purchase get(AccountId account, String id) {
    return store.find(account, id).orElseThrow(() -> new NotFound("purchase", id));
  }

  private Set<String> repeatable() {
    return catalog.get().items().stream()
        .filter(Item::repeatable)
        .map(Item::id)
        .collect(Collectors.toUnmodifiableSet());
  }
}
